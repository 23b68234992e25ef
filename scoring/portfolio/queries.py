"""Questions to the whole portfolio: who has most, how two facts go together, how many of each kind, what share.

The rule: every answer is over a mask of clients, in milliseconds, with the sizes of what it is over; outcomes are told
as in `scoring.portfolio.peers`: of groups of ten or more, never along age, sex or family.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from scoring.model.arrays import Flags
from scoring.portfolio.columns import Columns
from scoring.portfolio.peers import Band, Paid, Withheld, bands, paid
from scoring.portfolio.peers.percentile_ranks import round_step

MOST_POINTS = 2_000
"""Clients who are drawn one by one; beyond, their density."""
ACROSS, UP = 40, 30
"""About so many rectangles of a density, either way."""
EDGE = 0.002
"""Share of the clients left outside a density at either end, so that a few do not squeeze the rest."""
CELL = 50
"""Clients in a cell of two bands from which its share is drawn; below, words alone."""
FEWEST_AND_MOST = (2, 5)
"""Bands of each side of a grid."""
Measure = Literal["accepted", "difficulties"]


@dataclass(frozen=True)
class Top:
    """The clients with the highest values, most first; how many have any value, and how many share the last place."""

    ids: tuple[int, ...]
    values: tuple[float, ...]
    known: int
    tied: int


@dataclass(frozen=True)
class Points:
    """Two facts of a few clients."""

    ids: tuple[int, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class Density:
    """How many of many clients lie in each rectangle; one row for each interval of `y_edges`, lowest first."""

    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    outside: int


@dataclass(frozen=True)
class Plane:
    """Two facts together: of `known` clients who have both, drawn one by one or as a density."""

    known: int
    drawn: Points | Density
    together: float | None
    """Spearman's rank correlation, None where it says nothing."""


@dataclass(frozen=True)
class Kind:
    """A band or code: how many clients, and how many of them would be accepted, reviewed and declined."""

    band: Band
    size: int
    decisions: tuple[int, int, int]


@dataclass(frozen=True)
class Kinds:
    """The bands or most frequent codes of a fact; how many clients have another code, and how many have none."""

    published: tuple[Kind, ...]
    others: int
    unknown: int


@dataclass(frozen=True)
class Square:
    """The clients in two bands: how many, the share accepted, and how many paid, or why that is not told."""

    size: int
    accepted: float | None
    paid: Paid | Withheld


@dataclass(frozen=True)
class Squares:
    """A share over two facts: `rows` has a tuple for each band up, the lowest first."""

    across: tuple[Band, ...]
    up: tuple[Band, ...]
    rows: tuple[tuple[Square, ...], ...]


def top(columns: Columns, among: Flags, feature: str, count: int = 10) -> Top:
    """The clients with the highest values; equal ones in the order of their numbers."""
    places = np.flatnonzero(among)
    values = columns.numbers(feature)[places]
    held = ~np.isnan(values)
    places, values = places[held], values[held]
    count = min(count, len(places))
    if not count:
        return Top((), (), 0, 0)
    last = np.partition(values, len(values) - count)[len(values) - count]
    above, level = np.flatnonzero(values > last), np.flatnonzero(values == last)
    chosen = np.concatenate([above, level[: count - len(above)]])
    chosen = chosen[np.lexsort((places[chosen], -values[chosen]))]
    ids = tuple(int(one) for one in columns.ids[places[chosen]])
    return Top(ids, tuple(float(one) for one in values[chosen]), len(places), len(level))


def plane(columns: Columns, among: Flags, x: str, y: str) -> Plane:
    """Two facts of the clients who have both."""
    across, up = columns.numbers(x), columns.numbers(y)
    places = np.flatnonzero(among & ~np.isnan(across) & ~np.isnan(up))
    xs, ys = across[places], up[places]
    drawn: Points | Density
    if len(places) <= MOST_POINTS:
        ids = tuple(int(one) for one in columns.ids[places])
        drawn = Points(ids, tuple(map(float, xs)), tuple(map(float, ys)))
    else:
        drawn = _density(xs, ys, _edges(xs, ACROSS, _steps_whole(x)), _edges(ys, UP, _steps_whole(y)))
    return Plane(len(places), drawn, _together(xs, ys))


def _steps_whole(feature: str) -> bool:
    return DICTIONARY[feature].unit in ("count", "yes_no")


