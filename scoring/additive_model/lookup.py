"""Computing with an additive model: one client in plain Python, or a whole frame, to the same bits.

The rule: the log-odds are ``intercept + first term + second term + …`` in the order of the document, in both paths, so
that a batch, the API and a page never differ.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.additive_model.document import AdditiveModel, CategoryAxis, NumberAxis, Term

Value = float | int | str | None
Floats = NDArray[np.float64]
Cells = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """One client's score: log-odds, the contribution and cell of each term, and the spread over the whole models."""

    log_odds: float
    contributions: tuple[float, ...]
    cells: tuple[int, ...]
    spread: float
    outside: tuple[str, ...]


@dataclass(frozen=True)
class ScoredMany:
    """Scores of many clients: arrays of shape (clients,), and (clients, terms) for contributions and cells."""

    log_odds: Floats
    contributions: Floats
    cells: Cells
    spread: Floats
    outside: NDArray[np.bool_]


def is_missing(value: Value) -> bool:
    """Whether a value is absent: None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


class AxisLookup:
    """The cell of a value on one axis."""

    def __init__(self, axis: NumberAxis | CategoryAxis) -> None:
        self.cells = axis.cells
        self.edges = axis.edges if isinstance(axis, NumberAxis) else None
        self.codes = (
            {code: cell for cell, level in enumerate(axis.levels, start=1) for code in level}
            if isinstance(axis, CategoryAxis)
            else {}
        )

    def cell(self, value: Value) -> int:
        """The cell of one value."""
        if is_missing(value):
            return 0
        if self.edges is not None:
            return 1 + bisect_right(self.edges, value)  # type: ignore[type-var]  # the edge of the service checked it
        return self.codes.get(value, self.cells - 1)  # type: ignore[arg-type]

    def cells_of(self, values: pl.Series) -> Cells:
        """The cell of each value, shape (clients,)."""
        if self.edges is not None:
            numbers = values.cast(pl.Float64).to_numpy()
            cells = 1 + np.searchsorted(np.asarray(self.edges), numbers, side="right")
            return np.where(np.isnan(numbers), 0, cells)
        texts = values.cast(pl.String)
        seen = texts.replace_strict(self.codes, default=self.cells - 1, return_dtype=pl.Int64) if self.codes else None
        cells = np.full(len(texts), self.cells - 1) if seen is None else seen.to_numpy()
        return np.where(texts.is_null().to_numpy(), 0, cells)


class _TermLookup:
    """The cell of one client, or of many, in a term's flat table."""

    def __init__(self, term: Term) -> None:
        self.features = term.features
        self.axes = [AxisLookup(axis) for axis in term.axes]
        self.scores = term.scores
        self.score_array = np.asarray(term.scores)
        self.bags = np.asarray(term.bags, dtype=np.float64).reshape(len(term.bags), len(term.scores)).T

    def cell(self, row: Mapping[str, Value]) -> int:
        first = self.axes[0].cell(row[self.features[0]])
        if len(self.axes) == 1:
            return first
        return first * self.axes[1].cells + self.axes[1].cell(row[self.features[1]])

    def cells_of(self, frame: pl.DataFrame) -> Cells:
        first = self.axes[0].cells_of(frame[self.features[0]])
        if len(self.axes) == 1:
            return first
        return first * self.axes[1].cells + self.axes[1].cells_of(frame[self.features[1]])


class Lookup:
    """An additive model made ready to score.

    Parameters
    ----------
    model : a checked document
    """

    def __init__(self, model: AdditiveModel) -> None:
        self.model = model
        self._terms = [_TermLookup(term) for term in model.terms]
        self._bag_intercepts = np.asarray(model.bag_intercepts)
        self._codes = {
            feature: frozenset(code for level in axis.levels for code in level)
            for term in model.terms
            for feature, axis in zip(term.features, term.axes, strict=True)
            if isinstance(axis, CategoryAxis)
        }

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
        total = self.model.intercept
        cells: list[int] = []
        contributions: list[float] = []
        bags = self._bag_intercepts.copy()
        for term in self._terms:
            cell = term.cell(row)
            contribution = term.scores[cell]
            total += contribution
            cells.append(cell)
            contributions.append(contribution)
            bags += term.bags[cell]
        return Scored(
            log_odds=total,
            contributions=tuple(contributions),
            cells=tuple(cells),
            spread=_spread(bags),
            outside=tuple(feature for feature in self.model.features if self._is_outside(feature, row[feature])),
        )

    def score_many(self, frame: pl.DataFrame) -> ScoredMany:
        """Score each row of a frame that has a column for each feature; the same numbers as `score`, row by row."""
        total = np.full(frame.height, self.model.intercept)
        cells = np.empty((frame.height, len(self._terms)), dtype=np.int64)
        contributions = np.empty((frame.height, len(self._terms)))
        bags = np.tile(self._bag_intercepts, (frame.height, 1))
        for position, term in enumerate(self._terms):
            cells[:, position] = term.cells_of(frame)
            contributions[:, position] = term.score_array[cells[:, position]]
            total += contributions[:, position]
            bags += term.bags[cells[:, position]]
        outside = np.zeros(frame.height, dtype=bool)
        for feature in self.model.features:
            outside |= self._are_outside(feature, frame[feature])
        return ScoredMany(total, contributions, cells, _spreads(bags), outside)

    def _is_outside(self, feature: str, value: Value) -> bool:
        if is_missing(value):
            return False
        facts = self.model.features[feature]
        if facts.kind == "category":
            return value not in self._codes[feature]
        if facts.low is None or facts.high is None:
            return True  # training saw no value at all
        return not facts.low <= value <= facts.high  # type: ignore[operator]

    def _are_outside(self, feature: str, values: pl.Series) -> NDArray[np.bool_]:
        facts = self.model.features[feature]
        if facts.kind == "category":
            inside = values.cast(pl.String).is_in(list(self._codes[feature]))
            return (~(inside | values.is_null())).fill_null(False).to_numpy()
        numbers = values.cast(pl.Float64).to_numpy()
        missing = np.isnan(numbers)
        if facts.low is None or facts.high is None:
            return ~missing
        return ~missing & ~((numbers >= facts.low) & (numbers <= facts.high))


def _spread(bags: Floats) -> float:
    return float(_spreads(bags.reshape(1, -1))[0])


def _spreads(bags: Floats) -> Floats:
    if bags.shape[1] < 2:
        return np.zeros(len(bags))
    return np.asarray(bags.std(axis=1, ddof=1))
