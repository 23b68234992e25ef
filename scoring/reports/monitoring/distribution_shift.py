"""How far later clients lie from those of training: the score's distribution, and each feature's on its own bins.

A feature is called moved only where its index passes the bound *and* chance, corrected for all features that are
looked at, would rarely do as much. What moved is stated by its bins, and what kind of change it looks like by what
explains it: codes never seen, values that went missing while the known ones lie as they did, numbers in another unit;
else the clients have changed.

Sampling noise is simulated: an index is compared with those of clients drawn from training's own shares, since in small
samples it is above 0 by chance. Source of the correction for several comparisons: Benjamini and Hochberg, *Controlling
the false discovery rate* (1995).

"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from scoring.i18n import LANGUAGES
from scoring.i18n.figures import num
from scoring.model.additive_model import AdditiveModel, CategoryAxis, FeatureFacts, NumberAxis
from scoring.model.additive_model.axis import AxisLookup, Column
from scoring.model.arrays import Floats
from scoring.model.scale import PointsScale
from scoring.model.statistics import count_between, decile_edges, psi, psi_parts
from scoring.reports.evaluation import Said
from scoring.reports.exports.binned import Bin, bins_of
from scoring.reports.monitoring.thresholds import (
    ALONE,
    DRAWS,
    FALSE_DISCOVERIES,
    FEWEST_BINS,
    FEWEST_KNOWN,
    FEWEST_ODD,
    INDEX,
    MISSING,
    ODD,
    SEED,
    UNIT_EXPLAINS,
)
from scoring.reports.monitoring.wording import bilingual_text
from scoring.reports.monitoring_document import FeatureShift, Level, MovedBin, Movement, Shift

Counts = NDArray[np.int64]
MISSING_CELL: Final = 0


def index_of(before: Counts, now: Counts) -> float:
    """The index over the bins that hold anybody."""
    held = (before > 0) | (now > 0)
    return float(psi(before[held], now[held]))


def drawn(before: Counts, clients: int) -> Floats:
    """Indices of so many clients whom nothing moved, increasing: both sides are drawn from training's shares."""
    return _drawn(tuple(int(count) for count in before if count > 0), clients)


@lru_cache(maxsize=4096)
def _drawn(before: tuple[int, ...], clients: int) -> Floats:
    total = sum(before)
    shares = np.asarray(before) / total
    generator = np.random.default_rng([SEED, total, clients, len(before)])
    first = generator.multinomial(total, shares, size=DRAWS)
    second = generator.multinomial(clients, shares, size=DRAWS)
    found = np.sort(psi(first, second))
    found.setflags(write=False)
    return found


def chance_of(index: float, draws: Floats) -> float:
    """How often chance gives at least as much; never 0, for more draws might.

    >>> chance_of(2.0, np.array([1.0, 1.0, 3.0]))
    0.5
    """
    above = len(draws) - int(np.searchsorted(draws, index, side="left"))
    return (1 + above) / (1 + len(draws))


def corrected(chances: Sequence[float]) -> list[float]:
    """For each p-value the smallest rate of false discoveries at which it would still be called (Benjamini–Hochberg).

    >>> corrected([0.01, 0.04, 0.03, 0.5])
    [0.04, 0.05333333333333334, 0.05333333333333334, 0.5]
    """
    if not chances:
        return []
    order = np.argsort(chances, kind="stable")
    ranked = np.asarray(chances)[order] * len(chances) / np.arange(1, len(chances) + 1)
    smallest = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    found = np.empty(len(chances))
    found[order] = smallest
    return [float(one) for one in found]


# How far later clients lie from those of training: the score's distribution, and each feature's on its own bins.


@dataclass(frozen=True, eq=False)
class FeatureBins:
    """One feature as training saw it; `counts` has one entry a cell of the axis."""

    name: str
    axis: NumberAxis | CategoryAxis
    counts: Counts
    facts: FeatureFacts

    @property
    def clients(self) -> int:
        """Training clients."""
        return int(self.counts.sum())

    def cells_of(self, values: pl.Series) -> NDArray[np.integer]:
        """The cell of each value."""
        return AxisLookup(self.axis).cells_of(Column(values))

    def count(self, values: pl.Series) -> Counts:
        """How many values lie in each cell."""
        return np.bincount(self.cells_of(values), minlength=self.axis.cells).astype(np.int64)

    def outside(self, values: pl.Series) -> int:
        """How many numbers lie outside what training saw."""
        low, high = self.facts.low, self.facts.high
        if self.facts.kind == "category" or low is None or high is None:
            return 0
        numbers = Column(values).numbers
        return int(((numbers < low) | (numbers > high)).sum())

    def unseen(self, counts: Counts) -> int:
        """How many codes training never saw, of a counted column."""
        return int(counts[-1]) if isinstance(self.axis, CategoryAxis) else 0


