"""Where a client stands among others: shares below, alike and above, and the distribution behind them."""

from dataclasses import dataclass
from math import floor, log10
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY, Feature
from scoring.model.additive_model.lookup import Value
from scoring.model.arrays import Flags, Floats
from scoring.portfolio.columns import Columns

BARS = 24
"""About so many bars in a distribution."""
TAILS = (0.005, 0.99)
"""Shares of the values outside the picture; those beyond are counted in its last bar."""
ALIKE = 0.25
"""From this share on, that others have the very same value is what there is to say."""

Place = Literal["missing", "alone", "alike", "highest", "above", "middle", "below", "lowest"]


@dataclass(frozen=True)
class Standing:
    """Of `known` others with a value (`unknown` have none): the shares below, alike and above."""

    value: Value
    known: int
    unknown: int
    below: float
    alike: float
    above: float

    @property
    def place(self) -> Place:
        """What is worth saying of it."""
        if self.value is None:
            return "missing"
        if isinstance(self.value, str) or self.alike >= ALIKE:
            return "alike" if self.alike else "alone"
        middle = self.below + self.alike / 2
        if middle >= 0.99:
            return "highest"
        if middle <= 0.01:
            return "lowest"
        return "above" if middle > 0.55 else ("below" if middle < 0.45 else "middle")


@dataclass(frozen=True)
class Distribution:
    """How many of a group lie in each interval of a number.

    Attributes
    ----------
    before, beyond : whether the first interval holds all that lie before it, the last one all that lie beyond
    whole : whether the number counts things, so that an interval of one is that number
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    median: float | None
    before: bool
    beyond: bool
    whole: bool

    def interval(self, at: int) -> tuple[float | None, float | None]:
        """The lowest and highest value of an interval; None where it holds all before or beyond."""
        low, high = self.edges[at], self.edges[at + 1]
        if self.whole:
            low, high = float(np.ceil(low)), float(np.ceil(high) - 1)
        last = at == len(self.counts) - 1
        return (None if self.before and at == 0 else low), (None if self.beyond and last else high)


@dataclass(frozen=True)
class Categories:
    """How many of a group have each code, most first."""

    codes: tuple[str, ...]
    counts: tuple[int, ...]


def standing(columns: Columns, group: Flags, feature: str, value: Value) -> Standing:
    """Where a value stands within a group."""
    if DICTIONARY[feature].kind == "category":
        codes = columns.codes(feature)
        places = codes.places[group]
        known = int((places >= 0).sum())
        same = 0 if value is None else int((places == codes.levels.index(str(value))).sum())
        share = same / known if known else 0.0
        return Standing(value, known, len(places) - known, 0.0, share, 0.0)
    numbers = columns.numbers(feature)[group]
    theirs = numbers[~np.isnan(numbers)]
    if value is None or isinstance(value, str) or not theirs.size:
        return Standing(value, theirs.size, numbers.size - theirs.size, 0.0, 0.0, 0.0)
    below, above = float((theirs < value).mean()), float((theirs > value).mean())
    alike = float((theirs == value).mean())
    return Standing(value, theirs.size, numbers.size - theirs.size, below, alike, above)


def categories(columns: Columns, group: Flags, feature: str) -> Categories:
    """How many of a group have each code."""
    codes = columns.codes(feature)
    places = codes.places[group]
    counts = np.bincount(places[places >= 0], minlength=len(codes.levels))
    order = [int(at) for at in np.argsort(-counts, kind="stable") if counts[at]]
    return Categories(tuple(codes.levels[at] for at in order), tuple(int(counts[at]) for at in order))


def distribution(columns: Columns, group: Flags, feature: str) -> Distribution:
    """A group's distribution of a number, over intervals that a person would choose."""
    numbers = columns.numbers(feature)[group]
    known = numbers[~np.isnan(numbers)]
    if not known.size:
        return Distribution((0.0, 1.0), (0,), None, before=False, beyond=False, whole=False)
    whole = is_whole(DICTIONARY[feature], known)
    edges = intervals(known, whole=whole)
    counts = np.histogram(np.clip(known, edges[0], edges[-1]), edges)[0]
    return Distribution(
        edges=tuple(map(float, edges)),
        counts=tuple(map(int, counts)),
        median=float(np.median(known)),
        before=bool(known.min() < edges[0]),
        beyond=bool(known.max() > edges[-1]),
        whole=whole,
    )


def is_whole(feature: Feature, known: Floats) -> bool:
    """Whether a number counts things: whole values, few enough to be told apart."""
    return feature.unit in ("count", "yes_no", "days", "months") and bool((known[:2000] % 1 == 0).all())


def intervals(known: Floats, *, whole: bool) -> NDArray[np.float64]:
    """Edges of about `BARS` intervals as wide as 1, 2 or 5 times a power of ten; around whole numbers if `whole`."""
    low, high = (float(one) for one in np.quantile(known, TAILS))
    if whole and high - low <= BARS:
        return np.arange(floor(low) - 0.5, floor(high) + 1.0)
    step = round_step((high - low) / BARS) if high > low else max(abs(high) / 10, 1e-3)
    step = max(step, 1.0) if whole else step
    first = floor(low / step + 1e-9) * step
    count = max(int(np.ceil((high - first) / step + 1e-9)), 1)
    edges = np.array([first + step * at for at in range(count + 1)])
    return edges - 0.5 if whole else edges


def round_step(width: float) -> float:
    """The round number next above a width.

    >>> round_step(7300), round_step(0.012), round_step(1.0)
    (10000.0, 0.02, 1.0)
    """
    power = 10.0 ** floor(log10(width))
    factor = next(one for one in (1, 2, 5, 10) if width <= one * power * (1 + 1e-9))
    return float(f"{factor * power:.10g}")
