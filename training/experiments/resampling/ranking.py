"""95% intervals of AUC and average precision, over resampled clients.

The rule: ties share one step of the curves, as a score of few values has many.

Source: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13, percentile interval.
"""

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats

RESAMPLES = 200


def ranking_intervals(
    target: NDArray[np.integer], score: Floats, *, seed: int, resamples: int = RESAMPLES
) -> dict[str, tuple[float, float]]:
    """Interval of ``auc`` and of ``average_precision``.

    Parameters
    ----------
    target : shape (clients,), 0 or 1, both present
    score : shape (clients,), higher is riskier
    """
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0.0])
    bad = target[order].astype(np.float64)
    generator = np.random.default_rng([seed, 5])
    draws = np.array([_figures(bad, _drawn(generator, len(bad)), starts) for _ in range(resamples)])
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return {name: (float(low[i]), float(high[i])) for i, name in enumerate(("auc", "average_precision"))}


def _drawn(generator: np.random.Generator, clients: int) -> Floats:
    return np.bincount(generator.integers(0, clients, clients), minlength=clients).astype(np.float64)


def _figures(bad: Floats, times: Floats, starts: NDArray[np.int64]) -> tuple[float, float]:
    """AUC and average precision of clients in order of falling score, each counted so many times."""
    events, others = np.add.reduceat(bad * times, starts), np.add.reduceat((1.0 - bad) * times, starts)
    above, passed = np.cumsum(events), np.cumsum(others)
    if above[-1] == 0.0 or passed[-1] == 0.0:
        return 0.5, float(above[-1] > 0.0)
    auc = float((others * (above - events / 2.0)).sum() / (above[-1] * passed[-1]))
    precision = above / np.maximum(above + passed, 1.0)
    return auc, float((events * precision).sum() / above[-1])