def bins_of_features(model: AdditiveModel) -> Iterator[FeatureBins]:
    """Each feature of a model once, in the document's order."""
    alone = {term.features[0]: (term, 0) for term in model.terms if len(term.features) == 1}
    paired = {
        name: (term, position)
        for term in model.terms
        if len(term.features) == 2
        for position, name in enumerate(term.features)
    }
    for name, facts in model.features.items():
        term, position = alone.get(name) or paired[name]
        table = np.asarray(term.counts, dtype=np.int64).reshape([axis.cells for axis in term.axes])
        other = tuple(at for at in range(table.ndim) if at != position)
        yield FeatureBins(name, term.axes[position], table.sum(axis=other), facts)


# Numbers that came in another unit: months for years, thousands for units, days for months, a turned sign.

FACTORS: Final = (-1.0, 7.0, 10.0, 12.0, 30.4375, 100.0, 365.25, 1_000.0, 1_000_000.0)
"""What a number is multiplied by, or divided, when its unit is mistaken; the sign is one of its own."""


def factor_of(bins: FeatureBins, values: pl.Series) -> float | None:
    """What the values of a feature seem to be multiplied by; None where no factor explains how they moved."""
    held = int((bins.counts[1:] > 0).sum())
    if bins.facts.kind == "category" or held < FEWEST_BINS:
        return None
    numbers = Column(values).numbers
    if index_of(bins.counts, _count(bins, numbers)) < INDEX[1] or not np.any(np.abs(np.nan_to_num(numbers)) > 0.0):
        return None
    candidates = [*FACTORS, *(1.0 / factor for factor in FACTORS if factor > 0.0)]
    found = {factor: index_of(bins.counts, _count(bins, numbers / factor)) for factor in candidates}
    best = min(found, key=lambda factor: found[factor])
    by_chance = float(np.quantile(drawn(bins.counts, len(values)), 1.0 - ALONE))
    return best if found[best] < max(UNIT_EXPLAINS, by_chance) else None


def _count(bins: FeatureBins, numbers: np.ndarray) -> np.ndarray:
    return bins.count(pl.Series(numbers, dtype=pl.Float64))


MOST_BINS = 3
"""Bins that are named as those that moved."""


@dataclass(frozen=True, eq=False)
class _Counted:
    """A feature of later clients, counted."""

    bins: FeatureBins
    now: Counts
    values: pl.Series
    index: float
    draws: Floats

    @property
    def chance(self) -> float:
        return chance_of(self.index, self.draws)


def graded(value: float, bounds: tuple[float, float]) -> Level:
    """Green below the first bound, red from the second on.

    >>> graded(0.05, (0.1, 0.25)), graded(0.1, (0.1, 0.25)), graded(0.3, (0.1, 0.25))
    ('green', 'amber', 'red')
    """
    return "red" if value >= bounds[1] else ("amber" if value >= bounds[0] else "green")


def score_shift(before: Floats, now: Floats, scale: PointsScale) -> Shift:
    """The score of later clients against that of clients whom no model was fitted on.

    Parameters
    ----------
    before, now : log-odds, shape (clients,)
    scale : in which the groups are told
    """
    edges = decile_edges(before)
    first, second = count_between(edges, before), count_between(edges, now)
    index, draws = index_of(first, second), drawn(first, len(now))
    chance = chance_of(index, draws)
    sentence = [_points_said(edges, group, scale) for group in range(len(edges) + 1)]
    return Shift(
        index=index,
        by_chance=float(np.quantile(draws, 1.0 - ALONE)),
        p=chance,
        q=chance,
        level=graded(index, INDEX) if chance <= ALONE else "green",
        bins=_moved(first, second, sentence),
    )


def feature_shifts(model: AdditiveModel, frame: pl.DataFrame) -> tuple[FeatureShift, ...]:
    """Every feature of a model, in the document's order.

    Parameters
    ----------
    frame : later clients, a column for each feature of the model
    """
    return _shifts([_counted(bins, frame[bins.name]) for bins in bins_of_features(model)])


