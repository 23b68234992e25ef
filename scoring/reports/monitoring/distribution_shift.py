"""How far later clients lie from those of training: the score's distribution, and each feature's on its own bins.

The rule: a feature is called moved only where its index passes the bound *and* chance, corrected for all features that
are looked at, would rarely do as much. What moved is told by its bins, and what kind of change it looks like by what
explains it: codes never seen, values that went missing while the known ones lie as they did, numbers in another unit;
else the clients have changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from scoring.i18n import LANGUAGES
from scoring.i18n.figures import num
from scoring.model.additive_model import AdditiveModel
from scoring.model.scale import PointsScale
from scoring.reports.evaluation import Said
from scoring.reports.exports.binned import Bin, bins_of
from scoring.reports.monitoring.bins import Counts, FeatureBins, bins_of_features
from scoring.reports.monitoring.sampling_noise import chance_of, corrected, drawn, index_of, index_parts
from scoring.reports.monitoring.thresholds import ALONE, FALSE_DISCOVERIES, FEWEST_ODD, INDEX, MISSING, ODD
from scoring.reports.monitoring.unit_changes import factor_of
from scoring.reports.monitoring.wording import told
from scoring.reports.monitoring_document import FeatureShift, Level, MovedBin, Movement, Shift

Floats = NDArray[np.float64]
GROUPS = 10
"""Groups of the score, cut on the clients that it is held against."""
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
    edges = np.unique(np.quantile(before, np.arange(1, GROUPS) / GROUPS))
    first, second = (
        np.bincount(np.searchsorted(edges, part, side="right"), minlength=len(edges) + 1) for part in (before, now)
    )
    index, draws = index_of(first, second), drawn(first, len(now))
    chance = chance_of(index, draws)
    said = [_points_said(edges, group, scale) for group in range(len(edges) + 1)]
    return Shift(
        index=index,
        by_chance=float(np.quantile(draws, 1.0 - ALONE)),
        p=chance,
        q=chance,
        level=graded(index, INDEX) if chance <= ALONE else "green",
        bins=_moved(first, second, said),
    )


def feature_shifts(model: AdditiveModel, frame: pl.DataFrame) -> tuple[FeatureShift, ...]:
    """Every feature of a model, in the document's order.

    Parameters
    ----------
    frame : later clients, a column for each feature of the model
    """
    counted = [_counted(bins, frame[bins.name]) for bins in bins_of_features(model)]
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


def _moved(before: Counts, now: Counts, said: Sequence[Said]) -> tuple[MovedBin, ...]:
    """The bins that add most to the index, the largest part first."""
    parts = index_parts(before, now)
    first, second = before / before.sum(), now / now.sum()
    largest = np.argsort(-parts, kind="stable")[:MOST_BINS]
    return tuple(
        MovedBin(cell=int(at), bin=said[at], before=float(first[at]), now=float(second[at]), adds=float(parts[at]))
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
        return told("bin.any")
    if high is None:
        return told("bin.above", low=low or "")
    return told("bin.below", high=high) if low is None else told("bin.between", low=low, high=high)
