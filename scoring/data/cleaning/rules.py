"""The mechanism of cleaning: a rule says which rows it touches, and what becomes of them.

The same narwhals expressions run on DuckDB and Polars. A rule changes values or adds a flag; it never adds or
removes a row, so that rows in are rows out on every engine. Rules of a table run in their order, each on what
the one before left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import narwhals as nw


@dataclass(frozen=True)
class Rule:
    """One problem and the strategy against it.

    Parameters
    ----------
    name
        Lower snake case, unique.
    table
        ``application`` or a history table.
    columns
        The columns that it reads or changes.
    problem, strategy
        One sentence each, for the problems board.
    touches
        Boolean expression over a row, never missing: the rows concerned.
    expressions
        What is assigned, for `with_columns`. Empty where the strategy is to leave the rows as they are and
        count them.
    possible
        By column, the least and greatest value that is taken for what it says; None is unbounded (see `findings`).
    """

    name: str
    table: str
    columns: tuple[str, ...]
    problem: str
    strategy: str
    touches: nw.Expr
    expressions: tuple[nw.Expr, ...] = ()
    possible: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)


def yes(condition: nw.Expr) -> nw.Expr:
    """Return a condition with missing taken as no."""
    return condition.fill_null(value=False)


def equals(column: str, value: float | str) -> nw.Expr:
    """Return whether a column holds a value; no where it is missing."""
    return yes(nw.col(column) == nw.lit(value))


def any_of(conditions: Iterable[nw.Expr]) -> nw.Expr:
    """Return whether one of the conditions holds."""
    return nw.any_horizontal(*conditions, ignore_nulls=True)


def emptied(column: str, where: nw.Expr) -> nw.Expr:
    """Return the column, missing where the condition holds."""
    return nw.when(~where).then(nw.col(column)).alias(column)


def replaced(column: str, where: nw.Expr, value: float) -> nw.Expr:
    """Return the column with a value put where the condition holds."""
    return nw.when(where).then(nw.lit(value)).otherwise(nw.col(column)).alias(column)


def flagged(name: str, where: nw.Expr) -> nw.Expr:
    """Return an integer column, 1 where the condition holds and 0 elsewhere."""
    return nw.when(where).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64).alias(name)


def codes_to_missing(name: str, table: str, columns: Iterable[str], codes: Iterable[str], *, problem: str) -> Rule:
    """Return a rule that reads pseudo-codes of categories as missing."""
    columns, codes = tuple(columns), tuple(codes)
    hits = {column: any_of(equals(column, code) for code in codes) for column in columns}
    return Rule(
        name=name,
        table=table,
        columns=columns,
        problem=problem,
        strategy="Read the code as missing; a missing value has its own bin in every model.",
        touches=any_of(hits.values()),
        expressions=tuple(emptied(column, hit) for column, hit in hits.items()),
    )


def left_missing(name: str, table: str, columns: Iterable[str], *, problem: str, strategy: str) -> Rule:
    """Return a rule that counts rows with a missing value and leaves them as they are."""
    columns = tuple(columns)
    return Rule(
        name=name,
        table=table,
        columns=columns,
        problem=problem,
        strategy=strategy,
        touches=any_of(nw.col(column).is_null() for column in columns),
    )
