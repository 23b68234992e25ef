"""The few statistics that checks share.

Sources: Hanley and McNeil, *The meaning and use of the area under a ROC curve* (1982); Wilson, *Probable inference*
(1927); Yurdakul and Naranjo, *Statistical properties of the population stability index* (2020) for the chance level of
the PSI.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, rankdata

from scoring.model.arrays import Floats

Counts = NDArray[np.integer] | Floats
Z = 2.6
"""Standard errors within which a figure is held to be chance: two-sided 1%."""


def auc(target: NDArray[np.integer] | NDArray[np.bool_], score: Floats) -> float:
    """Area under the ROC curve, ties counted half; 0.5 where one outcome is absent.

    >>> auc(np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3]))
    1.0
    """
    bad = np.asarray(target) == 1
    positives, negatives = int(bad.sum()), int((~bad).sum())
    if not positives or not negatives:
        return 0.5
    ranks = rankdata(score)
    return float((ranks[bad].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def auc_of_chance(positives: int, negatives: int) -> float:
    """Standard error of the AUC of a score that says nothing (Mann-Whitney): sqrt((p + n + 1) / (12 p n))."""
    return float(np.sqrt((positives + negatives + 1) / (12.0 * positives * negatives)))


def auc_error(value: float, positives: int, negatives: int) -> float:
    """Standard error of an AUC (Hanley and McNeil)."""
    q1, q2 = value / (2 - value), 2 * value**2 / (1 + value)
    variance = value * (1 - value) + (positives - 1) * (q1 - value**2) + (negatives - 1) * (q2 - value**2)
    return float(np.sqrt(max(variance, 0.0) / (positives * negatives)))


def expected_auc(pd: Floats, score: Floats) -> float:
    """AUC of a score where each client defaults with the probability `pd`: no luck of the outcomes in it.

    Formula: the share of the weight ``pd_i (1 − pd_j)`` of pairs with ``score_i > score_j``, ties half.
    """
    order = np.argsort(score, kind="stable")
    bad, good, ordered = pd[order], 1.0 - pd[order], score[order]
    first = np.flatnonzero(np.concatenate([[True], np.diff(ordered) > 0]))
    bad_of, good_of = np.add.reduceat(bad, first), np.add.reduceat(good, first)
    below = np.cumsum(good_of) - good_of
    return float((bad_of * (below + good_of / 2)).sum() / (bad.sum() * good.sum()))


def psi(expected: Counts, actual: Counts) -> float:
    """Population stability index of two counts over the same cells, half a client added to each cell.

    >>> psi(np.array([50, 50]), np.array([50, 50]))
    0.0
    """
    first = (np.asarray(expected) + 0.5) / (np.sum(expected) + 0.5 * len(expected))
    second = (np.asarray(actual) + 0.5) / (np.sum(actual) + 0.5 * len(actual))
    return float(((second - first) * np.log(second / first)).sum())


def psi_of_chance(cells: int, expected: int, actual: int, *, comparisons: int = 1) -> float:
    """What the PSI stays under 99 times in 100 when nothing shifts, `comparisons` of them taken together."""
    level = 1.0 - 0.01 / comparisons
    return float(chi2.ppf(level, max(cells - 1, 1)) * (1.0 / expected + 1.0 / actual))


def z_of_many(comparisons: int) -> float:
    """Standard errors that hold `comparisons` figures together at two-sided 1% (Bonferroni)."""
    return NormalDist().inv_cdf(1.0 - 0.005 / max(comparisons, 1))


def wilson(successes: float, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a share; (0, 1) of none.

    >>> low, high = wilson(5, 10)
    >>> bool(low < 0.5 < high)
    True
    """
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
    return float(centre - half), float(centre + half)


def mean_interval(values: Floats) -> tuple[float, float, float]:
    """Mean and 95% interval of the mean over clients."""
    mean = float(values.mean())
    half = 1.96 * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return mean, mean - half, mean + half


def correlation(first: Floats, second: Floats) -> float | None:
    """Pearson's correlation; None where either is constant."""
    if len(first) < 3 or float(first.std()) < 1e-12 or float(second.std()) < 1e-12:
        return None
    return float(np.corrcoef(first, second)[0, 1])
