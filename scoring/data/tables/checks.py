"""Whether a table on disk is what its declaration says, found out where the data is (DuckDB).

Everything here raises `TableError`: what must hold, what was found, and where. What is odd but known of the
published tables (a value out of range, a new code, a repeated key) is not refused here: cleaning names and
counts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from scoring.data.tables.column_types import Column, Dtype, Kind, Table
from scoring.data.tables.extremes import Extremes, merge_extremes
from scoring.errors import TableError
from scoring.files import lacks_room, temporary_disk_error

WHOLE = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "BOOLEAN",
}
_ACCEPTED: dict[Dtype, set[str]] = {
    "int": WHOLE,
    "float": WHOLE | {"FLOAT", "DOUBLE", "DECIMAL"},
    "string": {"VARCHAR", "ENUM"},
}
_EMPTY = {'"NULL"', "NULL"}
_SQL_TYPE: dict[Dtype, str] = {"int": "BIGINT", "float": "DOUBLE", "string": "VARCHAR"}


def quote(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def brief(error: Exception) -> str:
    """Return the first line of another library's message, which says what; the rest is advice for its own
    users.
    """
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def check_types(found: Sequence[tuple[str, str]], table: Table, path: Path) -> None:
    """Raise `TableError` where a column's SQL type cannot hold what is declared.

    Parameters
    ----------
    found
        (name, SQL type) of each column of the file.
    table, path
        The declaration, and what the message names.
    """
    for name, sql_type in found:
        column = table.by_name.get(name)
        plain = sql_type.split("(")[0].upper()
        if column is None or plain in _ACCEPTED[column.dtype] or plain in _EMPTY:
            continue
        raise TableError(
            f"{table.name}.{name} must be {_article(column.dtype)}; got {sql_type} in {path}. "
            "Save the column with that type"
        )


def _article(dtype: Dtype) -> str:
    return {"int": "a whole number (int64)", "float": "a number (float64)", "string": "text"}[dtype]


@dataclass(frozen=True)
class Contents:
    """What a scan of a table met.

    Parameters
    ----------
    rows
        How many.
    missing_ids
        Rows without it, for each id column that lacks any.
    infinite, nans
        Float columns that hold such a value.
    extremes
        By column, as far as they were met.
    """

    rows: int
    missing_ids: Mapping[str, int]
    infinite: frozenset[str]
    nans: frozenset[str]
    extremes: Mapping[str, Extremes] = field(default_factory=dict)

    @classmethod
    def of_parts(cls, parts: Iterable[Contents]) -> Contents:
        """Put together what was met in the parts of one table."""
        rows, missing = 0, Counter[str]()
        infinite, nans = frozenset[str](), frozenset[str]()
        parts = list(parts)
        for part in parts:
            rows += part.rows
            missing.update(part.missing_ids)
            infinite, nans = infinite | part.infinite, nans | part.nans
        return cls(rows, missing, infinite, nans, merge_extremes(part.extremes for part in parts))


def scan(
    relation: str, table: Table, path: Path, connection: duckdb.DuckDBPyConnection, columns: Sequence[str]
) -> Contents:
    """Scan a table once for what `check_values` judges.

    Parameters
    ----------
    relation
        SQL that can stand after FROM.
    table, path
        The declaration, and what messages name.
    connection
        Where the relation lives.
    columns
        Declared columns that are there: TARGET may be absent.

    Raises
    ------
    TableError
        When the file cannot be read to its end.
    """
    present = [column for column in table.columns if column.name in set(columns)]
    ids = [column.name for column in present if column.kind is Kind.ID]
    floats = [column for column in present if column.dtype == "float"]
    parts = ["count(*)"]
    parts += [f"count(*) FILTER ({quote(name)} IS NULL)" for name in ids]
    parts += [f"coalesce(bool_or(isinf({_double(column)})), false)" for column in floats]
    parts += [f"coalesce(bool_or({_is_nan(column)}), false)" for column in floats]
    rows, *values = _asked(f"SELECT {', '.join(parts)} FROM {relation}", table, path, connection)  # noqa: S608
    missing = {name: nulls for name, nulls in zip(ids, values, strict=False) if nulls}
    names = [column.name for column in floats]
    infinite, nans = values[len(ids) : len(ids) + len(names)], values[len(ids) + len(names) :]
    return Contents(
        rows,
        missing,
        frozenset(name for name, met in zip(names, infinite, strict=True) if met),
        frozenset(name for name, met in zip(names, nans, strict=True) if met),
    )


def check_values(contents: Contents, table: Table, path: Path) -> None:
    """Judge a table by its contents: not empty, ids known, amounts finite.

    Raises
    ------
    TableError
        When a rule above does not hold.
    """
    if contents.rows == 0:
        raise TableError(
            f"{table.name} must have at least one row; got 0 rows in {path}. Fetch the file again, or "
            "remove it if the table is not to be used"
        )
    for name, nulls in contents.missing_ids.items():
        raise TableError(
            f"{table.name}.{name} must never be missing; got {nulls:,} rows without it in {path}. "
            "Remove or repair these rows"
        )
    for name in sorted(contents.infinite):
        raise TableError(f"{table.name}.{name} must be finite; got an infinite value in {path}. Leave it empty instead")


def repeated_ids(
    relation: str, table: Table, path: Path, connection: duckdb.DuckDBPyConnection, rows: int
) -> str | None:
    """Return what is to be said where ids repeat in a table that others hang on: they would multiply rows."""
    if len(table.key) != 1:
        return None
    (distinct,) = _asked(f"SELECT count(DISTINCT {quote(table.key[0])}) FROM {relation}", table, path, connection)  # noqa: S608
    if distinct == rows:
        return None
    return (
        f"{table.name}.{table.key[0]} must be unique; got {rows - distinct:,} repeated ids among "
        f"{rows:,} rows in {path}. Keep one row of each"
    )


def _asked(query: str, table: Table, path: Path, connection: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    try:
        found: tuple[int, ...] = connection.sql(query).fetchall()[0]
    except duckdb.Error as err:
        if lacks_room(err):
            raise temporary_disk_error() from err
        raise TableError(
            f"{table.name} must be readable to its end; got {brief(err)} in {path}. Fetch the file again"
        ) from err
    return found


def _double(column: Column) -> str:
    return f"CAST({quote(column.name)} AS DOUBLE)"


def _is_nan(column: Column) -> str:
    # Not isnan: DuckDB 2.0 answers it from a Parquet file's statistics, which say nothing of NaN, and is wrong. An
    # infinite value answers yes here too; it is refused before.
    return f"NOT isfinite({_double(column)})"


def check_disjoint(train: str, test: str, connection: duckdb.DuckDBPyConnection) -> None:
    """Raise `TableError` when an id is in both application tables (relations given as SQL)."""
    shared, first = connection.sql(
        f"SELECT count(*), min(SK_ID_CURR) FROM {train} "  # noqa: S608
        f"WHERE SK_ID_CURR IN (SELECT SK_ID_CURR FROM {test})"
    ).fetchall()[0]
    if shared:
        raise TableError(
            "application_train and application_test must share no SK_ID_CURR; "
            f"got {shared:,} in both (the first is {first}). Keep each client in one"
        )


def check_target(relation: str, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Raise `TableError` when TARGET holds anything but 0 and 1."""
    rows = connection.sql(
        f"SELECT DISTINCT TARGET FROM {relation} "  # noqa: S608
        "WHERE TARGET IS NULL OR TARGET NOT IN (0, 1) LIMIT 5"
    ).fetchall()
    if rows:
        labels = ", ".join("missing" if value is None else str(value) for (value,) in rows)
        raise TableError(
            f"application_train.TARGET must be 0 or 1; got {labels} in {path}. Leave out clients without a label"
        )


def typed(column: Column, *, nan: bool = False) -> str:
    """Return SQL that gives a column its declared type, NaN as missing where the scan met one."""
    cast = f"CAST({quote(column.name)} AS {_SQL_TYPE[column.dtype]})"
    value = f"CASE WHEN {_is_nan(column)} THEN NULL ELSE {cast} END" if nan else cast
    return f"{value} AS {quote(column.name)}"
