"""The bank's costs of a wrong decision, and the threshold that follows from them.

A false negative (an accepted client who defaults) costs ``fn``, a false positive (a declined client who would have
paid) costs ``fp``. Declining is right where its expected cost is lower: ``fp · (1 − pd) < fn · pd``, so above
``pd = fp / (fp + fn)`` (Elkan, *The Foundations of Cost-Sensitive Learning*, 2001, theorem 1).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats


@dataclass(frozen=True)
class CostMatrix:
    """Costs of the two wrong decisions, in any common unit; right decisions cost nothing."""

    fn: float = 10.0
    fp: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (("fn", self.fn), ("fp", self.fp)):
            if not (math.isfinite(value) and value > 0.0):
                raise ValueError(f"the cost {name} must be finite and above 0; got {name}={value!r}")

    @property
    def threshold(self) -> float:
        """The probability of default above which declining is cheaper, for a calibrated probability.

        >>> CostMatrix(fn=10, fp=1).threshold == 1 / 11
        True
        """
        return self.fp / (self.fp + self.fn)

    def of_each(self, target: NDArray[np.integer], declined: NDArray[np.bool_]) -> Floats:
        """Cost of each client, shape (clients,), given who defaulted (1) and who was declined."""
        bad = target == 1
        return np.where(declined, np.where(bad, 0.0, self.fp), np.where(bad, self.fn, 0.0))

    def per_client(self, target: NDArray[np.integer], declined: NDArray[np.bool_]) -> float:
        """Expected cost per client: (fn · accepted defaulters + fp · declined payers) / clients.

        >>> CostMatrix().per_client(np.array([1, 0, 0, 1]), np.array([True, True, False, False]))
        2.75
        """
        return float(self.of_each(target, declined).mean())


# What happens at every threshold at once: who is accepted, and what that costs under any cost matrix.


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
        kept = [0]
        while True:
            following = int(np.searchsorted(accepted, accepted[kept[-1]] + step - 1e-9))
            if following >= last:
                break
            kept.append(following)
        if len(kept) > 1 and accepted[last] - accepted[kept[-1]] < step - 1e-9:
            kept.pop()
        return np.array([*kept, last], dtype=np.int64)

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


# The cost of a default told in refusals, varied: how far a conclusion depends on the ratio FN:FP.


RATIOS: tuple[float, ...] = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50)
"""Costs of an accepted default in units of the cost of a declined payer."""


@dataclass(frozen=True)
class RatioPoint:
    """What a model costs at one ratio, at the threshold 1 / (1 + ratio).

    Attributes
    ----------
    cost : per client, in units of the cost of a refusal
    cost_share : of the cost of the better of "accept all" and "decline all": 1 is worth nothing, 0 is perfect
    best_threshold : the cheapest threshold on these clients
    """

    ratio: float
    threshold: float
    cost: float
    cost_share: float
    best_threshold: float


def without_model(bad: Floats, good: Floats, costs: CostMatrix) -> Floats:
    """Total cost of the better of "accept all" and "decline all", for counts of defaulters and payers."""
    return np.minimum(costs.fn * bad, costs.fp * good)


def over_ratios(points: Sweep, ratios: tuple[float, ...] = RATIOS) -> tuple[RatioPoint, ...]:
    """What a model costs at each ratio; the sweep is unweighted."""
    nothing = np.array([points.bad]), np.array([points.good])
    answer = []
    for ratio in ratios:
        costs = CostMatrix(fn=ratio, fp=1.0)
        cost = points.cost(costs.threshold, costs)
        base = float(without_model(*nothing, costs)[0]) / points.clients
        if base == 0.0:
            raise ValueError(f"both outcomes must be present; got {points.bad:g} defaults of {points.clients} clients")
        answer.append(RatioPoint(ratio, costs.threshold, cost, cost / base, points.curve(costs).optimum[0]))
    return tuple(answer)
