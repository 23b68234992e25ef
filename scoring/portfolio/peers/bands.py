"""A number cut into bands that hold enough people to say something of, and a category's codes as bands."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY, Feature, say
from scoring.i18n import text
from scoring.model.additive_model.lookup import Value
from scoring.model.arrays import Flags, Floats
from scoring.model.statistics import wilson
from scoring.portfolio.columns import Columns

# How many of a group paid without difficulty: from the known outcomes of test clients, and only where that is fair.

FEWEST = 10
"""Known outcomes below which nothing is said."""
FEW = 100
"""Known outcomes below which it is said that the figure is wide."""
Withheld = Literal["few", "sensitive"]


@dataclass(frozen=True)
class Paid:
    """Of `known` clients, the share who paid without difficulty, and its 95% interval."""

    known: int
    share: float
    low: float
    high: float

    @property
    def wide(self) -> bool:
        """Whether the interval wants a word of caution."""
        return self.known < FEW


def paid(outcomes: NDArray[np.float64], *, sensitive: bool = False) -> Paid | Withheld:
    """The share who paid without difficulty among outcomes (1: difficulties, NaN: unknown), or why it is not told.

    >>> paid(np.array([0.0] * 9 + [np.nan]))
    'few'
    """
    if sensitive:
        return "sensitive"
    known = outcomes[~np.isnan(outcomes)]
    if known.size < FEWEST:
        return "few"
    return paid_of(int(known.size), int(known.size - known.sum()))


def paid_of(known: int, good: int) -> Paid:
    """The estimate of `good` among `known`: half a client is added on either side, so that it is never 0 or 1."""
    share = wilson(good, known)
    return Paid(known, (good + 0.5) / (known + 1), share.low, share.high)


MOST = 5
"""Bands of a number."""
MOST_CODES = 8
"""Codes of a category that are told apart, the most frequent ones."""


@dataclass(frozen=True)
class Band:
    """From `low` up to `high` without it (None: no end), or one `code`, of a feature."""

    feature: str
    low: float | None = None
    high: float | None = None
    code: str | None = None

    def words(self, lang: str) -> str:
        """The band in words: "100,000 to 150,000", "2 or more", "own house or flat"."""
        feature = DICTIONARY[self.feature]
        if self.code is not None:
            return say(feature, self.code, lang)
        if self.low is None and self.high is None:
            return text(lang, "peers.band.all")
        one = _last_in(feature, self.high)
        if self.low is None:
            return text(lang, "peers.band.below", high=say(feature, self.high, lang))
        if one == self.low or feature.unit == "yes_no":
            return say(feature, self.low, lang)
        if self.high is None:
            return text(lang, "peers.band.from", low=say(feature, self.low, lang))
        return text(lang, "peers.band.between", low=say(feature, self.low, lang), high=say(feature, one, lang))

    def mask(self, columns: Columns) -> Flags:
        """Who lies in the band."""
        if self.code is not None:
            codes = columns.codes(self.feature)
            return codes.places == (codes.levels.index(self.code) if self.code in codes.levels else -2)
        numbers = columns.numbers(self.feature)
        inside = ~np.isnan(numbers)
        if self.low is not None:
            inside &= numbers >= self.low
        if self.high is not None:
            inside &= numbers < self.high
        return inside

    def holds(self, value: Value) -> bool:
        """Whether a value lies in the band."""
        if self.code is not None or isinstance(value, str) or value is None:
            return value is not None and value == self.code
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


def _last_in(feature: Feature, high: float | None) -> float | None:
    """The last value before an end: one less for things that are counted."""
    return high - 1 if high is not None and counts_things(feature) else high


def counts_things(feature: Feature) -> bool:
    """Whether the values are whole numbers of something."""
    return feature.decimals == 0 and feature.unit in ("count", "days", "months", "payments")


def bands(
    columns: Columns, group: Flags, feature: str, *, least: int, most: int = MOST, most_codes: int = MOST_CODES
) -> Sequence[Band]:
    """Cut a feature into bands with at least `least` of the group in each, or its most frequent codes of any size."""
    entry = DICTIONARY[feature]
    if entry.kind == "category":
        codes = columns.codes(feature)
        places = codes.places[group]
        counts = np.bincount(places[places >= 0], minlength=len(codes.levels))
        order = np.argsort(-counts, kind="stable")[:most_codes]
        return [Band(feature, code=codes.levels[int(at)]) for at in order if counts[at]]
    if entry.unit == "yes_no":
        return [Band(feature, 0.0, 1.0), Band(feature, 1.0)]
    numbers = columns.numbers(feature)[group]
    known = np.sort(numbers[~np.isnan(numbers)])
    if not known.size:
        return []
    ends: list[float | None] = [None, *_cuts(entry, known, most, least), None]
    found = [Band(feature, low, high) for low, high in itertools.pairwise(ends)]
    first = float(known[0])
    # "0" says more than "under 1".
    if counts_things(entry):
        found[0] = Band(feature, first, found[0].high)
    return found


def _cuts(feature: Feature, known: Floats, most: int, least: int) -> list[float]:
    """Where to cut: near the quantiles, at values that are said easily, each band holding enough."""
    wanted = min(most, known.size // least)
    found: list[float] = []
    start = 0
    for band in range(1, wanted):
        quantile = float(known[band * known.size // wanted])
        for cut in (_plain(feature, quantile), quantile):
            at = int(np.searchsorted(known, cut))
            if at - start >= least and known.size - at >= least:
                found.append(cut)
                start = at
                break
        else:  # many values alike: what lies above them is a band of its own
            above = int(np.searchsorted(known, quantile, side="right"))
            if above - start >= least and known.size - above >= least:
                found.append(float(known[above]))
                start = above
    return found


def _plain(feature: Feature, cut: float) -> float:
    """A cut of two significant digits; years whole, from one on."""
    if counts_things(feature):
        return float(np.ceil(cut))
    if feature.unit == "years":
        return float(round(cut)) if cut >= 1 else round(12 * cut) / 12
    return float(f"{cut:.2g}")
