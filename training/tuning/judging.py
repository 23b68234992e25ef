"""The cost by which settings are judged: a threshold chosen on the training folds, paid for on the held-out one.

The rule: no client has a say in the threshold that decides on that client, or a search would learn the noise of its
own threshold.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.costs import CostMatrix, cost_curve
from scoring.scale import pd_of_many
from training.config import Settings
from training.evaluation.crossfit import Fit
from training.evaluation.splits import Split
from training.models.ebm import fit_ebm
from training.models.reference import fit_reference
from training.models.scorecard import fit_scorecard
from training.selection import Narrowing
from training.tuning.spaces import Kind

Floats = NDArray[np.float64]


def honest_costs(target: NDArray[np.integer], log_odds: Floats, splits: Sequence[Split], costs: CostMatrix) -> Floats:
    """Cost of each client, shape (clients,), at the threshold that is cheapest for the clients of the other folds.

    Parameters
    ----------
    log_odds : shape (clients,), out of fold and calibrated
    splits : every client is held out exactly once
    """
    pd = pd_of_many(log_odds)
    found = np.empty(len(target))
    for split in splits:
        threshold, _ = cost_curve(target[split.fit], pd[split.fit], costs).optimum
        found[split.held] = costs.of_each(target[split.held], pd[split.held] > threshold)
    return found


def quick_fit(kind: Kind, settings: Settings, narrowing: Narrowing, *, threads: int = 2) -> Fit:
    """The procedure of one model inside a fold, with as little as ranking settings needs: few bags, one fit."""
    if kind == "ebm":
        own = replace(settings.ebm, refit_shapes=False)
        return lambda matrix: fit_ebm(narrowing(matrix), own, seed=settings.seed, bags=own.screen_bags, threads=threads)
    if kind == "scorecard":
        return lambda matrix: fit_scorecard(narrowing(matrix), settings.scorecard, seed=settings.seed)
    return lambda matrix: fit_reference(matrix, settings.reference, seed=settings.seed, threads=threads)
