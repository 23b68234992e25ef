"""What the rules of tables refuse, counted column by column, and held against the share that training saw.

The rule: a value that is impossible, a code that is not declared, and a value that is missing where none may be, are
counted by every command that reads tables. Above the share that training saw, by more than `MOST`, the command stops
unless the findings are accepted: a column under another convention changes decisions as a whole. Decision record 42.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import narwhals as nw

from scoring.data.cleaning.applying import rules_of
from scoring.errors import TableError
from scoring.data.tables import APPLICATIONS, TABLES, Column, RawTables
from scoring.data.tables.header import Extremes
from scoring.data.tables.quality import outside_range, said_range

MOST = 0.01
"""Share of a column, beyond the training's own, from which findings stop a command."""
_NAMED = 3
"""Columns that a message names."""
_APPLICATION = "application"


class Refusal(Enum):
    """Why a value of a table is not taken for what it says."""

    IMPOSSIBLE = "impossible values"
    UNKNOWN_CODE = "unknown codes"
    MISSING = "missing values"


Key = tuple[str, str, Refusal]
Shares = Mapping[Key, float]
"""By table, column and refusal, the share of rows that training saw; 0 where there is none."""


@dataclass(frozen=True)
class ColumnFinding:
    """How many values of a column are refused for one reason.

    Parameters
    ----------
    table, column
        ``application`` or a history table, and its column.
    refusal
        Why.
    rule
        What must hold, in words.
    count, of
        Rows concerned, and rows in all.
    examples
        A few unknown codes.
    """

    table: str
    column: str
    refusal: Refusal
    rule: str
    count: int
    of: int
    examples: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """What the finding is about."""
        return self.table, self.column, self.refusal

    @property
    def share(self) -> float:
        """Share of the rows, in [0, 1]."""
        return self.count / self.of if self.of else 0.0

    def __str__(self) -> str:
        got = f", such as {', '.join(self.examples)}" if self.examples else ""
        return (
            f"{self.table}.{self.column}: {self.count:,} of {self.of:,} rows ({self.share:.2%}) hold "
            f"{self.refusal.value}{got}; it must be {self.rule}"
        )

    def document(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "table": self.table,
            "column": self.column,
            "refusal": self.refusal.value,
            "count": self.count,
            "of": self.of,
        }


def count_findings(tables: RawTables) -> tuple[ColumnFinding, ...]:
    """Count what is refused in tables, table by table, column by column.

    Parameters
    ----------
    tables
        From `scoring.data.tables.read_tables` or `read_rows`.

    Returns
    -------
    tuple of ColumnFinding
        Those that were met at all.
    """
    return tuple(finding for name, frame in tables.frames.items() for finding in _of_table(name, frame, tables))


def check_findings(findings: Sequence[ColumnFinding], shares: Shares, *, accepted: bool, where: str) -> None:
    """Stop where a column holds more refused values than training saw.

    Parameters
    ----------
    findings
        From `count_findings`.
    shares
        Of the training; of none, empty.
    accepted
        Whether whoever runs the command accepts the findings as they are.
    where
        The folder, for the message.

    Raises
    ------
    TableError
        When a share is above that of training by more than `MOST`, and the findings are not accepted.
    """
    above = [finding for finding in findings if finding.share > shares.get(finding.key, 0.0) + MOST]
    if not above or accepted:
        return
    above.sort(key=lambda finding: shares.get(finding.key, 0.0) - finding.share)
    more = f"; and {len(above) - _NAMED} more columns" if len(above) > _NAMED else ""
    raise TableError(
        f"columns must hold refused values in at most {MOST:.0%} of their rows beyond the share of training; got "
        f"{'; '.join(map(str, above[:_NAMED]))}{more}, in {where}. Correct the columns (sign, unit, codes), or accept "
        "them with --accept-findings"
    )


def _of_table(name: str, frame: nw.LazyFrame, tables: RawTables) -> Iterator[ColumnFinding]:
    columns = [_possible(column, name) for column in TABLES[APPLICATIONS[1] if name == _APPLICATION else name].columns]
    bounded = [column for column in columns if column.low is not None or column.high is not None]
    required = [column for column in columns if not column.nullable]
    known = tables.extremes.get(name, {})
    # Of most columns, what is known already says that every value is possible: they are not read.
    odd = [column for column in bounded if _may_be_beyond(column, known.get(column.name))]
    lacking = [column for column in required if column.name not in known or known[column.name].missing]
    counts = _row(
        frame,
        [nw.len().alias("rows")]
        + [_sum(outside_range(column)).alias(f"beyond {column.name}") for column in odd]
        + [_sum(nw.col(column.name).is_null()).alias(f"missing {column.name}") for column in lacking],
    )
    rows = counts["rows"]
    for column in odd:
        if count := counts[f"beyond {column.name}"]:
            yield ColumnFinding(name, column.name, Refusal.IMPOSSIBLE, said_range(column), count, rows)
    for column in lacking:
        if count := counts[f"missing {column.name}"]:
            yield ColumnFinding(name, column.name, Refusal.MISSING, "there in every row", count, rows)
    yield from _unknown(name, tables, rows)


def _unknown(name: str, tables: RawTables, rows: int) -> Iterator[ColumnFinding]:
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    for code in tables.unknown_codes:
        if code.table == name or (name == _APPLICATION and code.table in APPLICATIONS):
            count, examples = found.get(code.column, (0, ()))
            found[code.column] = count + code.count, examples or code.examples
    for column, (count, examples) in found.items():
        yield ColumnFinding(name, column, Refusal.UNKNOWN_CODE, "one of its declared codes", count, rows, examples)


def _possible(column: Column, table: str) -> Column:
    """Return a column with the range that its declaration and the cleaning rules of its table leave it."""
    ranges = [(column.low, column.high)]
    ranges += [rule.possible[column.name] for rule in rules_of(table) if column.name in rule.possible]
    lows = [low for low, _ in ranges if low is not None]
    highs = [high for _, high in ranges if high is not None]
    return dataclasses.replace(column, low=max(lows, default=None), high=min(highs, default=None))


def _may_be_beyond(column: Column, known: Extremes | None) -> bool:
    if known is None:
        return True
    low, high = known.low, known.high
    return (low is not None and column.low is not None and low < column.low) or (
        high is not None and column.high is not None and high > column.high
    )


def _sum(condition: nw.Expr) -> nw.Expr:
    # As a float: exact up to 2^53 rows, and of one type on every engine.
    return condition.cast(nw.Float64).sum()


def _row(frame: nw.LazyFrame, expressions: Sequence[nw.Expr]) -> dict[str, int]:
    found = frame.select(*expressions).collect("polars")
    return {name: int(found[name][0] or 0) for name in found.columns}
