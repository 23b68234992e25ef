"""What sending clients to a person costs and is worth, in the units of the cost matrix.

The rule: nothing is known of how well a person decides, so nothing is assumed of it: it is said from which share of
right decisions on a review pays, and how often one who knew the outcome would save more than the review costs, which
nobody can beat. With ``a`` right decisions of 1, a review costs ``review_cost + (1 − a) · W``, where W is the mean cost
of deciding wrongly on these clients; the model's own decisions on them cost M. It pays from ``a = 1 − (M − review_cost)
/ W`` on.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.costs import CostMatrix
from scoring.model.disclosure import FEWEST_SHOWN
from scoring.model.statistics import normal_interval, wilson

PER = 10_000
ACCURACIES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of right decisions at which the saving is shown."""


def review_worth(
    target: NDArray[np.integer],
    declined: NDArray[np.bool_],
    reviewed: NDArray[np.bool_],
    costs: CostMatrix,
    review_cost: float,
) -> dict[str, Any]:
    """Figures of the clients who go to review.

    Parameters
    ----------
    declined : shape (clients,), what the model would decide without the band
    reviewed : shape (clients,), who goes to a person
    review_cost : of one review
    """
    clients = int(reviewed.sum())
    wording: dict[str, Any] = {
        "review_cost": review_cost,
        "reviewed": clients,
        "reviewed_share": wilson(clients, len(target)).as_dict(),
    }
    if clients < FEWEST_SHOWN:
        return wording
    own = costs.of_each(target[reviewed], declined[reviewed])
    wrong = costs.of_each(target[reviewed], ~declined[reviewed]) + own  # one of the two is 0
    pays_from = 1.0 - (float(own.mean()) - review_cost) / float(wrong.mean())
    return {
        **wording,
        "default_rate": wilson(int((target[reviewed] == 1).sum()), clients).as_dict(),
        "declined_of_reviewed": float(declined[reviewed].mean()),
        "model_cost_reviewed": normal_interval(float(own.mean()), float(own.std(ddof=1) / np.sqrt(clients))).as_dict(),
        "pays_knowing": wilson(int((own > review_cost).sum()), clients).as_dict(),
        "pays_from": pays_from if pays_from <= 1.0 else None,
        "saving_by_accuracy": {
            "accuracy": list(ACCURACIES),
            "saving_per_10000": [
                PER * clients / len(target) * (float(own.mean()) - review_cost - (1.0 - a) * float(wrong.mean()))
                for a in ACCURACIES
            ],
        },
    }
