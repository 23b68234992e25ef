"""What a search gained over the settings as they were, on folds that it did not see.

The rule: the lowest of many noisy costs is too low by luck; so both settings are fitted again, on clients that the
search did not have where there are enough of them, otherwise on other folds of the same clients, and it is said which.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.compare import Difference, paired_difference
from training.config import Settings
from training.evaluation.crossfit import cross_fit
from training.evaluation.figures import log_loss
from training.evaluation.splits import stratified_folds
from training.matrix import Matrix
from training.selection import Narrowing
from training.selection.delong import Auc, auc
from training.tuning.judging import honest_costs, quick_fit
from training.tuning.search import MOST_ROWS, searched_on
from training.tuning.spaces import KINDS, Kind, own_settings

FRESH = 1_000
"""What is added to the seed of the folds."""
ENOUGH = 20_000
"""Clients that the search did not have, from which they are judged alone."""
SURE = 1.96


@dataclass(frozen=True)
class Gain:
    """What a model's search gained.

    Attributes
    ----------
    cost : cost per client of the settings as they were minus that of those found: above 0 is a gain
    auc_before, auc_after, auc_low, auc_high : areas, and the 95% interval of after − before (DeLong)
    log_loss_before, log_loss_after : the lower the better
    unseen : whether the search had none of these clients
    changed : whether other settings than those given were found
    """

    kind: Kind
    cost: Difference
    auc_before: float
    auc_after: float
    auc_low: float
    auc_high: float
    log_loss_before: float
    log_loss_after: float
    unseen: bool
    changed: bool

    def as_dict(self) -> dict[str, Any]:
        """The gain as plain values."""
        return asdict(self)


def gains(matrix: Matrix, before: Settings, after: Settings, notice: Callable[[str], None]) -> tuple[Gain, ...]:
    """Judge the settings of every model before and after a search.

    Parameters
    ----------
    matrix : the clients that the search was given
    notice : told of each fit as it ends: two a model and fold
    """
    _, others = searched_on(matrix, before.seed)
    unseen = len(others) >= ENOUGH
    judges = matrix.take(others[np.linspace(0, len(others) - 1, min(len(others), MOST_ROWS)).astype(np.int64)])
    judges = judges if unseen else matrix.take(searched_on(matrix, before.seed)[0])
    splits = stratified_folds(judges.target, before.folds, before.seed + FRESH)
    narrowing = Narrowing(before.selection, before.seed)
    found = []
    for kind in KINDS:
        costs: list[NDArray[np.float64]] = []
        areas: list[Auc] = []
        losses: list[float] = []
        for settings in (before, after):
            scores = cross_fit(quick_fit(kind, settings, narrowing), judges, splits, before.costs, notice)
            costs.append(honest_costs(judges.target, scores.log_odds, splits, before.costs))
            areas.append(auc(judges.target, scores.log_odds))
            losses.append(log_loss(judges.target, scores.log_odds))
        half = SURE * float(np.sqrt(areas[1].variance_of_change(areas[0])))
        change = areas[1].value - areas[0].value
        found.append(
            Gain(
                kind=kind,
                cost=paired_difference(costs[0], costs[1], seed=before.seed),
                auc_before=areas[0].value,
                auc_after=areas[1].value,
                auc_low=change - half,
                auc_high=change + half,
                log_loss_before=losses[0],
                log_loss_after=losses[1],
                unseen=unseen,
                changed=own_settings(before, kind) != own_settings(after, kind),
            )
        )
    return tuple(found)