def known_value_shifts(model: AdditiveModel, frame: pl.DataFrame) -> tuple[FeatureShift, ...]:
    """Features that some clients lack, among the clients who have them, where these are `FEWEST_KNOWN` or more.

    What moves among a few hardly moves the index of all: a card's figures, where one client in four has a card.
    """
    counted = []
    for bins in bins_of_features(model):
        known = frame[bins.name].filter(bins.cells_of(frame[bins.name]) != MISSING_CELL)
        counts = np.where(np.arange(len(bins.counts)) == MISSING_CELL, 0, bins.counts)
        if FEWEST_KNOWN <= len(known) < frame.height and counts.any():
            counted.append(_counted(replace(bins, counts=counts), known))
    return _shifts(counted)


def _shifts(counted: Sequence[_Counted]) -> tuple[FeatureShift, ...]:
    rates = corrected([one.chance for one in counted])
    return tuple(_shift(one, rate) for one, rate in zip(counted, rates, strict=True))


def _counted(bins: FeatureBins, values: pl.Series) -> _Counted:
    now = bins.count(values)
    return _Counted(bins, now, values, index_of(bins.counts, now), drawn(bins.counts, len(values)))


def _shift(one: _Counted, rate: float) -> FeatureShift:
    feature = DICTIONARY[one.bins.name]
    clients, trained = len(one.values), one.bins.clients
    level = graded(one.index, INDEX) if rate <= FALSE_DISCOVERIES else "green"
    movement, factor = _movement(one) if level != "green" else ("none", None)
    return FeatureShift(
        feature=feature.name,
        label=Said(fr=feature.label.fr, en=feature.label.en),
        shift=Shift(
            index=one.index,
            by_chance=float(np.quantile(one.draws, 1.0 - ALONE)),
            p=one.chance,
            q=rate,
            level=level,
            bins=_moved(one.bins.counts, one.now, _bins_said(one.bins)) if level != "green" else (),
        ),
        movement=movement,
        missing_before=int(one.bins.counts[0]) / trained,
        missing_now=int(one.now[0]) / clients,
        unseen=one.bins.unseen(one.now) / clients,
        outside=one.bins.outside(one.values) / clients,
        factor=factor,
    )


def _movement(one: _Counted) -> tuple[Movement, float | None]:
    if one.bins.unseen(one.now) >= max(FEWEST_ODD, ODD[0] * len(one.values)):
        return "unseen", None
    missing = int(one.now[0]) / len(one.values) - int(one.bins.counts[0]) / one.bins.clients
    if abs(missing) >= MISSING[0] and index_of(one.bins.counts[1:], one.now[1:]) < INDEX[0]:
        return "missing", None
    factor = factor_of(one.bins, one.values)
    return ("drift", None) if factor is None else ("unit", factor)


def _moved(before: Counts, now: Counts, sentence: Sequence[Said]) -> tuple[MovedBin, ...]:
    """The bins that add most to the index, the largest part first."""
    parts = psi_parts(before, now)
    first, second = before / before.sum(), now / now.sum()
    largest = np.argsort(-parts, kind="stable")[:MOST_BINS]
    return tuple(
        MovedBin(cell=int(at), bin=sentence[at], before=float(first[at]), now=float(second[at]), adds=float(parts[at]))
        for at in largest
        if parts[at] > 0.0
    )


def _bins_said(bins: FeatureBins) -> list[Said]:
    feature = DICTIONARY[bins.name]
    known = {one.cell: one for one in bins_of(bins.axis)}
    found = []
    for cell in range(bins.axis.cells):
        one = known.get(cell, Bin(cell, "other"))
        fr, en = (one.say(feature, lang) for lang in LANGUAGES)
        found.append(Said(fr=fr, en=en))
    return found


def _points_said(edges: Floats, group: int, scale: PointsScale) -> Said:
    """A group of the score, told in points: more points are fewer log-odds."""
    high = num(scale.points(float(edges[group - 1]))) if group else None
    low = num(scale.points(float(edges[group]))) if group < len(edges) else None
    if high is None and low is None:
        return bilingual_text("bin.any")
    if high is None:
        return bilingual_text("bin.above", low=low or "")
    return bilingual_text("bin.below", high=high) if low is None else bilingual_text("bin.between", low=low, high=high)
