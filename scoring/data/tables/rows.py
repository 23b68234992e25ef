"""One client, or a few, given as JSON-like rows: the same frames as a folder gives, in memory, on Polars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

import narwhals as nw
import polars as pl

from scoring.data.tables.column_types import ID_COLUMN, Column, Dtype, Kind
from scoring.data.tables.reading import RawTables
from scoring.data.tables.schema import APPLICATION_SET, HISTORY, TABLES
from scoring.data.tables.spellings import fold, is_missing_mark, may_be_numbers, read_code, spellings_of
from scoring.errors import InputError
from scoring.i18n import Said, shown

_POLARS: dict[Dtype, type[pl.DataType]] = {"int": pl.Int64, "float": pl.Float64, "string": pl.String}
_DECLARED: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        "application": TABLES["application_test"].columns,
        **{name: TABLES[name].columns for name in HISTORY},
    }
)


def read_rows(rows: Mapping[str, Sequence[Mapping[str, object]]]) -> RawTables:
    """Make raw tables of rows in memory.

    Parameters
    ----------
    rows
        By table: ``application`` (required, one row a client) and any of the six history tables, whose
        absence means a client without such a past. A column that the published tables leave empty anywhere
        may be left out or None.

    Returns
    -------
    RawTables
        Lazy frames on Polars; none absent; APPLICATION_SET is ``test``; no labels.

    Raises
    ------
    InputError
        Names the table, the row (from 0) and the column: unknown table or column, missing value, wrong type,
        number that is not finite or out of its hard range, an id given twice, a history row of nobody.
    """
    for name in rows:
        if name not in _DECLARED:
            raise InputError(
                Said(
                    "problem.rows.table",
                    known=", ".join(_DECLARED),
                    found=shown(repr(name)),
                    nearest=_nearest(name, _DECLARED),
                )
            )
    if not rows.get("application"):
        raise InputError(Said("problem.rows.none"))
    frames = {name: _frame(name, columns, rows.get(name, ())) for name, columns in _DECLARED.items()}
    clients = frames["application"].get_column(ID_COLUMN)
    if clients.n_unique() != len(clients):
        raise InputError(Said("problem.rows.twice"))
    _check_owners(frames, clients)
    frames["application"] = frames["application"].with_columns(pl.lit("test").alias(APPLICATION_SET))
    return RawTables(
        frames=MappingProxyType({name: nw.from_native(frame.lazy()) for name, frame in frames.items()}),
        absent=(),
        labels=None,
        sources=MappingProxyType({}),
    )


def _check_owners(frames: Mapping[str, pl.DataFrame], clients: pl.Series) -> None:
    known = set(clients.to_list())
    credits_of = set(frames["bureau"].get_column("SK_ID_BUREAU").to_list())
    for name in HISTORY:
        key, owners = ("SK_ID_BUREAU", credits_of) if name == "bureau_balance" else (ID_COLUMN, known)
        for i, value in enumerate(frames[name].get_column(key).to_list()):
            if value not in owners:
                parent = "bureau" if name == "bureau_balance" else "application"
                raise InputError(
                    Said("problem.rows.owner", place=f"{name}[{i}].{key}", parent=parent, found=shown(value))
                )


def _frame(table: str, columns: Sequence[Column], rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    known = {column.name: column for column in columns}
    values: dict[str, list[object]] = {name: [] for name in known}
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InputError(Said("problem.rows.object", place=f"{table}[{i}]", found=type(row).__name__))
        for name in row:
            if name not in known:
                raise InputError(
                    Said(
                        "problem.rows.column",
                        place=f"{table}[{i}]",
                        found=shown(repr(name)),
                        nearest=_nearest(name, known),
                    )
                )
        missing = [c.name for c in columns if not c.nullable and _is_missing(row.get(c.name))]
        if missing:
            place, first, more = f"{table}[{i}]", ", ".join(missing[:8]), len(missing) - 8
            if more > 0:
                raise InputError(Said("problem.rows.missing-more", place=place, found=first, count=more))
            raise InputError(Said("problem.rows.missing", place=place, found=first))
        for name, column in known.items():
            values[name].append(_value(row.get(name), column, f"{table}[{i}].{name}"))
    return pl.DataFrame(
        {name: pl.Series(name, values[name], dtype=_POLARS[column.dtype]) for name, column in known.items()}
    )


def _value(value: object, column: Column, place: str) -> str | int | float | None:
    if _is_missing(value):
        return None
    if column.dtype == "string":
        if isinstance(value, int | float) and may_be_numbers(column):
            value = str(value)
        if not isinstance(value, str):
            raise InputError(Said("problem.rows.text", place=place, found=shown(repr(value))))
        return read_code(value, column)
    if column.kind is Kind.FLAG and isinstance(value, bool | str):
        meant = spellings_of(column).get(fold(str(value)))
        value = value if meant is None else int(meant)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(Said("problem.rows.number", place=place, found=shown(repr(value))))
    return _number(value, column, place)


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, str) and is_missing_mark(value))


def _number(value: int | float, column: Column, place: str) -> int | float:
    if (isinstance(value, int) and abs(value) >= 2**63) or not math.isfinite(value):
        raise InputError(Said("problem.rows.finite", place=place, found=shown(value)))
    outside = (column.low is not None and value < column.low) or (column.high is not None and value > column.high)
    if outside and value not in column.specials:
        low = "-∞" if column.low is None else f"{column.low:g}"
        high = "∞" if column.high is None else f"{column.high:g}"
        raise InputError(Said("problem.rows.range", place=place, low=low, high=high, found=f"{value:g}"))
    if column.dtype == "float":
        return float(value)
    if value != int(value) or abs(value) >= 2**63:
        raise InputError(Said("problem.rows.whole", place=place, found=f"{value:g}"))
    return int(value)


def _nearest(name: object, known: Mapping[str, object]) -> Said:
    near = get_close_matches(str(name)[:100], list(known), n=1, cutoff=0.6)
    return Said("problem.rows.nearest", name=near[0]) if near else Said("problem.rows.remove")
