"""The optima of every criterion in one table with intervals, and the same on clients who did not choose them.

The rule: the intervals take the thresholds as given, and resample only the clients who pay for them.
"""

from collections.abc import Mapping
from typing import Any

from scoring.model.costs import BETA, CRITERIA, CostMatrix, Criterion, Sweep, chosen_by, operating_point
from training.evaluation.bootstrap import Bootstrap, interval
from training.evaluation.comparison import scaled


def chosen_thresholds(points: Sweep, costs: CostMatrix) -> dict[Criterion, float]:
    """The threshold that each criterion prefers."""
    return {name: chosen_by(points, name, costs, BETA) for name in CRITERIA}


def optima_table(
    boot: Bootstrap, model: str, points: Sweep, chosen: Mapping[Criterion, float], costs: CostMatrix
) -> dict[str, Any]:
    """What each criterion's threshold does on these clients, and costs more than the business optimum among them.

    Parameters
    ----------
    points : the model's unweighted sweep of the bootstrap's clients
    chosen : thresholds by criterion, chosen on these clients or on others; all are listed in the bootstrap
    """
    cheapest = points.cost(chosen["business"], costs)
    best = boot.cost(model, chosen["business"], costs)
    table = {}
    for name, threshold in chosen.items():
        point = operating_point(points, threshold, costs, cheapest=cheapest)
        excess = interval(boot.cost(model, threshold, costs) - best)
        table[str(name)] = {
            "threshold": point.threshold,
            "declined": point.declined,
            "default_rate_accepted": point.default_rate_accepted,
            "cost": point.cost,
            "excess": excess.as_dict(),
            "excess_per_10000": scaled(excess).as_dict(),
        }
    return table
