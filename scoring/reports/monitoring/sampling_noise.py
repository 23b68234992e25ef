"""Sampling noise of the stability index, by simulation, and the correction for several comparisons.

An index is compared with those of clients drawn from training's own shares, since in small samples it is above 0 by
chance. Source: Benjamini and Hochberg, *Controlling the false discovery rate* (1995).
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.model.statistics import psi
from scoring.reports.monitoring.thresholds import DRAWS, SEED

Counts = NDArray[np.int64]


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
