"""What is odd in raw tables, counted where the data are: declared beside the schemas, on any engine of narwhals.

The rule: what makes a table unusable stops the reading (`checks`, `TableError`); everything else is counted here,
and nothing is changed. Every check is made and listed, also where it finds nothing, so that a count of 0 is seen to
be one. A check that wants an absent table is not made, and listed with no count.

An instalment's key is not checked: an instalment paid in parts repeats it, as published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import narwhals as nw

from scoring.data.tables.column_types import ID_COLUMN, Column, Table
from scoring.data.tables.reading import RawTables
from scoring.data.tables.repairs import Repair
from scoring.data.tables.schema import HISTORY, TABLES

FORMAT, VERSION = "clairscore/table-checks", 1
APPLICATION = "application"
CREDIT, PREVIOUS = "SK_ID_BUREAU", "SK_ID_PREV"
EXAMPLES = 5
"""Unknown codes that a finding names."""
_COUNT = "count"


class Check(Enum):
    """What is looked for."""

    MISSING = "missing"
    OUT_OF_RANGE = "out of range"
    UNKNOWN_CODE = "unknown code"
    REPEATED_KEY = "repeated key"
    REPEATED_ROW = "repeated row"
    ORPHAN = "orphan"
    NO_HISTORY = "no history"


@dataclass(frozen=True)
class Finding:
    """How often one check met what it looks for.

    Parameters
    ----------
    check
        What was looked for.
    table
        ``application`` or a history table.
    column
        The column, or the columns of a key; for REPEATED_ROW the one that tells the rows apart.
    rule
        What would be expected, in words.
    count
        Rows (for NO_HISTORY: clients) that are not so; None where an absent table kept the check from being made.
    of
        Rows looked at (for NO_HISTORY: clients).
    warns
        Whether a count above 0 is odd. A missing value of a nullable column, or a client without a history, is not.
    examples
        Unknown codes, a few of them.
    """

    check: Check
    table: str
    column: str
    rule: str
    count: int | None
    of: int
    warns: bool = True
    examples: tuple[str, ...] = ()

    @property
    def is_warning(self) -> bool:
        """Whether something odd was found."""
        return self.warns and bool(self.count)

    @property
    def share(self) -> float:
        """Share of the rows looked at, in [0, 1]; 0 where there are none."""
        return (self.count or 0) / self.of if self.of else 0.0


@dataclass(frozen=True)
class QualityReport:
    """All findings on some tables.

    Parameters
    ----------
    rows
        Rows of each table, by name.
    absent
        History tables that are not there.
    findings
        Table after table, in the declared order.
    repairs
        What was put right when the tables were read.
    """

    rows: Mapping[str, int]
    absent: tuple[str, ...]
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...] = ()

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that are odd."""
        return tuple(finding for finding in self.findings if finding.is_warning)

    def document(self) -> dict[str, Any]:
        """Return the report as JSON values, with its format and version."""
        return {
            "format": FORMAT,
            "version": VERSION,
            "rows": dict(self.rows),
            "absent": list(self.absent),
            "warnings": len(self.warnings),
            "repairs": [repair.document() for repair in self.repairs],
            "findings": [
                {
                    "check": finding.check.value,
                    "table": finding.table,
                    "column": finding.column,
                    "rule": finding.rule,
                    "count": finding.count,
                    "of": finding.of,
                    "warning": finding.is_warning,
                    "examples": list(finding.examples),
                }
                for finding in self.findings
            ],
        }


def check_quality(tables: RawTables) -> QualityReport:
    """Count what is odd in the tables.

    Parameters
    ----------
    tables
        As `read_tables` or `read_rows` gives them.

    Returns
    -------
    QualityReport
        The same on every engine, whatever the order of the rows.
    """
    rows: dict[str, int] = {}
    findings: list[Finding] = []
    for name, frame in tables.frames.items():
        table = _declared(name)
        rows[name], found = _of_columns(frame, table, name)
        findings += found
        if "MONTHS_BALANCE" in table.key:
            count = _beyond_first(frame, table.key)
            findings.append(Finding(Check.REPEATED_KEY, name, ", ".join(table.key), "one row each", count, rows[name]))
        elif name != APPLICATION and len(table.key) == 1:
            # Numbered twice, and the same otherwise: entered twice, or two events alike.
            count = _beyond_first(frame, [column for column in table.names if column not in table.key])
            findings.append(
                Finding(Check.REPEATED_ROW, name, table.key[0], "no two rows alike but for it", count, rows[name])
            )
        findings += _orphans(tables.frames, table, rows[name])
    findings += _without_history(tables.frames, rows[APPLICATION])
    return QualityReport(rows, tables.absent, tuple(findings), tables.repairs)


def parents(table: Table) -> tuple[tuple[str, str], ...]:
    """Return (parent table, column) of all that a table's rows should be found in.

    The declared parent, and the earlier application that a month or an instalment belongs to.
    """
    declared = () if table.parent is None else (table.parent,)
    previous = "previous_application"
    return declared + (((previous, PREVIOUS),) if PREVIOUS in table.names and table.name != previous else ())


def _declared(name: str) -> Table:
    return TABLES["application_test" if name == APPLICATION else name]


