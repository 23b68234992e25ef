"""The raw tables of a folder, checked at once and read lazily, on DuckDB behind narwhals.

`read_tables` raises `TableError` before any work starts when a table is not what it must be:

>>> from pathlib import Path
>>> read_tables(Path("no/such/folder"))
Traceback (most recent call last):
...
scoring.errors.TableError: the folder of tables must exist; got no/such/folder. Give the folder that holds ...
"""

from __future__ import annotations

import glob
import hashlib
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType

import duckdb
import narwhals as nw

from scoring.errors import TableError
from scoring.tables import checks
from scoring.tables.kinds import Table
from scoring.tables.schema import APPLICATION_SET, APPLICATIONS, HISTORY, TABLES
from scoring.tables.staging import Scratch, stage


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
        The file that each table came from, by published name.
    """

    frames: Mapping[str, nw.LazyFrame]
    absent: tuple[str, ...]
    labels: nw.LazyFrame | None
    sources: Mapping[str, Path]
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
class _Found:
    path: Path
    member: str | None = None  # name inside a zip


@dataclass(frozen=True)
class _Checked:
    """A table that passed its checks: what to select from, and how."""

    relation: str
    columns: tuple[str, ...]
    nans: tuple[str, ...]

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

    Each table may be ``NAME.parquet`` (a file, or a folder of parts), ``NAME.csv``, ``NAME.csv.zip``,
    ``NAME.zip``, or be inside any one zip of the folder that holds ``NAME.csv``, such as Kaggle's own
    download. Names are compared without regard to case.

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
    return _open(found, checked, connection, scratch, labels=labels)


def _open(
    found: Mapping[str, _Found],
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
        scratch=scratch,
    )


def _lazy(sql: str, connection: duckdb.DuckDBPyConnection) -> nw.LazyFrame:
    return nw.from_native(connection.sql(sql))


def find_tables(folder: Path) -> dict[str, _Found]:
    """Return the source of each table that a folder holds, by published name.

    Raises
    ------
    TableError
        When the folder is no folder, cannot be listed, holds a table twice, or holds no application table.
    """
    if not folder.exists():
        raise TableError(
            f"the folder of tables must exist; got {folder}. Give the folder that holds application_train or "
            "application_test as Parquet, CSV or zip"
        )
    if not folder.is_dir():
        raise TableError(f"the folder of tables must be a folder; got the file {folder}. Give the folder that holds it")
    try:
        files = {path.name.lower(): path for path in sorted(folder.iterdir())}
    except OSError as err:
        raise TableError(f"the folder of tables must be readable; got {checks.brief(err)}. Allow reading it") from err
    found: dict[str, _Found] = {}
    for name in TABLES:
        endings = (".parquet", ".csv", ".csv.zip", ".zip")
        here = [files[name.lower() + ending] for ending in endings if name.lower() + ending in files]
        if len(here) > 1:
            raise TableError(
                f"{name} must be there once; got {' and '.join(path.name for path in here)} in {folder}. Keep one"
            )
        if here:
            member = _member(here[0], name) if here[0].suffix.lower() == ".zip" else None
            found[name] = _Found(here[0], member)
    _look_into_archives(files, found)
    if not any(name in found for name in APPLICATIONS):
        listed = ", ".join(sorted(path.name for path in files.values())[:8]) or "nothing"
        raise TableError(
            f"a folder of tables must hold application_train or application_test as Parquet, CSV or zip; "
            f"got {listed} in {folder}. Give the folder of the download"
        )
    return {name: found[name] for name in TABLES if name in found}


def _look_into_archives(files: Mapping[str, Path], found: dict[str, _Found]) -> None:
    named = {source.path for source in found.values()}
    for path in files.values():
        if path.suffix.lower() != ".zip" or path in named:
            continue
        for name, member in _members(path).items():
            if name not in found:
                found[name] = _Found(path, member)


def _members(path: Path) -> dict[str, str]:
    """Return the tables inside a zip: member by published name."""
    stems = {f"{name.lower()}.csv": name for name in TABLES}
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.namelist()
    except (zipfile.BadZipFile, OSError) as err:
        raise TableError(f"{path} must be a readable zip; got {checks.brief(err)}. Fetch the file again") from err
    return {
        stems[Path(member).name.lower()]: member
        for member in inside
        if Path(member).name.lower() in stems and not member.startswith("__MACOSX")
    }


def _member(path: Path, name: str) -> str:
    inside = _members(path)
    if name not in inside:
        raise TableError(f"{path} must hold {name}.csv; got {', '.join(inside) or 'no table'}. Fetch the file again")
    return inside[name]


def _check(
    table: Table,
    source: _Found,
    connection: duckdb.DuckDBPyConnection,
    scratch: Scratch,
    optional: Sequence[str],
) -> _Checked:
    path = source.path
    if path.suffix.lower() != ".parquet":
        path = stage(path, source.member, table, scratch, optional)
    # A name may hold brackets or stars, which DuckDB would read as a pattern.
    pattern = glob.escape(str(path)) + ("/**/*.parquet" if path.is_dir() else "")
    relation = "read_parquet('" + pattern.replace("'", "''") + "')"
    try:
        described = connection.sql(f"DESCRIBE SELECT * FROM {relation}").fetchall()  # noqa: S608
    except duckdb.Error as err:
        raise TableError(
            f"{table.name} must be a readable Parquet file; got {checks.brief(err)} in {source.path}. "
            "Fetch or write the file again"
        ) from err
    types = [(str(row[0]), str(row[1])) for row in described]
    names = [name for name, _ in types]
    checks.check_header(names, table, source.path, optional=optional)
    looked_at = [(name, kind) for name, kind in types if name not in optional]
    checks.check_types(looked_at, table, source.path)
    _, nans = checks.check_values(relation, table, source.path, connection, names)
    return _Checked(relation, tuple(names), nans)


def fingerprint(tables: RawTables) -> str:
    """Return a digest of the data: the same for CSV, zip and Parquet, and whatever the order of rows and
    parts.

    Each row is hashed where the data is; the rows' hashes are added, so that order does not matter. TARGET
    counts where labels were read.

    Parameters
    ----------
    tables
        From `read_tables` or `read_rows`.

    Returns
    -------
    str
        ``sha256:`` and 64 hexadecimal digits.
    """
    frames = dict(tables.frames)
    if tables.labels is not None:
        frames["labels"] = tables.labels
    parts = {name: _digest(frame) for name, frame in sorted(frames.items())}
    text = json.dumps(parts, sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _digest(frame: nw.LazyFrame) -> list[str]:
    native = frame.to_native()
    if not isinstance(native, duckdb.DuckDBPyRelation):
        native = duckdb.from_arrow(frame.collect("pyarrow").to_native())
    names = ", ".join(checks.quote(name) for name in frame.collect_schema().names())
    rows, total = native.aggregate(f"count(*), sum(CAST(hash({names}) AS HUGEINT))").fetchall()[0]
    return [str(rows), str(total)]
