"""The bank's costs of a wrong decision, and the threshold that follows from them.

A false negative (an accepted client who defaults) costs ``fn``, a false positive (a declined client who would have
paid) costs ``fp``. Declining is right where its expected cost is lower: ``fp · (1 − pd) < fn · pd``, so above
``pd = fp / (fp + fn)`` (Elkan, *The Foundations of Cost-Sensitive Learning*, 2001, theorem 1).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats


@dataclass(frozen=True)
class CostMatrix:
    """Costs of the two wrong decisions, in any common unit; right decisions cost nothing."""

    fn: float = 10.0
    fp: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (("fn", self.fn), ("fp", self.fp)):
            if not (math.isfinite(value) and value > 0.0):
                raise ValueError(f"the cost {name} must be finite and above 0; got {name}={value!r}")

    @property
    def threshold(self) -> float:
        """The probability of default above which declining is cheaper, for a calibrated probability.

        >>> CostMatrix(fn=10, fp=1).threshold == 1 / 11
        True
        """
        return self.fp / (self.fp + self.fn)

    def of_each(self, target: NDArray[np.integer], declined: NDArray[np.bool_]) -> Floats:
        """Cost of each client, shape (clients,), given who defaulted (1) and who was declined."""
        bad = target == 1
        return np.where(declined, np.where(bad, 0.0, self.fp), np.where(bad, self.fn, 0.0))

    def per_client(self, target: NDArray[np.integer], declined: NDArray[np.bool_]) -> float:
        """Expected cost per client: (fn · accepted defaulters + fp · declined payers) / clients.

        >>> CostMatrix().per_client(np.array([1, 0, 0, 1]), np.array([True, True, False, False]))
        2.75
        """
        return float(self.of_each(target, declined).mean())
