"""Scores grouped by value, so that every figure of order follows from two counts a group.

The rule: a figure is a function of how many payers and defaulters have each score. The same function gives the figure
of the clients themselves (each counted once) and of any resample (each counted as often as drawn), so a point and its
interval can't be defined differently.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Interval
from training.parallel import one_thread

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


# One paired bootstrap for every model: the same clients are drawn for all, so that differences keep what they share.


RESAMPLES = 1000
GROUPS = 8192
FEWEST = 20
"""Clients of either outcome below which a resample might hold none, and an interval says nothing."""
MEANS = ("brier", "log_loss", "mean_pd")
FIGURES = (*RANK_FIGURES, *MEANS)


@dataclass(frozen=True)
class Draws:
    """What one model does on the clients themselves (row 0) and on each resample (rows 1 to resamples).

    Attributes
    ----------
    figures : shape (1 + resamples,) each, by the names of `FIGURES`
    thresholds : shape (thresholds,), as asked
    bad, good : shape (1 + resamples, thresholds), accepted defaulters and payers
    cheapest : shape (1 + resamples,), lowest cost per client over all thresholds (between groups)
    chosen : shape (1 + resamples,), cost on the clients themselves of the threshold that is cheapest on the resample
    means : shape (1 + resamples, columns), mean of what was given for each client
    """

    figures: Mapping[str, Floats]
    thresholds: Floats
    bad: Floats
    good: Floats
    cheapest: Floats
    chosen: Floats
    means: Floats


@dataclass(frozen=True)
class Bootstrap:
    """The draws of every model, and how many defaulters and payers each resample holds, shape (1 + resamples,)."""

    models: Mapping[str, Draws]
    bads: Floats
    goods: Floats

    @property
    def clients(self) -> int:
        """Number of clients."""
        return int(self.bads[0] + self.goods[0])

    @property
    def resamples(self) -> int:
        """Number of resamples."""
        return len(self.bads) - 1

    def cost(self, model: str, threshold: float, costs: CostMatrix) -> Floats:
        """Cost per client at one of the listed thresholds, shape (1 + resamples,)."""
        draws, at = self.models[model], self.at(model, threshold)
        wrong = costs.fn * draws.bad[:, at] + costs.fp * (self.goods - draws.good[:, at])
        return np.asarray(wrong / self.clients, dtype=np.float64)

    def accepted(self, model: str, threshold: float) -> tuple[Floats, Floats]:
        """(defaulters, payers) accepted at one of the listed thresholds, shape (1 + resamples,) each."""
        draws, at = self.models[model], self.at(model, threshold)
        return draws.bad[:, at], draws.good[:, at]

    def at(self, model: str, threshold: float) -> int:
        """The column of a listed threshold."""
        found = np.flatnonzero(self.models[model].thresholds == threshold)
        if not len(found):
            raise KeyError(f"a threshold must have been listed for the bootstrap; got {threshold!r} for {model}")
        return int(found[0])


def interval(draws: Floats) -> Interval:
    """The first value, with the 2.5% and 97.5% quantiles of the others.

    >>> interval(np.array([50.0, *range(0, 101)]))
    Interval(value=50.0, low=2.5, high=97.5)
    """
    low, high = np.quantile(draws[1:], [0.025, 0.975])
    return Interval(float(draws[0]), float(low), float(high))


def bootstrap(
    target: NDArray[np.integer],
    scores: Mapping[str, Floats],
    *,
    thresholds: Mapping[str, Floats],
    costs: CostMatrix,
    each: Mapping[str, Floats] | None = None,
    seed: int,
    resamples: int = RESAMPLES,
) -> Bootstrap:
    """Draw the clients `resamples` times and keep what the studies read.

    Parameters
    ----------
    target : shape (clients,)
    scores : by model, log-odds, shape (clients,)
    thresholds : by model, shape (thresholds,): where the accepted are counted
    each : by model, shape (clients, columns): what is averaged over the drawn clients

    Raises
    ------
    TrainingError
        When there are too few clients of an outcome, or a score is not finite.
    """
    clients, bads = len(target), int((target == 1).sum())
    if min(bads, clients - bads) < FEWEST:
        raise TrainingError(
            f"An interval needs at least {FEWEST} clients of each outcome; got {bads} defaults and {clients - bads} "
            "payers. Evaluate on more clients."
        )
    generator = np.random.default_rng([seed, 5])
    keepers = {
        name: _Keeper.make(target, score, thresholds[name], (each or {}).get(name), costs, resamples)
        for name, score in scores.items()
    }
    defaulted = (target == 1).astype(np.float64)
    drawn_bads = np.empty(1 + resamples)
    with one_thread():
        for row in range(1 + resamples):
            drawn = None if row == 0 else generator.integers(0, clients, clients, dtype=np.int32)
            weights = np.ones(clients) if drawn is None else np.bincount(drawn, minlength=clients).astype(np.float64)
            drawn_bads[row] = weights @ defaulted
            for keeper in keepers.values():
                keeper.keep(row, drawn, weights)
    return Bootstrap({name: keeper.draws() for name, keeper in keepers.items()}, drawn_bads, clients - drawn_bads)


@dataclass(frozen=True)
class _Keeper:
    """Fills one model's draws, row by row."""

    exact: Floats
    """Figures of order of the clients themselves."""
    ranked: Ranked
    thresholds: Floats
    accepted: NDArray[np.int64]
    values: Floats
    costs: CostMatrix
    own: Floats
    """Cost per client on the clients themselves of accepting 0, 1, … groups."""
    figures: Floats
    bad: Floats
    good: Floats
    cheapest: Floats
    chosen: Floats
    means: Floats

    @classmethod
    def make(
        cls,
        target: NDArray[np.integer],
        log_odds: Floats,
        thresholds: Floats,
        each: Floats | None,
        costs: CostMatrix,
        resamples: int,
    ) -> "_Keeper":
        rows = 1 + resamples
        whole = rank(target, log_odds)
        good, bad = whole.counts()
        exact = rank_figures(good, bad, np.cumsum(good), np.cumsum(bad))
        ranked = whole.coarser(GROUPS, thresholds)
        good, bad = ranked.counts()
        losses = client_losses(target, log_odds)
        values = losses if each is None else np.column_stack([losses, each])
        return cls(
            exact,
            ranked,
            thresholds,
            ranked.accepted(thresholds),
            values,
            costs,
            _costs(np.cumsum(good), np.cumsum(bad), costs),
            np.empty((rows, len(RANK_FIGURES))),
            np.empty((rows, len(thresholds))),
            np.empty((rows, len(thresholds))),
            np.empty(rows),
            np.empty(rows),
            np.empty((rows, values.shape[1])),
        )

    def keep(self, row: int, drawn: NDArray[np.int32] | None, weights: Floats) -> None:
        good, bad = self.ranked.counts(drawn)
        good_to, bad_to = np.cumsum(good), np.cumsum(bad)
        self.figures[row] = self.exact if drawn is None else rank_figures(good, bad, good_to, bad_to)
        self.good[row] = np.where(self.accepted > 0, good_to[self.accepted - 1], 0.0)
        self.bad[row] = np.where(self.accepted > 0, bad_to[self.accepted - 1], 0.0)
        curve = _costs(good_to, bad_to, self.costs)
        best = int(np.argmin(curve))
        self.cheapest[row], self.chosen[row] = curve[best], self.own[best]
        self.means[row] = weights @ self.values / len(weights)

    def draws(self) -> Draws:
        figures = np.column_stack([self.figures, self.means[:, : len(MEANS)]])
        named = {name: figures[:, place] for place, name in enumerate(FIGURES)}
        means = self.means[:, len(MEANS) :]
        return Draws(named, self.thresholds, self.bad, self.good, self.cheapest, self.chosen, means)


def client_losses(target: NDArray[np.integer], log_odds: Floats) -> Floats:
    """Brier's loss, the logarithmic loss and the probability of each client, shape (clients, 3)."""
    pd = pd_of_many(log_odds)
    logarithmic = np.logaddexp(0.0, np.where(target == 1, -log_odds, log_odds))
    return np.column_stack([(pd - target) ** 2, logarithmic, pd])


def _costs(good_to: Floats, bad_to: Floats, costs: CostMatrix) -> Floats:
    """Cost per client of accepting 0, 1, … groups, shape (groups + 1,)."""
    total = costs.fn * bad_to + costs.fp * (good_to[-1] - good_to)
    return np.concatenate([[costs.fp * good_to[-1]], total]) / (good_to[-1] + bad_to[-1])
