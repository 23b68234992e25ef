"""How well contributions agree with the truth's: over clients for each concept, over concepts for each client.

All figures are of centred contributions, shape (clients, concepts). *Told share* is ``1 − Σ (told − true)² / Σ true²``:
1 when every client's contributions are the true ones, 0 for saying nothing, negative when silence were better.
*Precision at 3*: of the three concepts told to weigh most against a client, how many are among the true three.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from scoring.model.arrays import Floats
from scoring.model.statistics import Interval, mean_interval, normal_interval

TOP = 3
PERMUTATIONS = 20


@dataclass(frozen=True)
class OfConcept:
    """One concept: spread of the true and of the told contribution, correlation and RMSE over clients."""

    true_spread: float
    told_spread: float
    correlation: float | None
    rmse: float


@dataclass(frozen=True)
class Agreement:
    """How a set of explanations agrees with the truth.

    Attributes
    ----------
    precision : at 3, of what weighs against
    precision_either : at 3, of what weighs most either way
    rank : Spearman's correlation over concepts
    told : told share
    concepts : in the order of the columns
    precision_of_each : precision at 3 of each client, for paired comparisons
    """

    clients: int
    precision: Interval
    precision_either: Interval
    rank: Interval
    told: Interval
    concepts: tuple[OfConcept, ...]
    precision_of_each: Floats


def agreement(told: Floats, true: Floats) -> Agreement:
    """Compare contributions with the true ones."""
    against = precisions(told, true)
    return Agreement(
        clients=len(true),
        precision=mean_interval(against),
        precision_either=mean_interval(precisions(np.abs(told), np.abs(true))),
        rank=mean_interval(ranks(told, true)),
        told=_told_share(told, true),
        concepts=tuple(_of_concept(told[:, i], true[:, i]) for i in range(true.shape[1])),
        precision_of_each=against,
    )


def floor(told: Floats, true: Floats, *, seed: int) -> tuple[float, float]:
    """Precision at 3 and rank correlation when each client is told of another client's truth: chance's share.

    What weighs on many clients is guessed right for each without knowing them; this is how often.
    """
    generator = np.random.default_rng([seed, 51])
    drawn = [generator.permutation(len(true)) for _ in range(PERMUTATIONS)]
    return (
        float(np.mean([precisions(told, true[rows]).mean() for rows in drawn])),
        float(np.mean([ranks(told, true[rows]).mean() for rows in drawn])),
    )


def precisions(told: Floats, true: Floats, top: int = TOP) -> Floats:
    """Of the `top` largest told, the share among the `top` largest true, for each client.

    >>> precisions(np.array([[3.0, 2, 1, 0]]), np.array([[3.0, 2, 0, 1]])).tolist()
    [0.6666666666666666]
    """
    return (_is_top(told, top) & _is_top(true, top)).sum(axis=1) / top


def ranks(told: Floats, true: Floats) -> Floats:
    """Spearman's correlation of each client's contributions over concepts, ties at their mean rank."""
    first, second = rankdata(told, axis=1), rankdata(true, axis=1)
    first, second = first - first.mean(axis=1, keepdims=True), second - second.mean(axis=1, keepdims=True)
    norm = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    return np.asarray((first * second).sum(axis=1) / np.where(norm > 0, norm, 1.0), dtype=np.float64)


def by_tenth(told: Floats, true: Floats) -> tuple[Sequence[float], Sequence[float]]:
    """Mean true and mean told contribution in ten groups of clients by the true one: the diagonal at best."""
    groups = np.array_split(np.argsort(true, kind="stable"), 10)
    return [float(true[g].mean()) for g in groups], [float(told[g].mean()) for g in groups]


def _is_top(values: Floats, top: int) -> NDArray[np.bool_]:
    order = np.argsort(-values, axis=1, kind="stable")[:, :top]
    out = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(out, order, True, axis=1)
    return out


def _told_share(told: Floats, true: Floats) -> Interval:
    """With the interval of a ratio of means (delta method)."""
    errors, size = ((told - true) ** 2).sum(axis=1), (true**2).sum(axis=1)
    ratio = float(errors.mean() / size.mean())
    error = float((errors - ratio * size).std(ddof=1)) / float(size.mean()) / np.sqrt(len(true))
    return normal_interval(1.0 - ratio, float(error))


def _of_concept(told: Floats, true: Floats) -> OfConcept:
    return OfConcept(
        true_spread=float(true.std()),
        told_spread=float(told.std()),
        correlation=_correlation(told, true),
        rmse=float(np.sqrt(((told - true) ** 2).mean())),
    )


def _correlation(first: Floats, second: Floats) -> float | None:
    """Pearson's correlation; None where either is constant."""
    if len(first) < 3 or float(first.std()) < 1e-12 or float(second.std()) < 1e-12:
        return None
    return float(np.corrcoef(first, second)[0, 1])