def _edges(values: NDArray[np.float64], about: int, whole: bool) -> NDArray[np.float64]:
    """Edges of intervals as wide as a round number; around whole numbers for things that are counted."""
    low, high = (float(one) for one in np.quantile(values, (EDGE, 1 - EDGE)))
    if high <= low:
        low, high = low - 0.5, low + 0.5
    step = round_step((high - low) / about)
    if whole:
        step = max(step, 1.0)
    first = np.floor(low / step + 1e-9) * step
    edges = first + step * np.arange(int(np.ceil((high - first) / step + 1e-9)) + (2 if whole else 1))
    return edges - step / 2 if whole else edges


def _density(
    xs: NDArray[np.float64], ys: NDArray[np.float64], x_edges: NDArray[np.float64], y_edges: NDArray[np.float64]
) -> Density:
    """Count in rectangles of one size: a division each instead of a search."""
    wide, high = len(x_edges) - 1, len(y_edges) - 1
    at = np.floor((xs - x_edges[0]) / (x_edges[1] - x_edges[0])).astype(np.int64)
    up = np.floor((ys - y_edges[0]) / (y_edges[1] - y_edges[0])).astype(np.int64)
    inside = (at >= 0) & (at < wide) & (up >= 0) & (up < high)
    counts = np.bincount(up[inside] * wide + at[inside], minlength=wide * high).reshape(high, wide)
    return Density(
        tuple(map(float, x_edges)),
        tuple(map(float, y_edges)),
        tuple(tuple(map(int, row)) for row in counts),
        int(len(xs) - inside.sum()),
    )


def _together(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> float | None:
    """Spearman's rank correlation on at most some thousands, evenly taken."""
    if len(xs) < CELL:
        return None
    step = max(len(xs) // 5_000, 1)
    ranks = [_ranks(values[::step]) for values in (xs, ys)]
    if any(np.ptp(one) == 0 for one in ranks):
        return None
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks, equal values sharing their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[inverse])


def kinds(columns: Columns, among: Flags, feature: str) -> Kinds:
    """How many clients of each code or band, and how they would be decided on."""
    decision = columns.codes("decision")
    order = [decision.levels.index(one) if one in decision.levels else -2 for one in ("accept", "review", "decline")]
    published = []
    for band in bands(columns, among, feature, least=CELL):
        places = decision.places[among & band.mask(columns)]
        accepted, reviewed, declined = (int((places == one).sum()) for one in order)
        published.append(Kind(band, len(places), (accepted, reviewed, declined)))
    if DICTIONARY[feature].kind == "category":
        unknown = int((columns.codes(feature).places[among] < 0).sum())
    else:
        unknown = int(np.isnan(columns.numbers(feature)[among]).sum())
    return Kinds(tuple(published), int(among.sum()) - sum(one.size for one in published) - unknown, unknown)


def sides(columns: Columns, among: Flags, features: tuple[str, str], measure: Measure) -> tuple[Sequence[Band], ...]:
    """The bands of two facts: so many that most squares hold enough to say something of."""
    counted = among if measure == "accepted" else among & ~np.isnan(columns.difficulties)
    most = int(np.clip(np.sqrt(counted.sum() / CELL), *FEWEST_AND_MOST))
    return tuple(bands(columns, counted, one, least=CELL, most=most, most_codes=FEWEST_AND_MOST[1]) for one in features)


def squares(
    columns: Columns, among: Flags, features: tuple[str, str], measure: Measure, *, sensitive: bool = False
) -> Squares:
    """The share accepted and how many paid over two facts; `sensitive` where the clients were chosen so."""
    decision = columns.codes("decision")
    accept = decision.levels.index("accept") if "accept" in decision.levels else -2
    sensitive = sensitive or any(DICTIONARY[one].sensitive for one in features)
    over, above = sides(columns, among, features, measure)
    inside = [band.mask(columns) & among for band in over]
    rows = []
    for band in above:
        here = band.mask(columns)
        row = []
        for mask in inside:
            both = mask & here
            size = int(both.sum())
            share = float((decision.places[both] == accept).mean()) if size else None
            row.append(Square(size, share, paid(columns.difficulties[both], sensitive=sensitive)))
        rows.append(tuple(row))
    return Squares(tuple(over), tuple(above), tuple(rows))
