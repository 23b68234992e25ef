"""What chance alone does: the stability index, its draws, and the correction for many looks at once.

The rule: an index is held to what clients drawn from training's own shares give, since in small samples it is above 0
by chance. Sources: Siddiqi, *Credit Risk Scorecards* (2006), ch. 10, for the index; Benjamini and Hochberg,
*Controlling the false discovery rate* (1995); Wilson, *Probable inference* (1927).
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.reports.monitoring.thresholds import DRAWS, SEED

Counts = NDArray[np.int64]
_HALF = 0.5
"""Half a client stands in each bin, so that an empty one has a share."""


def index_parts(before: Counts | Floats, now: Counts | Floats) -> Floats:
    """Each bin's part of the population stability index; shapes (…, bins), of which the last is summed over.

    >>> index_parts(np.array([50, 50]), np.array([50, 50])).tolist()
    [0.0, 0.0]
    """
    bins = before.shape[-1]
    first = (before + _HALF) / (before.sum(axis=-1, keepdims=True) + _HALF * bins)
    second = (now + _HALF) / (now.sum(axis=-1, keepdims=True) + _HALF * bins)
    return np.asarray((second - first) * np.log(second / first))


def index_of(before: Counts, now: Counts) -> float:
    """The index over the bins that hold anybody."""
    held = (before > 0) | (now > 0)
    return float(index_parts(before[held], now[held]).sum())


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
    found = np.sort(index_parts(first, second).sum(axis=-1))
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


def two_sided(z: float) -> float:
    """How often a normal deviate is at least so far from 0.

    >>> round(two_sided(1.959964), 6)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2.0))


def two_shares(first: int, of_first: int, second: int, of_second: int) -> float:
    """How often chance alone sets two shares so far apart (two-sided, pooled).

    >>> two_shares(10, 100, 10, 100), two_shares(0, 100, 0, 50)
    (1.0, 1.0)
    """
    pooled = (first + second) / (of_first + of_second)
    variance = pooled * (1.0 - pooled) * (1.0 / of_first + 1.0 / of_second)
    if variance == 0.0:
        return 1.0
    return two_sided((first / of_first - second / of_second) / math.sqrt(variance))


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a share; (0, 1) of none.

    >>> low, high = wilson(0, 100)
    >>> low, round(high, 3)
    (0.0, 0.037)
    """
    if trials == 0:
        return 0.0, 1.0
    share, weight = successes / trials, z * z / trials
    centre = (share + weight / 2.0) / (1.0 + weight)
    half = z * math.sqrt(share * (1.0 - share) / trials + weight / (4.0 * trials)) / (1.0 + weight)
    return max(centre - half, 0.0), min(centre + half, 1.0)
