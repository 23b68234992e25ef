"""The statistics that training, validation, monitoring and pages share: one definition each, in NumPy alone.

Where published definitions differ, `docs/decisions/0048-one-formula-each.md` says which one is taken and why.
"""

import dataclasses
import math
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

from scoring.model.arrays import Floats

Numbers = NDArray[np.integer] | NDArray[np.floating]


_DOCUMENT = ConfigDict(extra="ignore", allow_inf_nan=False)


@dataclass(frozen=True, config=_DOCUMENT)
class Interval:
    """A figure with its 95% interval."""

    value: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """The three numbers."""
        return {"value": self.value, "low": self.low, "high": self.high}


# Normal distribution.


def normal_quantile(probability: float) -> float:
    """The standard normal quantile, by Wichura's algorithm AS 241 (*Applied Statistics* 37, 1988).

    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    return NormalDist().inv_cdf(probability)


Z_95 = round(normal_quantile(0.975), 6)
"""Standard errors to either side of a 95% interval: 1.959964."""
Z_99 = normal_quantile(0.995)
"""Standard errors within which a figure is held to be chance, two-sided 1%."""


def z_of_many(comparisons: int) -> float:
    """Standard errors that hold `comparisons` figures together at two-sided 1% (Bonferroni)."""
    return normal_quantile(1.0 - 0.005 / max(comparisons, 1))


def two_sided(z: float) -> float:
    """Probability that a standard normal deviate is at least so far from 0: ``erfc(|z| / √2)``.

    >>> round(two_sided(1.959964), 6)
    0.05
    """
    return math.erfc(abs(z) / math.sqrt(2.0))


def normal_interval(value: float, error: float) -> Interval:
    """A figure with 1.96 standard errors to either side (Wald)."""
    return Interval(value, value - Z_95 * error, value + Z_95 * error)


def mean_interval(values: Floats) -> Interval:
    """Mean over clients with its 95% interval; standard error with ``n − 1``."""
    error = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return normal_interval(float(values.mean()), error)


@dataclass(frozen=True, config=_DOCUMENT)
class Difference:
    """Mean of a paired difference, with its 95% interval over resampled clients."""

    mean: float
    low: float
    high: float
    clients: int = 0
    resamples: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The five values."""
        return dataclasses.asdict(self)


def paired_difference(
    first: Floats, second: Floats, *, seed: int, resamples: int = 2000, outside: float = 0.05
) -> Difference:
    """Mean of ``first − second`` over clients, with its percentile interval over resampled clients.

    Costs take few values, so a resample of clients is drawn as a multinomial count of each distinct difference: the
    same distribution as drawing clients one by one, whatever their number. Source: Efron and Tibshirani, *An
    Introduction to the Bootstrap* (1993), ch. 13.

    Parameters
    ----------
    outside : share of resamples that the interval leaves out

    >>> paired_difference(np.ones(5), np.ones(5), seed=1)
    Difference(mean=0.0, low=0.0, high=0.0, clients=5, resamples=2000)
    """
    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError(f"paired costs must have one value a client; got shapes {first.shape} and {second.shape}")
    values, counts = np.unique(first - second, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(first), counts / len(first), size=resamples)
    low, high = np.quantile(drawn @ values / len(first), [outside / 2.0, 1.0 - outside / 2.0])
    mean = float((values * counts).sum() / len(first))
    return Difference(mean, float(low), float(high), len(first), resamples)


# Shares.


def wilson(events: float, clients: float, z: float = Z_95) -> Interval:
    """A share with its score interval, which stays within 0 to 1 and holds for few events.

    Formula: ``(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)``. Source: Wilson, *Probable inference, the law of
    succession, and statistical inference*, JASA 22 (1927); recommended over Wald's by Brown, Cai and DasGupta,
    *Interval estimation for a binomial proportion*, Statistical Science 16 (2001).

    Raises
    ------
    ValueError
        When there are no clients, or not between 0 and `clients` events.

    >>> share = wilson(0, 100)
    >>> share.value, share.low, round(share.high, 4)
    (0.0, 0.0, 0.037)
    """
    if not (clients > 0 and 0 <= events <= clients):
        raise ValueError(f"a share must be of events among clients; got {events:g} of {clients:g}")
    share, square = events / clients, z * z
    centre = share + square / (2 * clients)
    half = z * math.sqrt(share * (1 - share) / clients + square / (4 * clients * clients))
    low, high = ((centre + end) / (1 + square / clients) for end in (-half, half))
    return Interval(share, min(share, max(0.0, low)), max(share, min(1.0, high)))


def two_shares(first: int, of_first: int, second: int, of_second: int) -> float:
    """p-value of the two-sided z test that two shares are equal, with pooled variance; 1 where neither varies.

    >>> two_shares(10, 100, 10, 100), two_shares(0, 100, 0, 50)
    (1.0, 1.0)
    """
    pooled = (first + second) / (of_first + of_second)
    variance = pooled * (1.0 - pooled) * (1.0 / of_first + 1.0 / of_second)
    if variance == 0.0:
        return 1.0
    return two_sided((first / of_first - second / of_second) / math.sqrt(variance))


# Population stability.


def decile_edges(values: Floats) -> Floats:
    """The inner edges of ten groups of equal size, distinct, increasing: shape (at most 9,)."""
    return np.unique(np.quantile(values, np.arange(1, 10) / 10))


