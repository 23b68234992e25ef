"""What a synthetic client is like: four traits, the scores of the application's columns, and a month-by-month
stress.

The traits are standard normal: discipline, affluence and stability (higher is safer), appetite for credit
(higher is riskier). Scores of the columns are ``loadings @ traits + residual`` with the residual's covariance
chosen so that the whole has the rank correlations of the real main table (`calibrate`). The stress of a month
drives every event of that month, here and elsewhere: late instalments, days past due, overdue credits,
refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from training.portfolio.columns import Bools, Floats
from training.portfolio.marginals import calibration, probability, score

MONTHS = 97
"""Months of balances: 0, the month of the application, back to -96."""
BUREAU_NONE_SHARE = 0.139
PERSISTENCE = 0.93
"""Correlation of the stress of one month with the next."""

# Loadings on (discipline, affluence, stability, appetite). A column's score rises with its value, or with the
# default rate of its level; DAYS_* rise towards the application day.
LOADINGS: Mapping[str, tuple[float, float, float, float]] = {
    "EXT_SOURCE_1": (0.25, 0.05, 0.20, 0.00),
    "EXT_SOURCE_2": (0.30, 0.15, 0.00, -0.05),
    "EXT_SOURCE_3": (0.25, 0.00, 0.05, -0.35),
    "DAYS_BIRTH": (0.00, 0.00, -0.45, 0.00),
    "DAYS_EMPLOYED": (-0.10, 0.00, -0.50, 0.00),
    "DAYS_REGISTRATION": (0.00, 0.00, -0.30, 0.00),
    "DAYS_ID_PUBLISH": (0.00, 0.00, -0.30, 0.00),
    "DAYS_LAST_PHONE_CHANGE": (-0.10, 0.00, -0.30, 0.10),
    "AMT_INCOME_TOTAL": (0.00, 0.60, 0.00, 0.00),
    "AMT_GOODS_PRICE": (0.10, 0.45, 0.00, 0.00),
    "CREDIT_PER_GOODS": (-0.15, -0.10, 0.00, 0.20),
    "REGION_RATING_CLIENT": (0.00, -0.40, 0.00, 0.00),
    "REGION_POPULATION_RELATIVE": (0.00, 0.30, 0.00, 0.00),
    "OWN_CAR_AGE": (0.00, -0.30, 0.00, 0.00),
    "NAME_EDUCATION_TYPE": (-0.10, -0.40, 0.00, 0.00),
    "NAME_INCOME_TYPE": (0.00, -0.10, -0.30, 0.00),
    "OCCUPATION_TYPE": (-0.10, -0.30, -0.10, 0.00),
    "AMT_REQ_CREDIT_BUREAU_YEAR": (0.00, 0.00, 0.00, 0.50),
    "AMT_REQ_CREDIT_BUREAU_QRT": (0.00, 0.00, 0.00, 0.20),
    "DEF_30_CNT_SOCIAL_CIRCLE": (-0.20, 0.00, 0.00, 0.00),
    "FLOORSMAX_AVG": (0.00, 0.20, 0.00, 0.00),
    "TOTALAREA_MODE": (0.00, 0.15, 0.00, 0.00),
}


@dataclass(frozen=True)
class Clients:
    """The latent side of a block of clients; nothing of it is ever written.

    Parameters
    ----------
    discipline, affluence, stability, appetite
        Traits, each standard normal, shape (clients,).
    scores
        Standard normal score of each column of the correlation table, by name, shape (clients,).
    stress
        Shape (clients, 97): month 0 first, then back in time; standard normal over clients at each month.
    known_elsewhere
        Whether a credit bureau knows the client.
    """

    discipline: Floats
    affluence: Floats
    stability: Floats
    appetite: Floats
    scores: Mapping[str, Floats]
    stress: Floats
    known_elsewhere: Bools

    def __len__(self) -> int:
        return len(self.discipline)

    def u(self, name: str) -> Floats:
        """Return the probability of a column's score."""
        return probability(self.scores[name])


@cache
def _structure() -> tuple[tuple[str, ...], Floats, Floats]:
    """Return the columns, their loadings (columns, 4) and a factor of the residual's covariance."""
    table = calibration()["application"]["correlation"]
    names = tuple(table["columns"])
    wanted = np.asarray(table["matrix"], dtype=np.float64)
    loadings = np.asarray([LOADINGS.get(name, (0.0, 0.0, 0.0, 0.0)) for name in names])
    residual = wanted - loadings @ loadings.T
    values, vectors = np.linalg.eigh(residual)
    residual = (vectors * np.maximum(values, 1e-4)) @ vectors.T
    # Cutting negative eigenvalues raised the diagonal: scale it back, so that scores are standard normal.
    scale = np.sqrt((1.0 - np.sum(loadings**2, axis=1)) / np.diag(residual))
    factor = np.linalg.cholesky(residual * scale[:, None] * scale[None, :])
    # Rounded, so that another machine's linear algebra gives the same portfolio.
    return names, loadings, np.round(factor, 8)


def draw_clients(rng: np.random.Generator, size: int) -> Clients:
    """Draw the latent side of `size` clients."""
    names, loadings, factor = _structure()
    traits = rng.standard_normal((size, 4))
    scores = np.round(traits @ loadings.T + rng.standard_normal((size, len(names))) @ factor.T, 10)
    discipline, affluence, stability, appetite = traits.T.copy()
    # Appetite without the discipline and means to carry it is what makes a month bad.
    level = -0.50 * discipline - 0.18 * affluence - 0.18 * stability + 0.22 * appetite
    stress = np.empty((size, MONTHS))
    state = rng.standard_normal(size)
    shock = np.sqrt(1.0 - PERSISTENCE**2)
    spread = np.sqrt(1.0 - 0.50**2 - 0.18**2 - 0.18**2 - 0.22**2)
    for month in range(MONTHS - 1, -1, -1):
        state = PERSISTENCE * state + shock * rng.standard_normal(size)
        stress[:, month] = level + spread * state
    by_name = {name: scores[:, i] for i, name in enumerate(names)}
    return Clients(
        discipline=discipline,
        affluence=affluence,
        stability=stability,
        appetite=appetite,
        scores=by_name,
        stress=stress,
        known_elsewhere=by_name["BUREAU_NONE"] < score(1.0 - BUREAU_NONE_SHARE),
    )
