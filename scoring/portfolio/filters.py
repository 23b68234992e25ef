"""Which clients are wanted, and in which order: plain values that become polars expressions.

The rule: nothing that a person types is ever code. A value is compared, a name must be one of ours.

>>> str(Filters(starts_with="12").expression(most_digits=2))
'[(true) & (col("client_id").is_between([dyn int: 12, dyn int: 12]))]'
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from types import MappingProxyType
from typing import Literal, get_args

import polars as pl

from scoring.model.additive_model.lookup import Value
from scoring.model.decision import Outcome

Role = Literal["new", "test", "train"]
ROLES: tuple[Role, ...] = get_args(Role)
CLIENT_ID, ROLE, POINTS, PD, DECISION, LEVEL = "client_id", "role", "points", "pd", "decision", "level"
OWN = (CLIENT_ID, ROLE, POINTS, PD, DECISION, LEVEL)
"""Columns that every client has beside the features."""


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included; None is no bound. A missing value is in no range that has a bound.

    Raises
    ------
    ValueError
        When a bound is NaN.
    """

    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if any(bound is not None and math.isnan(bound) for bound in (self.low, self.high)):
            raise ValueError(f"a range's bounds must be numbers; got {self.low} to {self.high}")

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None

    def conditions(self, column: str) -> Iterator[pl.Expr]:
        """What must hold of a column."""
        if self.low is not None:
            yield pl.col(column) >= self.low
        if self.high is not None:
            yield pl.col(column) <= self.high


_ANY: Mapping[str, Range] = MappingProxyType({})
_ALL: Mapping[str, tuple[str | None, ...]] = MappingProxyType({})


@dataclass(frozen=True)
class Filters:
    """All that must hold together; what is left out filters nothing.

    Attributes
    ----------
    starts_with : the first digits of the client's number
    roles, decisions, levels : those among which the client's must be; empty for all
    points : the score
    numbers : a range for each feature that is a number (0 and 1 where it says no or yes)
    codes : for each category, the codes among which the client's must be; None among them stands for a missing one
    """

    starts_with: str = ""
    roles: tuple[Role, ...] = ()
    decisions: tuple[Outcome, ...] = ()
    levels: tuple[int, ...] = ()
    points: Range = Range()
    numbers: Mapping[str, Range] = field(default_factory=lambda: _ANY)
    codes: Mapping[str, tuple[str | None, ...]] = field(default_factory=lambda: _ALL)

    @property
    def features(self) -> tuple[str, ...]:
        """The features that are looked at."""
        return (*self.numbers, *self.codes)

    def expression(self, *, most_digits: int) -> pl.Expr:
        """Whether a client is wanted; `most_digits` is the length of the longest number."""
        return reduce(and_, self._conditions(most_digits), pl.lit(value=True))

    def _conditions(self, most_digits: int) -> Iterator[pl.Expr]:
        if self.starts_with:
            yield _starts_with(self.starts_with, most_digits)
        for column, wanted in ((ROLE, self.roles), (DECISION, self.decisions), (LEVEL, self.levels)):
            if wanted:
                yield reduce(or_, (pl.col(column) == one for one in wanted))
        yield from self.points.conditions(POINTS)
        for feature, within in self.numbers.items():
            yield from within.conditions(feature)
        for feature, codes in self.codes.items():
            among = pl.col(feature).is_in([code for code in codes if code is not None])
            yield among | pl.col(feature).is_null() if None in codes else among


def _starts_with(digits: str, most_digits: int) -> pl.Expr:
    """Whether the number is written with these digits first: one range for each length that it may have."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > most_digits or (digits[0] == "0" and digits != "0"):
        return pl.lit(value=False)
    first = int(digits)
    if first == 0:
        return pl.col(CLIENT_ID) == 0
    wider = (10**more for more in range(most_digits - len(digits) + 1))
    return reduce(or_, (pl.col(CLIENT_ID).is_between(first * one, (first + 1) * one - 1) for one in wider))


@dataclass(frozen=True)
class Sort:
    """The order of a list: by one of `OWN` or a feature; missing values last, equal ones by the client's number."""

    by: str = CLIENT_ID
    descending: bool = False


@dataclass(frozen=True)
class Position:
    """The place of a client in an order: what the order is by, and the client's number. The next page starts behind."""

    value: Value
    client_id: int

    def is_before(self, sort: Sort) -> pl.Expr:
        """Whether a client comes behind this place."""
        column, further = pl.col(sort.by), pl.col(CLIENT_ID) > self.client_id
        if self.value is None:
            return column.is_null() & further
        beyond = column < self.value if sort.descending else column > self.value
        return beyond | ((column == self.value) & further) | column.is_null()
