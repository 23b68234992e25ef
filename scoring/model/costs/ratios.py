"""The cost of a default told in refusals, varied: how far a conclusion depends on the ratio FN:FP."""

from dataclasses import dataclass

import numpy as np

from scoring.model.arrays import Floats
from scoring.model.costs.matrix import CostMatrix
from scoring.model.costs.sweep import Sweep

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
