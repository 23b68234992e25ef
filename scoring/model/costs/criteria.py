"""Where each criterion would put the threshold, and what that costs the bank more than its own optimum.

A declined client is a predicted default: true positives are declined defaulters, false negatives accepted ones, false
positives declined payers. F-beta is ``(1 + β²) TP / ((1 + β²) TP + β² FN + FP)`` (van Rijsbergen, *Information
Retrieval*, 1979, ch. 7); Youden's index is sensitivity + specificity − 1 (Youden, *Index for rating diagnostic
tests*, 1950); KS is the largest distance between the distribution functions of defaulters and payers, so that the two
part ways only for a model that orders clients backwards.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from scoring.model.arrays import Floats
from scoring.model.costs.matrix import CostMatrix
from scoring.model.costs.sweep import Sweep

Criterion = Literal["business", "theory", "f1", "f_beta", "youden", "ks", "accuracy"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
"""``business`` is the empirical optimum of cost, ``theory`` the threshold fp / (fp + fn)."""
BETA = 2.0
"""F-beta with beta 2: a defaulter found counts four times a payer wrongly declined."""
PER = 10_000


@dataclass(frozen=True)
class OperatingPoint:
    """What a threshold does.

    Attributes
    ----------
    declined : share of clients
    default_rate_accepted : share of the accepted who defaulted; None where nobody is accepted
    cost : per client
    excess : cost per client beyond that of the cheapest threshold
    """

    threshold: float
    declined: float
    default_rate_accepted: float | None
    cost: float
    excess: float

    @property
    def excess_per_10000(self) -> float:
        """The excess of ten thousand clients."""
        return PER * self.excess


def f_beta(points: Sweep, beta: float) -> Floats:
    """F-beta at each threshold, shape (points,); 0 where nobody is declined or nobody defaulted."""
    hits, missed = points.bad - points.accepted_bad, points.accepted_bad
    false = points.good - points.accepted_good
    below = (1.0 + beta**2) * hits + beta**2 * missed + false
    return np.divide((1.0 + beta**2) * hits, below, out=np.zeros(len(hits)), where=below > 0.0)


def youden(points: Sweep) -> Floats:
    """Sensitivity + specificity − 1 at each threshold, shape (points,); both outcomes must be present."""
    _both(points)
    return points.accepted_good / points.good - points.accepted_bad / points.bad


def accuracy(points: Sweep) -> Floats:
    """Share of right decisions at each threshold, shape (points,)."""
    return (points.bad - points.accepted_bad + points.accepted_good) / (points.bad + points.good)


def chosen_by(points: Sweep, criterion: Criterion, costs: CostMatrix, beta: float = BETA) -> float:
    """The threshold that a criterion prefers; the lowest on a tie."""
    match criterion:
        case "theory":
            return costs.threshold
        case "business":
            return points.curve(costs).optimum[0]
        case "f1":
            value = f_beta(points, 1.0)
        case "f_beta":
            value = f_beta(points, beta)
        case "youden":
            value = youden(points)
        case "ks":
            value = np.abs(youden(points))
        case "accuracy":
            value = accuracy(points)
    return float(points.thresholds[int(np.argmax(value))])


def operating_point(points: Sweep, threshold: float, costs: CostMatrix, *, cheapest: float) -> OperatingPoint:
    """What a threshold does, against a `cheapest` cost per client."""
    at = points.at(threshold)
    accepted = points.accepted_bad[at] + points.accepted_good[at]
    cost = points.cost(threshold, costs)
    return OperatingPoint(
        threshold=threshold,
        declined=float(1.0 - accepted / (points.bad + points.good)),
        default_rate_accepted=float(points.accepted_bad[at] / accepted) if accepted else None,
        cost=cost,
        excess=cost - cheapest,
    )


def optima(points: Sweep, costs: CostMatrix, beta: float = BETA) -> dict[Criterion, OperatingPoint]:
    """One table: what each criterion's threshold does, and costs more than the cheapest.

    Parameters
    ----------
    points : unweighted, both outcomes present

    >>> import numpy as np
    >>> from scoring.model.costs import sweep
    >>> table = optima(sweep(np.array([0, 0, 1, 0]), np.array([0.01, 0.02, 0.05, 0.2])), CostMatrix())
    >>> table["business"].threshold, table["accuracy"].threshold, table["accuracy"].excess
    (0.02, 0.02, 0.0)
    """
    cheapest = points.curve(costs).optimum[1]
    return {
        name: operating_point(points, chosen_by(points, name, costs, beta), costs, cheapest=cheapest)
        for name in CRITERIA
    }


def _both(points: Sweep) -> None:
    if not (points.bad > 0.0 and points.good > 0.0):
        raise ValueError(
            f"both outcomes must be present; got {points.bad:g} defaults and {points.good:g} payers. Give more clients"
        )
