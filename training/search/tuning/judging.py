"""The cost by which settings are judged: a threshold chosen on the training folds, paid for on the held-out one.

The rule: no client has a say in the threshold that decides on that client, or a search would learn the noise of its
own threshold.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix, cost_curve
from scoring.model.scale import pd_of_many
from training.config import EbmSettings, Settings
from training.data.matrix import Candidate, Matrix
from training.evaluation.crossfit import Fit
from training.evaluation.splits import Split
from training.models.ebm import FittedEbm, fit_ebm, rank_terms
from training.models.reference import fit_reference
from training.models.scorecard import fit_scorecard
from training.search.selection import Narrowing
from training.search.tuning.spaces import Kind


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


class Ranking:
    """The EBM's terms ranked once for each set of clients, by the settings that a search starts from.

    A fit ranks its terms by its own settings; in a search that would be most of the work, and the ranking depends on
    few of them.
    """

    def __init__(self, settings: EbmSettings, seed: int, threads: int) -> None:
        self._settings, self._seed, self._threads = settings, seed, threads
        self._found: dict[bytes, tuple[Candidate, ...]] = {}

    def __call__(self, matrix: Matrix) -> tuple[Candidate, ...]:
        """The candidates of these clients, the most important first."""
        key = hashlib.sha256(matrix.ids.tobytes()).digest()
        if key not in self._found:
            self._found[key] = rank_terms(matrix, self._settings, seed=self._seed, threads=self._threads)
        return self._found[key]


def quick_fit(
    kind: Kind, settings: Settings, narrowing: Narrowing, *, threads: int = 2, ranking: Ranking | None = None
) -> Fit:
    """The procedure of one model inside a fold, with as little as ranking settings needs: few bags, one fit."""
    if kind == "ebm":
        own = replace(settings.ebm, refit_shapes=False)

        def fit(matrix: Matrix) -> FittedEbm:
            few = narrowing(matrix)
            ranked = None if ranking is None else ranking(few)
            return fit_ebm(few, own, seed=settings.seed, bags=own.screen_bags, threads=threads, ranking=ranked)

        return fit
    if kind == "scorecard":
        return lambda matrix: fit_scorecard(narrowing(matrix), settings.scorecard, seed=settings.seed)
    return lambda matrix: fit_reference(matrix, settings.reference, seed=settings.seed, threads=threads)
