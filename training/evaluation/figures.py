"""The figures of a model on clients with known outcomes.

Units: cost per client in units of the cost matrix (lower is better); AUC, Gini, KS and average precision in 0 to 1
(higher is better); Brier and log-loss lower is better; the calibration's slope is 1 and intercept 0 at best.
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix, cost_curve
from scoring.model.scale import pd_of_many
from training.evaluation.calibration import calibration_line


def figures(target: NDArray[np.integer], log_odds: Floats, costs: CostMatrix) -> dict[str, float]:
    """Every figure of one set of scores.

    Parameters
    ----------
    target : shape (clients,), both outcomes present
    log_odds : shape (clients,), calibrated

    Returns
    -------
    dict
        ``cost`` is at the served threshold fp/(fp+fn); ``cost_best`` at the best threshold for these very clients, so
        it is optimistic; ``cost_accept_all`` and ``cost_decline_all`` are what a model has to beat.
    """
    pd = pd_of_many(log_odds)
    declined = pd > costs.threshold
    threshold_best, cost_best = cost_curve(target, pd, costs).optimum
    false_positive, true_positive, _ = roc_curve(target, log_odds)
    auc = float(roc_auc_score(target, log_odds))
    slope, intercept = calibration_line(target, log_odds)
    share = float(target.mean())
    return {
        "clients": len(target),
        "observed": share,
        "mean_pd": float(pd.mean()),
        "auc": auc,
        "gini": 2.0 * auc - 1.0,
        "ks": float((true_positive - false_positive).max()),
        "average_precision": float(average_precision_score(target, log_odds)),
        "brier": float(((pd - target) ** 2).mean()),
        "log_loss": log_loss(target, log_odds),
        "calibration_slope": slope,
        "calibration_intercept": intercept,
        "cost": costs.per_client(target, declined),
        "cost_best": cost_best,
        "threshold_best": threshold_best,
        "cost_accept_all": costs.fn * share,
        "cost_decline_all": costs.fp * (1.0 - share),
        "declined": float(declined.mean()),
    }


def log_loss(target: NDArray[np.integer], log_odds: Floats) -> float:
    """Mean of −ln of the probability given to what happened, without overflow."""
    return float(np.logaddexp(0.0, np.where(target == 1, -log_odds, log_odds)).mean())
