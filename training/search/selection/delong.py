"""The area under the ROC curve with its standard error, and that of the difference of two scores of the same clients.

Source: DeLong, DeLong and Clarke-Pearson, *Comparing the areas under two or more correlated receiver operating
characteristic curves* (1988); by ranks as in Sun and Xu, *Fast implementation of DeLong's algorithm* (2014).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from scoring.model.arrays import Floats


@dataclass(frozen=True)
class Auc:
    """An area under the curve and each client's part in it.

    Attributes
    ----------
    value : 0.5 is chance
    of_bad, of_good : shape (clients of that outcome,): share of the other outcome that the client is ranked right of
    """

    value: float
    of_bad: Floats
    of_good: Floats

    @property
    def variance(self) -> float:
        """Square of the standard error."""
        return _variance(self.of_bad) + _variance(self.of_good)

    def variance_of_change(self, before: "Auc") -> float:
        """Square of the standard error of the difference to another score of the same clients, in the same order."""
        return _variance(self.of_bad - before.of_bad) + _variance(self.of_good - before.of_good)


def auc(target: NDArray[np.integer], score: Floats) -> Auc:
    """Area under the curve, ties counting half.

    Parameters
    ----------
    target : shape (clients,), 0 or 1, both present
    score : shape (clients,), higher is riskier

    >>> auc(np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.3, 0.2])).value
    0.75
    """
    bad, good = score[target == 1], score[target == 0]
    among = rankdata(np.concatenate([bad, good]))
    of_bad = (among[: len(bad)] - rankdata(bad)) / len(good)
    of_good = 1.0 - (among[len(bad) :] - rankdata(good)) / len(bad)
    return Auc(float(of_bad.mean()), of_bad, of_good)


def _variance(parts: Floats) -> float:
    return float(parts.var(ddof=1) / len(parts)) if len(parts) > 1 else 0.0
