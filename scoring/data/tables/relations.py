"""Parquet files as one SQL relation with the declared names and types, whatever their parts are like.

The rule: files as declared are read where they are; of others only names, the way of writing whole numbers and the
spelling of codes are put right, in the relation, and counted. A folder's name says nothing of the rows below it.
"""

from __future__ import annotations

import glob
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.data.tables import checks
from scoring.data.tables.column_types import Column, Table
from scoring.data.tables.header import match_header
from scoring.data.tables.repairs import Damage, RepairLog
from scoring.data.tables.spellings import may_be_numbers, note_code
from scoring.errors import TableError
from scoring.files import lacks_room, temporary_disk_error

_DECIMAL = {"FLOAT": 2**24, "DOUBLE": 2**53, "DECIMAL": 2**53}
"""SQL types of whole numbers that became decimals, and below what they are still exact."""
_NUMBERS = {*_DECIMAL, *checks.WHOLE}
_ROWS = 1 << 17
"""How many rows' codes are held at once."""


def parquet(
    files: Sequence[Path],
    table: Table,
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    log: RepairLog,
    optional: Collection[str] = (),
    *,
    spelled: bool = True,
) -> tuple[str, tuple[str, ...]]:
    """Return what to select from, and the declared columns that are there.

    Parameters
    ----------
    files
        The Parquet files of the table.
    table, path
        The declaration, and what messages name.
    connection
        Where the relation is to live.
    log
        Where repairs are counted.
    optional
        Declared columns that nobody asked for.
    spelled
        Whether codes may be spelled in other ways than declared; not in files that `stage` wrote.

    Raises
    ------
    TableError
        When a file cannot be read, or its columns are not as declared.
    """
    alike: dict[tuple[tuple[str, str], ...], list[Path]] = {}
    for file in files:
        alike.setdefault(_described(file, table, path, connection), []).append(file)
    selects = []
    columns: tuple[str, ...] = ()
    for types, group in alike.items():
        header = match_header([name for name, _ in types], table, group[0], optional=optional)
        header.note(log)
        written = {name: there for there, name in zip(types, header.names, strict=True) if name is not None}
        columns = tuple(name for name in table.names if name in written)
        checks.check_types(
            [(name, _taken_for(table.by_name[name], kind)) for name, (_, kind) in written.items()],
            table,
            path,
        )
        relation = scanned(group)
        decimals = [name for name, (_, kind) in written.items() if _is_decimal(table.by_name[name], kind)]
        if decimals:
            _check_whole(relation, decimals, written, (table, path), connection, log)
        odd = _oddly_spelled(group, written, table) if spelled else []
        meant = _meant(relation, odd, written, (table, path), connection, log)
        if len(alike) == 1 and not decimals and not meant and all(n == there for n, (there, _) in written.items()):
            return relation, columns
        chosen = ", ".join(meant.get(name) or _chosen(name, written[name], name in decimals) for name in columns)
        selects.append(f"SELECT {chosen} FROM {relation}")  # noqa: S608
    return f"({' UNION ALL '.join(selects)})", columns


def without_duplicates(
    relation: str,
    columns: Sequence[str],
    target: Path,
    connection: duckdb.DuckDBPyConnection,
    log: RepairLog,
) -> str:
    """Write a relation without rows that repeat another exactly, and return what to select from instead.

    Parameters
    ----------
    relation, columns
        Of a table of one row an id; of months and instalments, equal rows may be two events.
    target
        The Parquet file to write.
    connection
        Where the relation lives.
    log
        Where rows that go are counted.
    """
    names = ", ".join(checks.quote(name) for name in columns)
    connection.sql(f"SELECT DISTINCT {names} FROM {relation}").write_parquet(str(target))  # noqa: S608
    once = scanned([target])
    read, distinct = (
        int(connection.sql(f"SELECT count(*) FROM {rows}").fetchall()[0][0])  # noqa: S608
        for rows in (relation, once)
    )
    log.note(Damage.DUPLICATE_ROW, read - distinct)
    return once


def _described(
    file: Path, table: Table, path: Path, connection: duckdb.DuckDBPyConnection
) -> tuple[tuple[str, str], ...]:
    try:
        rows = connection.sql(f"DESCRIBE SELECT * FROM {scanned([file])}").fetchall()  # noqa: S608
    except duckdb.Error as err:
        if lacks_room(err):
            raise temporary_disk_error() from err
        raise TableError(
            f"{table.name} must be a readable Parquet file; got {checks.brief(err)} in {path}. "
            "Fetch or write the file again"
        ) from err
    return tuple((str(row[0]), str(row[1])) for row in rows)


def scanned(files: Sequence[Path]) -> str:
    """Return SQL that reads Parquet files; names of folders such as ``KEY=VALUE`` add no column."""
    return f"read_parquet([{', '.join(_literal(file) for file in files)}], hive_partitioning=false)"


