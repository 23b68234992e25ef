"""Applying the rules: lazily to all tables, or counting the rows that each one touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import narwhals as nw

from scoring.data.cleaning import (
    application,
    bureau,
    bureau_balance,
    credit_card,
    installments,
    pos_cash,
    previous_application,
)
from scoring.data.cleaning.rules import Rule
from scoring.data.tables import RawTables

RULES: tuple[Rule, ...] = (
    *application.RULES,
    *bureau.RULES,
    *bureau_balance.RULES,
    *previous_application.RULES,
    *pos_cash.RULES,
    *installments.RULES,
    *credit_card.RULES,
)
"""All rules, in order."""


@dataclass(frozen=True)
class CleanTables:
    """The tables after cleaning, lazily: the same keys, rows and engine as the raw ones.

    Parameters
    ----------
    frames
        ``application`` and each history table that is there.
    absent
        History tables that are not there.
    labels
        SK_ID_CURR, TARGET, when they were read.
    """

    frames: Mapping[str, nw.LazyFrame]
    absent: tuple[str, ...]
    labels: nw.LazyFrame | None


@dataclass(frozen=True)
class RuleCount:
    """What a rule met: rows touched, of the rows of its table."""

    rule: Rule
    table: str
    touched: int
    rows: int


def rules_of(table: str) -> tuple[Rule, ...]:
    """Return the rules of a table, in order."""
    return tuple(rule for rule in RULES if rule.table == table)


def clean(tables: RawTables) -> CleanTables:
    """Apply all rules, lazily.

    Parameters
    ----------
    tables
        From `scoring.data.tables.read_tables` or `read_rows`.

    Returns
    -------
    CleanTables
        With the flags that the rules add, named in each table's module.
    """
    frames = {}
    for name, raw in tables.frames.items():
        frame = raw
        for rule in rules_of(name):
            if rule.expressions:
                frame = frame.with_columns(*rule.expressions)
        frames[name] = frame
    return CleanTables(MappingProxyType(frames), tables.absent, tables.labels)


def count_touched(tables: RawTables) -> tuple[RuleCount, ...]:
    """Count the rows that each rule touches, with one scan of each table.

    Parameters
    ----------
    tables
        The raw tables.

    Returns
    -------
    tuple of RuleCount
        In the order of `RULES`, for the tables that are there.
    """
    counts = []
    for name, raw in tables.frames.items():
        rules = rules_of(name)
        frame = raw
        for i, rule in enumerate(rules):
            # Each rule is counted on what the one before left, as `clean` runs them.
            frame = frame.with_columns(rule.touches.cast(nw.Int64).alias(f"__touched_{i}"), *rule.expressions)
        sums = [nw.col(f"__touched_{i}").sum() for i in range(len(rules))]
        row = frame.select(nw.len().alias("__rows"), *sums).collect("polars").row(0)
        counts += [RuleCount(rule, name, int(row[1 + i] or 0), int(row[0])) for i, rule in enumerate(rules)]
    return tuple(counts)