def _of_columns(frame: nw.LazyFrame, table: Table, name: str) -> tuple[int, list[Finding]]:
    """Check each column: one pass over the table, and one more for each column with unknown codes."""
    looks: list[tuple[Check, Column, str, bool, nw.Expr]] = []
    for column in table.columns:
        value = nw.col(column.name)
        expected = "may be missing" if column.nullable else "never missing"
        looks.append((Check.MISSING, column, expected, not column.nullable, value.is_null()))
        if column.codes:
            # Not in words one by one: 58 classes of employer are many.
            looks.append((Check.UNKNOWN_CODE, column, f"{len(column.codes)} known codes", True, _unknown(column)))
        elif column.low is not None or column.high is not None:
            looks.append((Check.OUT_OF_RANGE, column, said_range(column), True, outside_range(column)))
    counts = _row(
        frame.select(
            nw.len().alias("rows"), *(_number(condition).alias(f"c{i}") for i, (*_, condition) in enumerate(looks))
        )
    )
    total = counts["rows"]
    return total, [
        Finding(
            check, name, column.name, rule, counts[f"c{i}"], total, warns,
            _examples(frame, column) if check is Check.UNKNOWN_CODE and counts[f"c{i}"] else (),
        )
        for i, (check, column, rule, warns, _) in enumerate(looks)
    ]  # fmt: skip


def said_range(column: Column) -> str:
    """Return a column's range in words, such as ``0 to 20`` or ``at most 0, or 365,243``."""
    if column.low is not None and column.high is not None:
        range_text = f"{column.low:,g} to {column.high:,g}"
    else:
        range_text = f"at least {column.low:,g}" if column.low is not None else f"at most {column.high:,g}"
    return ", or ".join([range_text, *(f"{special:,.0f}" for special in column.specials)])


def outside_range(column: Column) -> nw.Expr:
    """Return whether a value lies outside the declared range of its column, and is no published special."""
    value = nw.col(column.name)
    parts = [value < nw.lit(column.low)] if column.low is not None else []
    parts += [value > nw.lit(column.high)] if column.high is not None else []
    outside = nw.any_horizontal(*parts, ignore_nulls=True)
    for special in column.specials:
        outside = outside & (value != nw.lit(special))
    return outside.fill_null(value=False)


def _unknown(column: Column) -> nw.Expr:
    value = nw.col(column.name)
    return (~value.is_in(column.codes)).fill_null(value=False)


def _examples(frame: nw.LazyFrame, column: Column) -> tuple[str, ...]:
    codes = frame.filter(_unknown(column)).select(column.name).unique().sort(column.name).head(EXAMPLES)
    return tuple(str(code) for code in codes.collect("polars")[column.name].to_list())


def _beyond_first(frame: nw.LazyFrame, columns: Sequence[str]) -> int:
    """Count the rows that repeat another one in these columns."""
    groups = frame.group_by(*columns).agg(nw.len().alias(_COUNT)).filter(nw.col(_COUNT) > 1)
    return _row(groups.select((nw.col(_COUNT) - 1).cast(nw.Float64).sum().alias(_COUNT)))[_COUNT]


def _orphans(frames: Mapping[str, nw.LazyFrame], table: Table, total: int) -> Iterator[Finding]:
    if table.name not in HISTORY:
        return
    for parent, column in parents(table):
        count = None if parent not in frames else _rows(_lacking(frames[table.name], frames[parent], column))
        yield Finding(Check.ORPHAN, table.name, column, f"in {parent}", count, total)


def _without_history(frames: Mapping[str, nw.LazyFrame], clients: int) -> Iterator[Finding]:
    remaining = frames[APPLICATION].select(ID_COLUMN)
    for name in HISTORY:
        owners = _owners(frames, name)
        count = None if owners is None else _rows(_lacking(frames[APPLICATION], owners, ID_COLUMN))
        yield Finding(Check.NO_HISTORY, name, ID_COLUMN, "a client may have none", count, clients, warns=False)
        remaining = remaining if owners is None else _lacking(remaining, owners, ID_COLUMN)
    rule = "a client may have none in any table"
    yield Finding(Check.NO_HISTORY, APPLICATION, ID_COLUMN, rule, _rows(remaining), clients, warns=False)


def _owners(frames: Mapping[str, nw.LazyFrame], name: str) -> nw.LazyFrame | None:
    """Return the rows that tell which clients a history table is about; None where tables are absent."""
    if name not in frames:
        return None
    if ID_COLUMN in _declared(name).names:
        return frames[name]
    if "bureau" not in frames:
        return None
    return frames["bureau"].join(frames[name].select(CREDIT).unique(), on=CREDIT, how="semi")


def _lacking(frame: nw.LazyFrame, other: nw.LazyFrame, column: str) -> nw.LazyFrame:
    return frame.select(column).join(other.select(column).unique(), on=column, how="anti")


def _rows(frame: nw.LazyFrame) -> int:
    return _row(frame.select(nw.len().alias(_COUNT)))[_COUNT]


def _number(condition: nw.Expr) -> nw.Expr:
    # As a float: exact up to 2^53 rows, and of one type on every engine.
    return condition.cast(nw.Float64).sum()


def _row(frame: nw.LazyFrame) -> dict[str, int]:
    """Return the one row of an aggregate; the sum of nothing is missing on some engines, and 0 here."""
    found = frame.collect("polars")
    return {name: int(found[name][0] or 0) for name in found.columns}
