"""Calibration: the linear change of log-odds that makes probabilities what they say.

Source: Platt, *Probabilistic outputs for support vector machines* (1999), applied to log-odds; it keeps an additive
model additive.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.additive_model import Calibration
from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Z_99, Interval, decile_edges, normal_interval, wilson
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


# Does a probability mean what it says: reliability by deciles, slope, intercept, expected calibration error.


FEWEST_FOR_VERDICT = 200
FEWEST_FOR_A_LINE = 10
"""Clients of either outcome below which a slope says nothing."""
SLOPE_WITHIN, GAP_WITHIN = 0.1, 0.003
"""The slope may be 0.9 to 1.1, the mean 0.3 points off, or each within 2.6 standard errors where those are wider."""
SIMULATIONS = 200


def calibration_of(target: NDArray[np.integer], log_odds: Floats, *, seed: int) -> dict[str, Any]:
    """Everything on the calibration of these clients, reliability curve included.

    Parameters
    ----------
    target : shape (clients,), both outcomes present
    log_odds : shape (clients,)
    """
    pd = pd_of_many(log_odds)
    bins = _deciles(pd)
    clients = np.bincount(bins).astype(np.float64)
    events = np.bincount(bins, weights=target == 1)
    expected = np.bincount(bins, weights=pd) / clients
    observed = [wilson(e, n) for e, n in zip(events, clients, strict=True)]
    return {
        **summary_of(target, log_odds),
        "ece": float(np.abs(events / clients - expected) @ clients / len(pd)),
        "ece_by_chance": _by_chance(pd, bins, expected, clients, seed),
        "reliability": {
            "mean_pd": expected.tolist(),
            "observed": [one.value for one in observed],
            "observed_low": [one.low for one in observed],
            "observed_high": [one.high for one in observed],
            "clients": [int(n) for n in clients],
        },
    }


def summary_of(target: NDArray[np.integer], log_odds: Floats) -> dict[str, Any]:
    """Sizes, rates, slope and intercept, and whether they are within the bounds (None: too few for a verdict)."""
    pd, clients = pd_of_many(log_odds), len(target)
    bad = int((target == 1).sum())
    gap_error = float(np.sqrt((pd * (1.0 - pd)).mean() / clients))
    gap = normal_interval(float(pd.mean()) - bad / clients, gap_error)
    line = calibration_interval(target, log_odds) if min(bad, clients - bad) >= FEWEST_FOR_A_LINE else None
    verdict: bool | None = None
    if clients >= FEWEST_FOR_VERDICT and line is not None:
        slope, _, slope_error = line
        verdict = bool(
            abs(slope.value - 1.0) <= max(SLOPE_WITHIN, Z_99 * slope_error)
            and abs(gap.value) <= max(GAP_WITHIN, Z_99 * gap_error)
        )
    return {
        "clients": clients,
        "defaulters": bad,
        "observed": wilson(bad, clients).as_dict(),
        "mean_pd": float(pd.mean()),
        "mean_pd_gap": gap.as_dict(),
        "calibration_slope": line[0].as_dict() if line else None,
        "calibration_intercept": line[1].as_dict() if line else None,
        "within_bounds": verdict,
    }


def calibration_interval(target: NDArray[np.integer], log_odds: Floats) -> tuple[Interval, Interval, float] | None:
    """(slope, intercept, standard error of the slope); None where the scores are constant or separate the outcomes."""
    good, bad = log_odds[target != 1], log_odds[target == 1]
    if good.max() <= bad.min() or bad.max() <= good.min():
        return None
    slope, intercept = calibration_line(target, log_odds)
    probability = pd_of_many(slope * log_odds + intercept)
    weight = probability * (1.0 - probability)
    design = np.column_stack([np.ones(len(log_odds)), log_odds])
    information = (design * weight[:, None]).T @ design
    if np.linalg.cond(information) > 1e12:
        return None
    intercept_error, slope_error = np.sqrt(np.diag(np.linalg.inv(information)))
    return (
        normal_interval(slope, float(slope_error)),
        normal_interval(intercept, float(intercept_error)),
        float(slope_error),
    )


def _deciles(pd: Floats) -> NDArray[np.int64]:
    """The decile of each client; ties stay together, so a few values make fewer bins."""
    bins = np.searchsorted(decile_edges(pd), pd, side="left")
    return np.unique(bins, return_inverse=True)[1].astype(np.int64)


def _by_chance(pd: Floats, bins: NDArray[np.int64], expected: Floats, clients: Floats, seed: int) -> float:
    """The expected calibration error that true probabilities exceed in 5% of samples, by simulated outcomes."""
    generator = np.random.default_rng([seed, 6])
    errors = np.empty(SIMULATIONS)
    for row in range(SIMULATIONS):
        events = np.bincount(bins, weights=generator.random(len(pd), dtype=np.float32) < pd)
        errors[row] = np.abs(events / clients - expected) @ clients / len(pd)
    return float(np.quantile(errors, 0.95))
