"""What happens at every threshold at once: who is accepted, and what that costs under any cost matrix.

The rule: a sweep holds counts (or sums of money) and no cost, so that one sweep answers every cost matrix. It may be
thinned to a few points and carried as JSON; at the points that are left it stays exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.model.costs.matrix import CostMatrix


@dataclass(frozen=True)
class CostCurve:
    """Cost per client at each threshold: decline where ``pd > thresholds[i]``."""

    thresholds: Floats
    costs: Floats

    @property
    def optimum(self) -> tuple[float, float]:
        """(threshold, cost per client) where the curve is lowest; the lowest threshold on a tie."""
        best = int(np.argmin(self.costs))
        return float(self.thresholds[best]), float(self.costs[best])


@dataclass(frozen=True)
class Sweep:
    """The accepted at each threshold, from "decline everyone" (a threshold of 0) to "accept everyone".

    Attributes
    ----------
    thresholds : shape (points,), increasing; a client is declined where ``pd > thresholds[i]``
    accepted_bad, accepted_good : shape (points,), accepted clients who defaulted and who paid; where each client was
        given a weight, the sum of their weights
    bad, good : the same over all clients
    clients : number of clients
    """

    thresholds: Floats
    accepted_bad: Floats
    accepted_good: Floats
    bad: float
    good: float
    clients: int

    def curve(self, costs: CostMatrix) -> CostCurve:
        """Cost per client at each threshold."""
        total = costs.fn * self.accepted_bad + costs.fp * (self.good - self.accepted_good)
        return CostCurve(self.thresholds, total / self.clients)

    def at(self, threshold: float) -> int:
        """The point that decides as `threshold` does: the largest threshold of the sweep not above it.

        Exact on a whole sweep, the nearest point below on a thinned one.
        """
        if not threshold >= self.thresholds[0]:
            raise ValueError(
                f"a threshold must be at least {self.thresholds[0]:g}; got threshold={threshold!r}. Give a probability"
            )
        return int(np.searchsorted(self.thresholds, threshold, side="right")) - 1

    def cost(self, threshold: float, costs: CostMatrix) -> float:
        """Cost per client of declining where ``pd > threshold``."""
        at = self.at(threshold)
        wrong = costs.fn * self.accepted_bad[at] + costs.fp * (self.good - self.accepted_good[at])
        return float(wrong / self.clients)

    def points(self, most: int, fewest: int = 1) -> NDArray[np.int64]:
        """Positions of at most `most` points, both ends among them, evenly spread over the clients.

        Parameters
        ----------
        fewest : clients between two points, so that a published curve shows nobody (unweighted sweeps only)
        """
        if most < 2:
            raise ValueError(f"a thinned sweep must keep at least 2 points; got most={most}")
        accepted, last = self.accepted_bad + self.accepted_good, len(self.thresholds) - 1
        step = max(float(fewest), accepted[-1] / (most - 1))
        retained = [0]
        while True:
            following = int(np.searchsorted(accepted, accepted[retained[-1]] + step - 1e-9))
            if following >= last:
                break
            retained.append(following)
        if len(retained) > 1 and accepted[last] - accepted[retained[-1]] < step - 1e-9:
            retained.pop()
        return np.array([*retained, last], dtype=np.int64)

    def take(self, points: NDArray[np.int64]) -> "Sweep":
        """The sweep at some of its points, in increasing order."""
        return Sweep(
            self.thresholds[points],
            self.accepted_bad[points],
            self.accepted_good[points],
            self.bad,
            self.good,
            self.clients,
        )

    def as_dict(self) -> dict[str, Any]:
        """The sweep in plain numbers, for JSON; `read_sweep` undoes it."""
        return {
            "threshold": self.thresholds.tolist(),
            "accepted_bad": self.accepted_bad.tolist(),
            "accepted_good": self.accepted_good.tolist(),
            "bad": self.bad,
            "good": self.good,
            "clients": self.clients,
        }


def read_sweep(document: Mapping[str, Any]) -> Sweep:
    """A sweep from what `Sweep.as_dict` wrote.

    Raises
    ------
    ValueError
        When the three lists differ in length, are empty, or the thresholds decrease.
    """
    lists: list[Sequence[float]] = [document[name] for name in ("threshold", "accepted_bad", "accepted_good")]
    thresholds, bad, good = (np.asarray(values, dtype=np.float64) for values in lists)
    if not len(thresholds) == len(bad) == len(good) > 0 or (np.diff(thresholds) < 0.0).any():
        raise ValueError(
            "a sweep must hold increasing thresholds with as many counts; "
            f"got {len(thresholds)} thresholds, {len(bad)} and {len(good)} counts. Make the evaluation again"
        )
    return Sweep(thresholds, bad, good, float(document["bad"]), float(document["good"]), int(document["clients"]))


def sweep(target: NDArray[np.integer], pd: Floats, weights: Floats | None = None) -> Sweep:
    """The sweep over the distinct probabilities and "decline everyone" (a threshold of 0).

    Parameters
    ----------
    target : shape (clients,), 1 for a default
    pd : shape (clients,), probabilities of default
    weights : shape (clients,), how much each client counts (the money at stake); 1 each where not given

    Raises
    ------
    ValueError
        When there is no client, the lengths differ, or a probability is missing or outside 0 to 1.
    """
    if not len(target) == len(pd) > 0 or (weights is not None and len(weights) != len(pd)):
        raise ValueError(f"a sweep must have one probability an outcome; got {len(target)} outcomes and {len(pd)}")
    if not ((pd >= 0.0) & (pd <= 1.0)).all():
        wrong = pd[~((pd >= 0.0) & (pd <= 1.0))]
        raise ValueError(f"a probability must be in 0 to 1; got pd={wrong[0]!r}, {len(wrong)} such. Check the scores")
    order = np.argsort(pd, kind="stable")
    sorted_pd, bad = pd[order], (target[order] == 1).astype(np.float64)
    weight = np.ones(len(pd)) if weights is None else weights[order]
    last = np.append(np.flatnonzero(np.diff(sorted_pd)), len(pd) - 1)  # accept up to here: pd <= threshold
    accepted_bad, accepted_good = np.cumsum(weight * bad)[last], np.cumsum(weight * (1.0 - bad))[last]
    return Sweep(
        thresholds=np.concatenate([[0.0], sorted_pd[last]]),
        accepted_bad=np.concatenate([[0.0], accepted_bad]),
        accepted_good=np.concatenate([[0.0], accepted_good]),
        bad=float(accepted_bad[-1]),
        good=float(accepted_good[-1]),
        clients=len(pd),
    )


def cost_curve(target: NDArray[np.integer], pd: Floats, costs: CostMatrix) -> CostCurve:
    """The cost curve over the distinct probabilities and "decline everyone" (a threshold of 0).

    Parameters
    ----------
    target : shape (clients,), 1 for a default
    pd : shape (clients,), probabilities of default
    """
    return sweep(target, pd).curve(costs)
