"""Calibration: the linear change of log-odds that makes probabilities what they say.

Source: Platt, *Probabilistic outputs for support vector machines* (1999), applied to log-odds; it keeps an additive
model additive.
"""

import math

import numpy as np
from numpy.typing import NDArray

from scoring.model.additive_model import Calibration
from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from training.models.logistic import fit_logistic

RIDGE = 1e-4
"""Settles the fit where the scores separate the outcomes; otherwise it changes no figure in its first six digits."""
SMALLEST_SLOPE = 0.01
"""A model that orders clients no better than chance is flattened to almost the average, never turned round."""


def fit_calibration(target: NDArray[np.integer], log_odds: Floats) -> Calibration:
    """The slope and intercept of largest likelihood on held-out clients.

    Parameters
    ----------
    target : shape (clients,), both outcomes present
    log_odds : shape (clients,), out of fold
    """
    slope, intercept = calibration_line(target, log_odds)
    if slope >= SMALLEST_SLOPE:
        return Calibration(slope=slope, intercept=intercept)
    return Calibration(slope=SMALLEST_SLOPE, intercept=_shift(SMALLEST_SLOPE * log_odds, float(target.mean())))


def calibration_line(target: NDArray[np.integer], log_odds: Floats) -> tuple[float, float]:
    """Slope and intercept of the outcome's logistic regression on the log-odds; the slope of a constant score is 0."""
    centre, spread = float(log_odds.mean()), float(log_odds.std())
    if spread == 0.0:
        share = float(target.mean())
        return 0.0, math.log(share / (1.0 - share))
    fitted = fit_logistic(((log_odds - centre) / spread)[:, None], target, ridge=RIDGE)
    slope = float(fitted.coefficients[0]) / spread
    return slope, fitted.intercept - slope * centre


def apply_calibration(calibration: Calibration, log_odds: Floats) -> Floats:
    """Calibrated log-odds."""
    return calibration.slope * log_odds + calibration.intercept


def _shift(log_odds: Floats, share: float) -> float:
    """What to add for the mean probability to be `share`, by bisection."""
    low, high = -60.0, 60.0
    for _ in range(100):
        middle = (low + high) / 2.0
        if float(pd_of_many(log_odds + middle).mean()) > share:
            high = middle
        else:
            low = middle
    return math.fsum((low, high)) / 2.0