def count_between(edges: Floats, values: Floats) -> NDArray[np.int64]:
    """How many values lie in each group, shape (edges + 1,); a value on an edge belongs to the group above."""
    return np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1).astype(np.int64)


def psi_parts(expected: Numbers, actual: Numbers) -> Floats:
    """Each bin's part of the population stability index, of counts; shapes (…, bins).

    Formula: ``(a − e) · ln(a / e)``, where ``e`` and ``a`` are the bin's shares after half a client is added to every
    bin of both sides. Sources: Siddiqi, *Credit Risk Scorecards* (2006), ch. 10, for the index; Haldane, *The
    estimation and significance of the logarithm of a ratio of frequencies*, Annals of Human Genetics 20 (1956), for
    the half.

    >>> psi_parts(np.array([50, 50]), np.array([50, 50])).tolist()
    [0.0, 0.0]
    """
    bins = expected.shape[-1]
    e = (expected + 0.5) / (expected.sum(axis=-1, keepdims=True) + 0.5 * bins)
    a = (actual + 0.5) / (actual.sum(axis=-1, keepdims=True) + 0.5 * bins)
    return np.asarray((a - e) * np.log(a / e))


def psi(expected: Numbers, actual: Numbers) -> Floats:
    """Population stability index of counts over the same bins: the sum of `psi_parts`, shape (…).

    >>> round(float(psi(np.array([90, 10]), np.array([100, 0]))), 3)
    0.312
    """
    return np.asarray(psi_parts(expected, actual).sum(axis=-1), dtype=np.float64)


# Area under the ROC curve.


@dataclasses.dataclass(frozen=True, eq=False)
class Auc:
    """An area under the ROC curve and each client's placement, from which its error follows.

    Attributes
    ----------
    value : 0.5 is chance, and stands where one outcome is absent
    of_bad, of_good : shape (clients of that outcome,): share of the other outcome that the client is ranked right of
    """

    value: float
    of_bad: Floats
    of_good: Floats

    @property
    def variance(self) -> float:
        """Square of the standard error; 1 where one outcome is absent."""
        if not len(self.of_bad) or not len(self.of_good):
            return 1.0
        return _variance_of_mean(self.of_bad) + _variance_of_mean(self.of_good)

    @property
    def interval(self) -> Interval:
        """The area with its 95% interval, within 0 to 1."""
        one = normal_interval(self.value, math.sqrt(self.variance))
        return Interval(self.value, max(one.low, 0.0), min(one.high, 1.0))

    def change_since(self, before: "Auc") -> Interval:
        """Difference to another score of the same clients, in the same order, with its 95% interval."""
        return normal_interval(self.value - before.value, math.sqrt(self.variance_of_change(before)))

    def variance_of_change(self, before: "Auc") -> float:
        """Square of the standard error of the difference to another score of the same clients, in the same order."""
        return _variance_of_mean(self.of_bad - before.of_bad) + _variance_of_mean(self.of_good - before.of_good)


def delong(target: Numbers | NDArray[np.bool_], score: Floats) -> Auc:
    """Area under the ROC curve with DeLong's variance, ties counting half.

    Source: DeLong, DeLong and Clarke-Pearson, *Comparing the areas under two or more correlated receiver operating
    characteristic curves*, Biometrics 44 (1988); by ranks as in Sun and Xu, *Fast implementation of DeLong's
    algorithm* (2014).

    Parameters
    ----------
    target : shape (clients,), 1 or true for a client with difficulties
    score : shape (clients,), higher is riskier

    >>> delong(np.array([0, 1, 0, 1]), np.array([0.1, 0.4, 0.3, 0.2])).value
    0.75
    """
    is_bad = np.asarray(target) == 1
    bad, good = score[is_bad], score[~is_bad]
    if not len(bad) or not len(good):
        return Auc(0.5, np.zeros(len(bad)), np.zeros(len(good)))
    of_bad = _placements(bad, good)
    return Auc(float(of_bad.mean()), of_bad, 1.0 - _placements(good, bad))


def expected_auc(pd: Floats, score: Floats) -> float:
    """AUC expected where each client defaults with probability `pd`, independently of the others; ties count half.

    Formula: ``Σ_{i≠j} p_i (1 − p_j) [s_i > s_j] / Σ_{i≠j} p_i (1 − p_j)``. A client is no pair with itself, since it
    cannot both default and pay.

    >>> expected_auc(np.array([1.0, 0.0]), np.array([2.0, 1.0]))
    1.0
    """
    order = np.argsort(score, kind="stable")
    bad, good, ordered = pd[order], 1.0 - pd[order], score[order]
    first = np.flatnonzero(np.concatenate([[True], np.diff(ordered) > 0]))
    bad_of, good_of, own = (np.add.reduceat(part, first) for part in (bad, good, bad * good))
    below = np.cumsum(good_of) - good_of
    right = (bad_of * (below + good_of / 2) - own / 2).sum()
    return float(right / (bad.sum() * good.sum() - own.sum()))


def _placements(values: Floats, others: Floats) -> Floats:
    """For each value the share of the others below it, ties half."""
    ordered = np.sort(others)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2.0 * len(others))


def _variance_of_mean(parts: Floats) -> float:
    return float(parts.var(ddof=1) / len(parts)) if len(parts) > 1 else 0.0
