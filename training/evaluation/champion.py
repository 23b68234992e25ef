"""Which model serves: the simpler one, unless the data say that it costs more.

The rule: by paired out-of-fold cost per client, the scorecard serves unless the 95% interval of (its cost − the EBM's)
lies above 0. The test set confirms the choice; it does not make it.

Source: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13, percentile interval.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from scoring.model.arrays import Floats

RESAMPLES = 2000
RULE = (
    "The scorecard, being simpler, serves unless the 95% interval of its out-of-fold cost per client minus that of "
    "the EBM lies above 0 (paired bootstrap)."
)


@dataclass(frozen=True)
class Difference:
    """Mean of a paired difference, with its 95% bootstrap interval."""

    mean: float
    low: float
    high: float
    clients: int
    resamples: int

    def as_dict(self) -> dict[str, Any]:
        """The five numbers."""
        return asdict(self)


@dataclass(frozen=True)
class Choice:
    """Who serves, and the difference (scorecard − EBM) that decided it."""

    serves: Literal["ebm", "scorecard"]
    difference: Difference


def choose(cost_scorecard: Floats, cost_ebm: Floats, *, seed: int) -> Choice:
    """Apply the rule to each client's out-of-fold cost, shape (clients,)."""
    difference = paired_difference(cost_scorecard, cost_ebm, seed=seed)
    return Choice(serves="ebm" if difference.low > 0.0 else "scorecard", difference=difference)


def paired_difference(first: Floats, second: Floats, *, seed: int, resamples: int = RESAMPLES) -> Difference:
    """Mean of ``first − second`` over clients, with the 95% interval over resampled clients.

    Costs take few values, so a resample of clients is drawn as a multinomial count of each distinct difference: the
    same distribution as drawing clients one by one, whatever their number.

    >>> paired_difference(np.ones(5), np.ones(5), seed=1)
    Difference(mean=0.0, low=0.0, high=0.0, clients=5, resamples=2000)
    """
    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError(f"paired costs must have one value a client; got shapes {first.shape} and {second.shape}")
    values, counts = np.unique(first - second, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(first), counts / len(first), size=resamples)
    means = drawn @ values / len(first)
    low, high = np.quantile(means, [0.025, 0.975])
    return Difference(
        mean=float((values * counts).sum() / len(first)),
        low=float(low),
        high=float(high),
        clients=len(first),
        resamples=resamples,
    )
