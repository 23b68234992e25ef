"""Computing with an additive model: one client in plain Python, or a whole frame, to the same bits.

The rule: the log-odds are ``intercept + first term + second term + …`` in the order of the document, in both paths, so
that a batch, the API and a page never differ.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from operator import add
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.model.additive_model.axis import AxisLookup, Cells, Column, Value, is_missing
from scoring.model.additive_model.document import AdditiveModel, CategoryAxis, Term
from scoring.model.arrays import Floats

__all__ = ["AxisLookup", "Lookup", "Scored", "ScoredMany", "Summed", "SummedOne", "Value", "is_missing"]

CLIENTS_AT_ONCE = 4096
"""Clients whose bags are summed at a time, so that the sums stay in the second-level cache."""


@dataclass(frozen=True)
class Scored:
    """One client's score: log-odds, the contribution and cell of each term, and the spread over the whole models."""

    log_odds: float
    contributions: tuple[float, ...]
    cells: tuple[int, ...]
    spread: float
    outside: tuple[str, ...]


# A term's scores; its feature's edges, or what finds the cell of its codes, and the unseen cell; the second feature.
_Second = tuple[int, Callable[[Value], int], str]
_Step = tuple[tuple[float, ...], str, Any, Callable[[Any, int], int], int, _Second | None]


class SummedOne(NamedTuple):
    """One client's log-odds, and what they are the sum of: the contribution and cell of each term."""

    log_odds: float
    contributions: tuple[float, ...]
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Summed:
    """Log-odds of many clients, shape (clients,), and what they are the sum of: arrays of shape (clients, terms)."""

    log_odds: Floats
    contributions: Floats
    cells: Cells


@dataclass(frozen=True)
class ScoredMany:
    """Scores of many clients: arrays of shape (clients,), and (clients, terms) for contributions and cells."""

    log_odds: Floats
    contributions: Floats
    cells: Cells
    spread: Floats
    outside: NDArray[np.bool_]


class _TermLookup:
    """The cell of one client, or of many, in a term's flat table."""

    def __init__(self, term: Term) -> None:
        self.features = term.features
        self.axes = [AxisLookup(axis) for axis in term.axes]
        self.scores = term.scores
        self.score_array = np.asarray(term.scores)
        self.bags = np.asarray(term.bags, dtype=np.float64).reshape(len(term.bags), len(term.scores)).T.copy()

    def cells_of(self, columns: Mapping[str, Column], cell_type: np.dtype) -> NDArray[np.integer]:
        first = self.axes[0].cells_of(columns[self.features[0]]).astype(cell_type, copy=False)
        if len(self.axes) == 1:
            return first
        first = first * cell_type.type(self.axes[1].cells)
        first += self.axes[1].cells_of(columns[self.features[1]])
        return first


