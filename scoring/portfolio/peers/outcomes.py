"""How many of a group paid without difficulty: from the known outcomes of test clients, and only where that is fair.

The rule: never for fewer than ten known outcomes, never for a group that was chosen by age, sex or family, and never as
a bare 0 or 100 in 100, which would say how each of its members paid.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.model.statistics import wilson

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
