"""Whether a table on disk is what its declaration says, found out where the data is (DuckDB).

Everything here raises `TableError`: what must hold, what was found, and where. What is odd but known of the
published tables (a value out of range, a new code, a repeated key) is not refused here: cleaning names and
counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from scoring.errors import TableError
from scoring.tables.kinds import Column, Dtype, Kind, Table

_WHOLE = {
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
    "int": _WHOLE,
    "float": _WHOLE | {"FLOAT", "DOUBLE", "DECIMAL"},
    "string": {"VARCHAR", "ENUM"},
}
_EMPTY = {'"NULL"', "NULL"}
_SQL_TYPE: dict[Dtype, str] = {"int": "BIGINT", "float": "DOUBLE", "string": "VARCHAR"}


class RepeatedIdsError(TableError):
    """Ids that must be unique repeat; rows that are wholly alike may yet be told."""


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


def check_values(
    relation: str, table: Table, path: Path, connection: duckdb.DuckDBPyConnection, columns: Sequence[str]
) -> tuple[int, tuple[str, ...]]:
    """Scan a table once: not empty, ids known, amounts finite, application ids unique.

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

    Returns
    -------
    tuple
        Rows, and the float columns that hold NaN (they are read as missing).

    Raises
    ------
    TableError
        When the file cannot be read to its end, or a rule above does not hold; `RepeatedIdsError` for the ids.
    """
    present = [column for column in table.columns if column.name in set(columns)]
    ids = [column for column in present if column.kind is Kind.ID]
    floats = [column for column in present if column.dtype == "float"]
    parts = ["count(*)"]
    parts += [f"count(*) FILTER ({quote(column.name)} IS NULL)" for column in ids]
    parts += [f"coalesce(bool_or(isinf({_double(column)})), false)" for column in floats]
    parts += [f"coalesce(bool_or({_is_nan(column)}), false)" for column in floats]
    # A repeated id of a table that others hang on would multiply their rows.
    unique = table.key[0] if len(table.key) == 1 else None
    if unique is not None:
        parts.append(f"count(DISTINCT {quote(unique)})")
    try:
        values = list(connection.sql(f"SELECT {', '.join(parts)} FROM {relation}").fetchall()[0])  # noqa: S608
    except duckdb.Error as err:
        raise TableError(
            f"{table.name} must be readable to its end; got {brief(err)} in {path}. Fetch the file again"
        ) from err
    rows = int(values.pop(0))
    if rows == 0:
        raise TableError(
            f"{table.name} must have at least one row; got 0 rows in {path}. Fetch the file again, or "
            "remove it if the table is not to be used"
        )
    for column, nulls in zip(ids, values[: len(ids)], strict=True):
        if nulls:
            raise TableError(
                f"{table.name}.{column.name} must never be missing; got {nulls:,} rows without it in {path}. "
                "Remove or repair these rows"
            )
    infinite = values[len(ids) : len(ids) + len(floats)]
    nans = values[len(ids) + len(floats) : len(ids) + 2 * len(floats)]
    for column, found in zip(floats, infinite, strict=True):
        if found:
            raise TableError(
                f"{table.name}.{column.name} must be finite; got an infinite value in {path}. Leave it empty instead"
            )
    if unique is not None and values[-1] != rows:
        raise RepeatedIdsError(
            f"{table.name}.{unique} must be unique; got {rows - values[-1]:,} repeated ids among "
            f"{rows:,} rows in {path}. Keep one row of each"
        )
    return rows, tuple(column.name for column, found in zip(floats, nans, strict=True) if found)


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
        said = ", ".join("missing" if value is None else str(value) for (value,) in rows)
        raise TableError(
            f"application_train.TARGET must be 0 or 1; got {said} in {path}. Leave out clients without a label"
        )


def typed(column: Column, *, nan: bool = False) -> str:
    """Return SQL that gives a column its declared type, NaN as missing where the scan met one."""
    cast = f"CAST({quote(column.name)} AS {_SQL_TYPE[column.dtype]})"
    value = f"CASE WHEN {_is_nan(column)} THEN NULL ELSE {cast} END" if nan else cast
    return f"{value} AS {quote(column.name)}"
