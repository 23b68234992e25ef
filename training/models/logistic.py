"""Logistic regression by Newton's method, for the many small fits of selection, bootstrap and calibration.

Source: McCullagh and Nelder, *Generalized Linear Models* (1989), §4.4, iteratively reweighted least squares.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats

ROUNDS = 100
PLAIN = 12
"""Rounds of plain Newton steps, which settle unless the data are nearly separated; later ones may not lose ground."""


@dataclass(frozen=True)
class Logistic:
    """Log-odds = intercept + columns @ coefficients."""

    intercept: float
    coefficients: Floats


def fit_logistic(
    columns: Floats, target: NDArray[np.integer], *, ridge: float = 1.0, weights: Floats | None = None
) -> Logistic:
    """Fit with the penalty ``ridge/2 · |coefficients|²``, the intercept free: scikit-learn's ``C = 1/ridge``.

    Parameters
    ----------
    columns : shape (clients, variables)
    target : shape (clients,), 0 or 1
    weights : shape (clients,), how many times each client counts

    Raises
    ------
    TrainingError
        When the iterations do not settle (separated data without a penalty).
    """
    design = np.column_stack([np.ones(len(columns)), columns])
    penalty = np.append(0.0, np.full(columns.shape[1], ridge))
    count = np.ones(len(columns)) if weights is None else weights
    beta = np.zeros(design.shape[1])
    beta[0] = _log_odds(float((count * target).sum() / count.sum()))
    for round_ in range(ROUNDS):
        probability = 1.0 / (1.0 + np.exp(-design @ beta))
        gradient = design.T @ (count * (target - probability)) - penalty * beta
        curvature = (design * (count * probability * (1.0 - probability))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        largest = float(np.abs(step).max())
        step *= min(1.0, 5.0 / max(largest, 1e-300))
        if round_ >= PLAIN:
            step = _no_worse(design, target, count, penalty, beta, step)
            largest = float(np.abs(step).max())
        beta = beta + step
        if largest < 1e-10 * max(1.0, float(np.abs(beta).max())):
            return Logistic(float(beta[0]), beta[1:])
    raise TrainingError(
        f"A logistic regression must settle; got steps of {largest:.2g} after {ROUNDS} rounds. "
        "A variable separates the outcomes: look for a leak of the target."
    )


def score_statistics(
    columns: Floats, target: NDArray[np.integer], model: Logistic, chosen: Floats
) -> tuple[Floats, Floats]:
    """Rao's score test of adding each column to a fitted model: (chi-square of 1 degree of freedom, sign of effect).

    Parameters
    ----------
    columns : shape (clients, candidates)
    chosen : shape (clients, variables), what `model` was fitted on

    Source: Rao, *Large sample tests of statistical hypotheses* (1948).
    """
    design = np.column_stack([np.ones(len(chosen)), chosen])
    probability = 1.0 / (1.0 + np.exp(-(model.intercept + chosen @ model.coefficients)))
    weights = probability * (1.0 - probability)
    slopes = columns.T @ (target - probability)
    cross = (design * weights[:, None]).T @ columns
    information = (design * weights[:, None]).T @ design
    explained = (cross * np.linalg.solve(information, cross)).sum(axis=0)
    variance = (columns**2 * weights[:, None]).sum(axis=0) - explained
    known = variance > 1e-8
    return np.where(known, slopes**2 / np.where(known, variance, 1.0), 0.0), np.sign(slopes)


def _no_worse(
    design: Floats, target: NDArray[np.integer], count: Floats, penalty: Floats, beta: Floats, step: Floats
) -> Floats:
    """The step, halved until it does not lose likelihood."""

    def likelihood(at: Floats) -> float:
        log_odds = design @ at
        return float(count @ (target * log_odds - np.logaddexp(0.0, log_odds)) - 0.5 * penalty @ at**2)

    before = likelihood(beta)
    for _ in range(50):
        if likelihood(beta + step) >= before:
            break
        step = step / 2.0
    return step


def _log_odds(share: float) -> float:
    return float(np.log(share / (1.0 - share)))
