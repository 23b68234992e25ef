"""The raw tables of a folder, checked at once and read lazily, on DuckDB behind narwhals.

`read_tables` raises `TableError` before any work starts when a table is not what it must be:

>>> from pathlib import Path
>>> read_tables(Path("no/such/folder"))
Traceback (most recent call last):
...
scoring.errors.TableError: the folder of tables must exist; got no/such/folder. Give the folder that holds ...
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType

import duckdb
import narwhals as nw

from scoring.errors import TableError
from scoring.tables import checks
from scoring.tables.finding import Found, find_tables
from scoring.tables.kinds import Table
from scoring.tables.relations import parquet, without_duplicates
from scoring.tables.repairs import Damage, Repair, RepairLog
from scoring.tables.schema import APPLICATION_SET, APPLICATIONS, HISTORY, TABLES
from scoring.tables.staging import Scratch, stage

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RawTables:
    """The raw tables, lazily.

    Parameters
    ----------
    frames
        ``application`` (train and test united, without TARGET, with APPLICATION_SET ``train`` or ``test``)
        and each history table that is there; columns in the published order, with the published types.
    absent
        History tables that are not there.
    labels
        SK_ID_CURR, TARGET of application_train, when asked for.
    sources
        The file, or folder of parts, that each table came from, by published name.
    repairs
        What was put right while reading, counted: rows in the files are rows of the frames and rows counted here.
    """

    frames: Mapping[str, nw.LazyFrame]
    absent: tuple[str, ...]
    labels: nw.LazyFrame | None
    sources: Mapping[str, Path]
    repairs: tuple[Repair, ...] = ()
    scratch: Scratch = field(default_factory=Scratch, compare=False, repr=False)

    def close(self) -> None:
        """Remove temporary files now rather than at the process's end; the frames are not usable any more."""
        self.scratch.close()

    def __enter__(self) -> RawTables:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True)
class _Checked:
    """A table that passed its checks: what to select from, and how."""

    relation: str
    columns: tuple[str, ...]
    nans: tuple[str, ...]
    repairs: tuple[Repair, ...]

    def select(self, table: Table, *, without: str | None = None, extra: str = "") -> str:
        chosen = [
            checks.typed(column, nan=column.name in self.nans)
            for column in table.columns
            if column.name in self.columns and column.name != without
        ]
        return f"SELECT {', '.join(chosen)}{extra} FROM {self.relation}"  # noqa: S608


def read_tables(
    folder: Path, *, labels: bool = False, connection: duckdb.DuckDBPyConnection | None = None
) -> RawTables:
    """Find, check and open the tables of a folder.

    Each table may be ``NAME.parquet`` or ``NAME.csv`` (a file, or a folder of parts), a folder ``NAME`` of parts,
    ``NAME.csv.zip``, ``NAME.zip``, or be inside any one zip of the folder that holds ``NAME.csv``, such as Kaggle's own
    download. Names are compared without regard to case. What is put right is counted in `RawTables.repairs`, and
    logged.

    Parameters
    ----------
    folder
        Where the tables are.
    labels
        Whether TARGET is wanted; application_train must then be there. Otherwise TARGET is never read.
    connection
        DuckDB connection to read on; by default a new one in memory.

    Returns
    -------
    RawTables
        Lazy frames on DuckDB.

    Raises
    ------
    TableError
        When a table cannot be read or is not as declared.
    """
    connection = duckdb.connect() if connection is None else connection
    scratch = Scratch()
    try:
        found = find_tables(folder)
        if labels and "application_train" not in found:
            raise TableError(
                f"labels need application_train; got {', '.join(found)} in {folder}. Add "
                "application_train.parquet, "
                ".csv or .zip"
            )
        checked = {
            name: _check(
                TABLES[name],
                source,
                connection,
                scratch,
                # TARGET may be missing, and is not looked at, unless labels are asked for.
                optional=() if labels else ("TARGET",),
            )
            for name, source in found.items()
        }
        if all(name in checked for name in APPLICATIONS):
            train, test = (checked[name].relation for name in APPLICATIONS)
            checks.check_disjoint(train, test, connection)
        if labels:
            checks.check_target(checked["application_train"].relation, found["application_train"].path, connection)
    except BaseException:
        scratch.close()
        raise
    raw = _open(found, checked, connection, scratch, labels=labels)
    for repair in raw.repairs:
        _log.warning("%s", repair)
    return raw


def _open(
    found: Mapping[str, Found],
    checked: Mapping[str, _Checked],
    connection: duckdb.DuckDBPyConnection,
    scratch: Scratch,
    *,
    labels: bool,
) -> RawTables:
    united = " UNION ALL ".join(
        checked[name].select(
            TABLES[name],
            without="TARGET",
            extra=f", '{name.removeprefix('application_')}' AS {APPLICATION_SET}",
        )
        for name in APPLICATIONS
        if name in checked
    )
    frames = {"application": _lazy(united, connection)}
    for name in HISTORY:
        if name in checked:
            frames[name] = _lazy(checked[name].select(TABLES[name]), connection)
    target = None
    if labels:
        relation = checked["application_train"].relation
        wanted = "CAST(SK_ID_CURR AS BIGINT) AS SK_ID_CURR, CAST(TARGET AS BIGINT) AS TARGET"
        target = _lazy(f"SELECT {wanted} FROM {relation}", connection)  # noqa: S608
    return RawTables(
        frames=MappingProxyType(frames),
        absent=tuple(name for name in HISTORY if name not in checked),
        labels=target,
        sources=MappingProxyType({name: source.path for name, source in found.items()}),
        repairs=tuple(repair for name in TABLES if name in checked for repair in checked[name].repairs),
        scratch=scratch,
    )


def _lazy(sql: str, connection: duckdb.DuckDBPyConnection) -> nw.LazyFrame:
    return nw.from_native(connection.sql(sql))


def _check(
    table: Table,
    source: Found,
    connection: duckdb.DuckDBPyConnection,
    scratch: Scratch,
    optional: Sequence[str],
) -> _Checked:
    log = RepairLog(table.name)
    log.note(Damage.LEFT_ASIDE, len(source.aside), [path.name for path in source.aside])
    files = source.parts
    if files[0].suffix.lower() != ".parquet":
        staged = tuple(scratch.folder / f"{table.name}-{i}.parquet" for i in range(len(files)))
        for file, target in zip(files, staged, strict=True):
            stage(file, source.member, table, target, log, optional)
        files = staged
    relation, columns = parquet(files, table, source.path, connection, log, optional)
    try:
        _, nans = checks.check_values(relation, table, source.path, connection, columns)
    except checks.RepeatedIdsError:
        relation = without_duplicates(relation, columns, scratch.folder / f"{table.name}-once.parquet", connection, log)
        _, nans = checks.check_values(relation, table, source.path, connection, columns)
    return _Checked(relation, columns, nans, log.repairs)
