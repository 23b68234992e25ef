"""The arms of the resampling study, and what is added to the log-odds to undo the change of the base rate."""

import math
from enum import StrEnum

from scoring.errors import TrainingError


class Arm(StrEnum):
    """What is done to the imbalance of the clients of a fit."""

    NONE = "none"
    WEIGHTS = "weights"
    UNDER = "undersampling"
    SMOTENC = "smotenc"


ARMS = tuple(Arm)


def prior_shift(prior: float, resampled: float) -> float:
    """What to add to log-odds learnt at the share `resampled` of positives, for clients of the share `prior`.

    Source: Elkan, *The Foundations of Cost-Sensitive Learning* (2001), theorem 2; King and Zeng, *Logistic Regression
    in Rare Events Data* (2001), prior correction.

    Raises
    ------
    TrainingError
        When a share is not inside (0, 1).

    >>> round(prior_shift(0.1, 0.5), 6) == round(math.log(1 / 9), 6)
    True
    >>> prior_shift(0.08, 0.08)
    0.0
    """
    for name, share in (("prior", prior), ("resampled", resampled)):
        if not 0.0 < share < 1.0:
            raise TrainingError(
                f"The {name} share of clients with difficulties must be above 0 and below 1; got {share:g}. "
                "Train on clients of both outcomes."
            )
    return math.log(prior / (1.0 - prior)) - math.log(resampled / (1.0 - resampled))