class Lookup:
    """An additive model made ready to score.

    Parameters
    ----------
    model : a checked document
    """

    def __init__(self, model: AdditiveModel) -> None:
        self.model = model
        self._terms = [_TermLookup(term) for term in model.terms]
        self._intercept = model.intercept
        self._bag_intercepts = np.asarray(model.bag_intercepts)
        self._codes = {
            feature: frozenset(code for level in axis.levels for code in level)
            for term in model.terms
            for feature, axis in zip(term.features, term.axes, strict=True)
            if isinstance(axis, CategoryAxis)
        }
        # What one client's score reads, flat: attributes and calls would take longer than the arithmetic.
        self._steps: list[_Step] = [
            (
                term.scores,
                term.features[0],
                term.axes[0].edges,
                term.axes[0].codes.get,
                term.axes[0].cells - 1,
                (term.axes[1].cells, term.axes[1].cell, term.features[1]) if len(term.axes) > 1 else None,
            )
            for term in self._terms
        ]
        self._ranges = [
            (name, facts.low, facts.high, name in model.always_known)
            for name, facts in model.features.items()
            if facts.kind == "number"
        ]
        # Row 0 holds the bags' intercepts, then the rows of each term's cells; `_rows` is where a term's begin.
        self._bag_table = np.concatenate([self._bag_intercepts[None, :], *(term.bags for term in self._terms)])
        sizes = [1, *(len(term.scores) for term in self._terms)]
        self._rows = np.cumsum(sizes)[:-1].tolist()

    @property
    def features(self) -> Sequence[str]:
        """The features that a row must have, in the document's order."""
        return list(self.model.features)

    def score(self, row: Mapping[str, Value]) -> Scored:
        """Score one client from its feature values (None or NaN for missing).

        Raises
        ------
        KeyError
            When a feature of the model is not in the row.
        """
        summed = self.sum(row)
        spread = self._spread(summed.cells)
        return Scored(summed.log_odds, summed.contributions, summed.cells, spread, self._outside(row))

    def sum(self, row: Mapping[str, Value]) -> SummedOne:
        """The log-odds and contributions of one client, without what only a decision wants: spread and range.

        Raises
        ------
        KeyError
            When a feature of the model is not in the row.
        """
        total = self._intercept
        cells: list[int] = []
        contributions: list[float] = []
        for scores, feature, edges, cell_of_code, unseen, second in self._steps:
            value = row[feature]
            if value is None or value != value:  # noqa: PLR0124  # NaN alone differs from itself
                cell = 0
            elif edges is not None:
                cell = 1 + bisect_right(edges, value)
            else:
                cell = cell_of_code(value, unseen)
            if second is not None:
                width, cell_of, other = second
                cell = cell * width + cell_of(row[other])
            contribution = scores[cell]
            total += contribution
            cells.append(cell)
            contributions.append(contribution)
        return SummedOne(total, tuple(contributions), tuple(cells))

    def sum_many(self, frame: pl.DataFrame) -> Summed:
        """The log-odds and contributions of each row of a frame that has a column for each feature; no spread."""
        return self._sum({feature: Column(frame[feature]) for feature in self.model.features}, frame.height)

    def score_many(self, frame: pl.DataFrame) -> ScoredMany:
        """Score each row of a frame that has a column for each feature; the same numbers as `score`, row by row."""
        columns = {feature: Column(frame[feature]) for feature in self.model.features}
        summed = self._sum(columns, frame.height)
        outside = np.zeros(frame.height, dtype=bool)
        for feature in self.model.features:
            outside |= self._are_outside(feature, columns[feature])
        return ScoredMany(summed.log_odds, summed.contributions, summed.cells, self._spreads(summed.cells), outside)

    def _sum(self, columns: Mapping[str, Column], clients: int) -> Summed:
        most = max(len(term.scores) for term in self._terms)
        cell_type = np.dtype(np.int16 if most <= np.iinfo(np.int16).max else np.int32)
        # One row a term while they are filled, so that a term's values lie side by side; turned at the end.
        cells = np.empty((len(self._terms), clients), dtype=cell_type)
        contributions = np.empty((len(self._terms), clients))
        total = np.full(clients, self.model.intercept)
        for term, own_cells, own in zip(self._terms, cells, contributions, strict=True):
            own_cells[:] = term.cells_of(columns, cell_type)
            term.score_array.take(own_cells, out=own, mode="clip")  # every cell is in range: this spares the check
            total += own
        return Summed(total, contributions.T, cells.T)

    def _spread(self, cells: Sequence[int]) -> float:
        """Standard deviation of the bags' log-odds; `_spreads` of one row, to the same bits, without its overhead."""
        bags = len(self._bag_intercepts)
        if bags < 2:
            return 0.0
        rows = [0, *map(add, self._rows, cells)]
        sums = np.add.reduce(self._bag_table.take(rows, axis=0), axis=0)
        sums -= np.add.reduce(sums) / bags
        sums *= sums
        return sqrt(np.add.reduce(sums) / (bags - 1))

    def _spreads(self, cells: Cells) -> Floats:
        clients = len(cells)
        spread = np.zeros(clients)
        if len(self._bag_intercepts) < 2:
            return spread
        for start in range(0, clients, CLIENTS_AT_ONCE):
            some = cells[start : start + CLIENTS_AT_ONCE]
            sums = np.tile(self._bag_intercepts, (len(some), 1))
            own = np.empty_like(sums)
            for position, term in enumerate(self._terms):
                term.bags.take(some[:, position], axis=0, out=own, mode="clip")
                sums += own
            spread[start : start + CLIENTS_AT_ONCE] = sums.std(axis=1, ddof=1)
        return spread

    def _outside(self, row: Mapping[str, Value]) -> tuple[str, ...]:
        found = []
        for feature, low, high, always_known in self._ranges:
            value = row[feature]
            if value is None or value != value:  # noqa: PLR0124  # NaN
                if always_known:
                    found.append(feature)
            elif low is None or high is None or not low <= value <= high:  # type: ignore[operator]
                found.append(feature)  # without a range, training saw no value at all
        for feature, codes in self._codes.items():
            value = row[feature]
            if feature in self.model.always_known if is_missing(value) else value not in codes:
                found.append(feature)
        if len(found) > 1 and self._codes:
            found.sort(key=self.features.index)
        return tuple(found)

    def _are_outside(self, feature: str, column: Column) -> NDArray[np.bool_]:
        facts, missing_too = self.model.features[feature], feature in self.model.always_known
        if facts.kind == "category":
            inside = column.texts.is_in(list(self._codes[feature]))
            return np.asarray((~inside).fill_null(missing_too).to_numpy())
        numbers = column.numbers
        if facts.low is None or facts.high is None:
            return ~np.isnan(numbers)
        if missing_too:
            return np.asarray(~((numbers >= facts.low) & (numbers <= facts.high)))
        # NaN is neither below nor above.
        return np.asarray((numbers < facts.low) | (numbers > facts.high))
