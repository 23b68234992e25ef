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
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType

import duckdb
import narwhals as nw
import pyarrow as pa

from scoring.data.tables import checks
from scoring.data.tables.column_types import Table
from scoring.data.tables.extremes import OfColumns, merge_extremes, of_parquet
from scoring.data.tables.file_discovery import Found, find_tables, is_parquet
from scoring.data.tables.relations import parquet, without_duplicates
from scoring.data.tables.repairs import CHANGES_VALUES, Damage, Repair, RepairLog, UnknownCode
from scoring.data.tables.schema import APPLICATION_SET, APPLICATIONS, HISTORY, TABLES
from scoring.data.tables.staging import Scratch, stage
from scoring.errors import TableError

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
    unknown_codes
        Codes of categories that are none of the declared ones, counted.
    extremes
        Of each frame's columns, as far as they are known without reading the table again.
    """

    frames: Mapping[str, nw.LazyFrame]
    absent: tuple[str, ...]
    labels: nw.LazyFrame | None
    sources: Mapping[str, Path]
    repairs: tuple[Repair, ...] = ()
    unknown_codes: tuple[UnknownCode, ...] = ()
    extremes: Mapping[str, OfColumns] = field(default_factory=dict, repr=False)
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
    unknown_codes: tuple[UnknownCode, ...]
    extremes: OfColumns

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

    Each table may be ``NAME.parquet`` (or ``.pq``), ``NAME.csv`` or ``NAME.csv.gz`` (a file, or a folder of parts), a
    folder ``NAME`` of parts, ``NAME.csv.zip``, ``NAME.zip``, or be inside any one zip of the folder that holds
    ``NAME.csv``, such as Kaggle's own download. Names are compared without regard to case. What is put right is counted
    in `RawTables.repairs`, and logged.

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
        # TARGET may be missing, and is not looked at, unless labels are asked for.
        optional = () if labels else ("TARGET",)
        logs = {name: RepairLog(name) for name in found}
        files, contents = _staged(found, scratch, logs, optional)
        checked = {
            name: _check(source, files[name], contents.get(name), connection, scratch, logs[name], optional)
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
        extremes=MappingProxyType(
            {
                "application": merge_extremes(checked[name].extremes for name in APPLICATIONS if name in checked),
                **{name: checked[name].extremes for name in HISTORY if name in checked},
            }
        ),
        unknown_codes=tuple(code for name in TABLES if name in checked for code in checked[name].unknown_codes),
        scratch=scratch,
    )


def _lazy(sql: str, connection: duckdb.DuckDBPyConnection) -> nw.LazyFrame:
    return nw.from_native(connection.sql(sql))


def _staged(
    found: Mapping[str, Found], scratch: Scratch, logs: Mapping[str, RepairLog], optional: Sequence[str]
) -> tuple[dict[str, tuple[Path, ...]], dict[str, checks.Contents]]:
    """Return each table's Parquet files, and what was met in those of CSVs.

    CSVs are rewritten, two tables at a time, the largest first.
    """
    files = {name: source.parts for name, source in found.items()}
    csvs = [name for name, parts in files.items() if not is_parquet(parts[0])]
    if not csvs:
        return files, {}
    folder = scratch.folder

    def write(name: str) -> checks.Contents:
        sources = files[name]
        files[name] = tuple(folder / f"{name}-{i}.parquet" for i in range(len(sources)))
        return checks.Contents.of_parts(
            stage(file, found[name].member, TABLES[name], target, logs[name], optional)
            for file, target in zip(sources, files[name], strict=True)
        )

    # More at a time would cost memory, and gain little: what reads a CSV has a thread of its own beside.
    with ThreadPoolExecutor(2) as threads:
        by_size = sorted(csvs, key=lambda name: -sum(part.stat().st_size for part in files[name]))
        waiting = {name: threads.submit(write, name) for name in by_size}
        try:
            return files, {name: waiting[name].result() for name in csvs}
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
        finally:
            pa.default_memory_pool().release_unused()  # some hundred MB, which nobody needs any more


def _check(
    source: Found,
    files: Sequence[Path],
    contents: checks.Contents | None,
    connection: duckdb.DuckDBPyConnection,
    scratch: Scratch,
    log: RepairLog,
    optional: Sequence[str],
) -> _Checked:
    table, path = TABLES[log.table], source.path
    log.note(Damage.LEFT_ASIDE, len(source.aside), [path.name for path in source.aside])
    relation, columns = parquet(files, table, path, connection, log, optional, spelled=contents is None)
    if contents is None:
        contents = checks.scan(relation, table, path, connection, columns)
    checks.check_values(contents, table, path)
    rows = contents.rows
    if checks.repeated_ids(relation, table, path, connection, rows):
        # Rows that are wholly alike may yet be told.
        relation = without_duplicates(relation, columns, scratch.folder / f"{table.name}-once.parquet", connection, log)
        rows -= sum(repair.dropped for repair in log.repairs if repair.damage is Damage.DUPLICATE_ROW)
        fault = checks.repeated_ids(relation, table, path, connection, rows)
        if fault:
            raise TableError(fault)
    # Where reading changed what a value is, Parquet's own statistics are of other values.
    changed = any(repair.damage in CHANGES_VALUES for repair in log.repairs)
    extremes = contents.extremes or ({} if changed or contents.nans else of_parquet(files))
    return _Checked(relation, columns, tuple(contents.nans), log.repairs, log.unknown_codes, extremes)
