"""How many of a group paid without difficulty: from the known outcomes of test clients, and only where that is fair.

The rule: never for fewer than ten known outcomes, never for a group that was chosen by age, sex or family, and never as
a bare 0 or 100 in 100, which would say how each of its members paid.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FEWEST = 10
"""Known outcomes below which nothing is said."""
FEW = 100
"""Known outcomes below which it is said that the figure is wide."""
Z = 1.959964
"""Half the width of a 95% interval, in standard errors."""
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
    low, high = wilson(known, good)
    return Paid(known, (good + 0.5) / (known + 1), low, high)


def wilson(known: int, good: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share (1927), which holds for small groups and shares near 0 or 1.

    >>> [round(end, 3) for end in wilson(10, 10)]
    [0.722, 1.0]
    """
    share, square = good / known, Z * Z
    centre = share + square / (2 * known)
    half = Z * sqrt(share * (1 - share) / known + square / (4 * known * known))
    low = (centre - half) / (1 + square / known) if good else 0.0
    high = (centre + half) / (1 + square / known) if good < known else 1.0
    return low, high
