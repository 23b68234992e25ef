"""Scores grouped by value, so that every figure of order follows from two counts a group.

The rule: a figure is a function of how many payers and defaulters have each score. The same function gives the figure
of the clients themselves (each counted once) and of any resample (each counted as often as drawn), so a point and its
interval can't be defined differently.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many

Positions = NDArray[np.int64]
RANK_FIGURES = ("auc", "gini", "ks", "average_precision")


@dataclass(frozen=True)
class Ranked:
    """One model's scores.

    Attributes
    ----------
    last_pd : shape (groups,), the highest probability of each group, increasing
    code : shape (clients,), the client's group, plus the number of groups where the client defaulted
    """

    last_pd: Floats
    code: NDArray[np.int32]

    @property
    def groups(self) -> int:
        """Number of groups: of distinct scores, unless made coarser."""
        return len(self.last_pd)

    def counts(self, clients: NDArray[np.integer] | None = None) -> tuple[Floats, Floats]:
        """(payers, defaulters) of each group, among all clients or those at these positions, with repeats."""
        code = self.code if clients is None else self.code.take(clients)
        both = np.bincount(code, minlength=2 * self.groups).astype(np.float64)
        return both[: self.groups], both[self.groups :]

    def accepted(self, thresholds: Floats) -> Positions:
        """How many groups, from the safest, each threshold accepts: those with ``pd <= threshold``."""
        return np.searchsorted(self.last_pd, thresholds, side="right").astype(np.int64)

    def coarser(self, most: int, thresholds: Floats) -> "Ranked":
        """Neighbouring groups merged into about `most` of equal size; none spans one of the thresholds."""
        if self.groups <= most:
            return self
        groups = self.code % self.groups
        ends = np.cumsum(np.bincount(groups, minlength=self.groups))
        even = np.searchsorted(ends, np.linspace(0, ends[-1], most + 1)[1:-1])
        firsts = np.unique(np.concatenate([[0], even, self.accepted(thresholds)]))
        firsts = firsts[firsts < self.groups]
        merged = np.searchsorted(firsts, groups, side="right") - 1
        lasts = np.append(firsts[1:], self.groups) - 1
        code = merged + len(firsts) * (self.code >= self.groups)
        return Ranked(self.last_pd[lasts], code.astype(np.int32))


def rank(target: NDArray[np.integer], log_odds: Floats) -> Ranked:
    """Group the clients by score.

    Raises
    ------
    TrainingError
        When the lengths differ, a score is not finite, TARGET is not 0 or 1, or one outcome is absent.
    """
    check_scores(target, log_odds)
    values, group = np.unique(log_odds, return_inverse=True)
    return Ranked(pd_of_many(values), (group + len(values) * (target == 1)).astype(np.int32))


def check_scores(target: NDArray[np.integer], log_odds: Floats) -> None:
    """Refuse outcomes and scores that no figure can be made of."""
    if target.ndim != 1 or target.shape != log_odds.shape or not len(target):
        raise TrainingError(
            f"Scores must have one value a client; got shapes {target.shape} and {log_odds.shape}. "
            "Score the clients whose outcomes are given."
        )
    if not np.isfinite(log_odds).all():
        raise TrainingError(
            f"A score must be a finite log-odds; got {int((~np.isfinite(log_odds)).sum())} others of {len(log_odds)}. "
            "Look for missing values in the model's input."
        )
    bad = int((target == 1).sum())
    if not np.isin(target, (0, 1)).all() or bad in (0, len(target)):
        raise TrainingError(
            f"TARGET must be 0 or 1 with both present; got {bad} defaults among {len(target)} clients. "
            "Evaluate on more clients."
        )


def rank_figures(good: Floats, bad: Floats, good_to: Floats, bad_to: Floats) -> Floats:
    """The figures of `RANK_FIGURES`, in that order, of clients counted by group.

    AUC: Mann-Whitney, ties counting half. Average precision: mean of the precision at each defaulter, by decreasing
    risk (scikit-learn's definition). KS: largest distance of the two distribution functions.

    Parameters
    ----------
    good, bad : shape (groups,), payers and defaulters of each group
    good_to, bad_to : their cumulative sums
    """
    goods, bads = good_to[-1], bad_to[-1]
    auc = (bad @ good_to - 0.5 * (bad @ good)) / (goods * bads)
    ks = np.abs(bad_to / bads - good_to / goods).max()
    declined_bad = bads - bad_to + bad
    declined = np.maximum(declined_bad + (goods - good_to + good), 1.0)
    return np.array([auc, 2.0 * auc - 1.0, ks, (bad / bads) @ (declined_bad / declined)])