def _literal(file: Path) -> str:
    # A name may hold brackets or stars, which DuckDB would read as a pattern.
    return "'" + glob.escape(str(file)).replace("'", "''") + "'"


def _is_decimal(column: Column, sql_type: str) -> bool:
    return column.dtype == "int" and sql_type.split("(", maxsplit=1)[0].upper() in _DECIMAL


def _taken_for(column: Column, sql_type: str) -> str:
    """Return the SQL type that a column may stand for: a decimal that is whole, a code that is a number."""
    if _is_decimal(column, sql_type):
        return "BIGINT"
    plain = sql_type.split("(", maxsplit=1)[0].upper()
    if column.dtype == "string" and plain in _NUMBERS and may_be_numbers(column):
        return "VARCHAR"
    return sql_type


def _oddly_spelled(files: Sequence[Path], written: Mapping[str, tuple[str, str]], table: Table) -> list[str]:
    """Return the categories that may hold anything but declared codes.

    Texts are stored as a dictionary and places in it: of most files the dictionaries alone tell.
    """
    there = {name: column for name, (column, _) in written.items() if table.by_name[name].dtype == "string"}
    texts: dict[str, set[object]] = {name: set() for name in there}
    try:
        for file in files:
            with pq.ParquetFile(file, read_dictionary=list(there.values())) as opened:
                for batch in opened.iter_batches(_ROWS, columns=list(there.values())):
                    for name, column in there.items():
                        texts[name].update(_dictionary(batch.column(column)).to_pylist())
    except (pa.ArrowException, OSError, KeyError):
        return list(there)  # DuckDB says what is wrong with the file, or reads it
    return [name for name, found in texts.items() if not found <= {None, *table.by_name[name].codes}]


def _dictionary(values: pa.Array) -> pa.Array:
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    return encoded.dictionary


def _meant(
    relation: str,
    names: Sequence[str],
    written: Mapping[str, tuple[str, str]],
    what: tuple[Table, Path],
    connection: duckdb.DuckDBPyConnection,
    log: RepairLog,
) -> dict[str, str]:
    """Return SQL of each of these categories whose codes are spelled in another way than published."""
    found: dict[str, str] = {}
    for name in names:
        value = f"CAST({checks.quote(written[name][0])} AS VARCHAR)"
        counted = _rows(f"SELECT {value}, count(*) FROM {relation} GROUP BY 1", what, connection)  # noqa: S608
        changed: dict[str, str | None] = {}
        for text, count in counted:
            if text is not None:
                code = note_code(str(text), int(str(count)), what[0].by_name[name], log, published=False)
                changed |= {} if code == text else {str(text): code}
        if changed:
            cases = " ".join(
                f"WHEN {_text(text)} THEN {'NULL' if code is None else _text(code)}" for text, code in changed.items()
            )
            found[name] = f"CASE {value} {cases} ELSE {value} END AS {checks.quote(name)}"
    return found


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _rows(query: str, what: tuple[Table, Path], connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    table, path = what
    try:
        return connection.sql(query).fetchall()
    except duckdb.Error as err:
        if lacks_room(err):
            raise temporary_disk_error() from err
        raise TableError(
            f"{table.name} must be readable to its end; got {checks.brief(err)} in {path}. Fetch the file again"
        ) from err


def _check_whole(
    relation: str,
    names: Sequence[str],
    written: Mapping[str, tuple[str, str]],
    what: tuple[Table, Path],
    connection: duckdb.DuckDBPyConnection,
    log: RepairLog,
) -> None:
    table, path = what
    parts = []
    for name in names:
        there, kind = written[name]
        value = f"CAST({checks.quote(there)} AS DOUBLE)"
        most = _DECIMAL[kind.split("(")[0].upper()]
        # NaN is how pandas says that a whole number is missing.
        parts.append(f"count(*) FILTER (isinf({value}) OR (isfinite({value}) AND ({value} != trunc({value}) "
                     f"OR abs({value}) >= {most})))")  # fmt: skip
        parts.append(f"count(*) FILTER (isfinite({value}))")
    found = _rows(f"SELECT {', '.join(parts)} FROM {relation}", what, connection)[0]  # noqa: S608
    counts = [int(str(count)) for count in found]
    for i, name in enumerate(names):
        if counts[2 * i]:
            raise TableError(
                f"{table.name}.{name} must be a whole number (int64); got {counts[2 * i]:,} values that are none in "
                f"{path}. Save the column with that type"
            )
        log.note(Damage.WHOLE_AS_DECIMAL, counts[2 * i + 1], [name])


def _chosen(name: str, there: tuple[str, str], is_decimal: bool) -> str:
    value = checks.quote(there[0])
    if is_decimal:
        double = f"CAST({value} AS DOUBLE)"
        value = f"CASE WHEN isfinite({double}) THEN CAST({double} AS BIGINT) END"
    return f"{value} AS {checks.quote(name)}"
