"""What a synthetic client is like: four traits, and a month-by-month stress.

The traits are standard normal: discipline, affluence and stability (higher is safer), appetite for credit (higher is
riskier). They are drawn given the application, so that they correlate with its columns as stated, whatever the columns'
own dependence. The stress of a month drives every event of that month, here and elsewhere: late instalments, days past
due, overdue credits, refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from scoring.model.arrays import Flags, Reals
from training.data.synthetic.marginals import application_number, calibration, normal_score, score
from training.data.synthetic.sample_dependencies import Drawn

MONTHS = 97
"""Months of balances: 0, the month of the application, back to -96."""
KNOWN_NOWHERE = (0.0066, 0.984)
"""Shares of clients without a credit elsewhere: of those with enquiries counted, of those without."""
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
    "NAME_EDUCATION_TYPE": (-0.10, -0.40, 0.00, 0.00),
    "OCCUPATION_TYPE": (-0.10, -0.30, -0.10, 0.00),
    "AMT_REQ_CREDIT_BUREAU_YEAR": (0.00, 0.00, 0.00, 0.50),
    "AMT_REQ_CREDIT_BUREAU_QRT": (0.00, 0.00, 0.00, 0.20),
    "DEF_30_CNT_SOCIAL_CIRCLE": (-0.20, 0.00, 0.00, 0.00),
}


@dataclass(frozen=True)
class Clients:
    """The latent side of a block of clients; nothing of it is ever written.

    Parameters
    ----------
    discipline, affluence, stability, appetite
        Traits, each standard normal, shape (clients,).
    stress
        Shape (clients, 97): month 0 first, then back in time; standard normal over clients at each month.
    known_elsewhere
        Whether a credit bureau knows the client.
    """

    discipline: Reals
    affluence: Reals
    stability: Reals
    appetite: Reals
    stress: Reals
    known_elsewhere: Flags

    def __len__(self) -> int:
        return len(self.discipline)


@cache
def _structure() -> tuple[tuple[str, ...], Reals, Reals]:
    """Return the columns that tell of the traits, the weights (columns, 4) of their scores, and the rest's factor.

    Traits and scores are jointly normal: scores with the real correlations C, traits uncorrelated, and L between them.
    Given the scores, the traits have the mean ``scores @ C^-1 L`` and the covariance ``I - L' C^-1 L``.
    """
    table = calibration()["application"]["correlation"]
    places = {name: i for i, name in enumerate(table["columns"])}
    names = tuple(name for name in LOADINGS if name in places)
    chosen = [places[name] for name in names]
    wanted = np.asarray(table["matrix"], dtype=np.float64)[np.ix_(chosen, chosen)]
    loadings = np.asarray([LOADINGS[name] for name in names])
    weights = np.linalg.solve(wanted, loadings)
    values, vectors = np.linalg.eigh(np.eye(4) - loadings.T @ weights)
    rest = (vectors * np.maximum(values, 0.05)) @ vectors.T
    # Rounded, so that another machine's linear algebra gives the same portfolio.
    return names, np.round(weights, 8), np.round(np.linalg.cholesky(rest), 8)


@cache
def _level_scores(name: str) -> Mapping[str, float]:
    """Return the normal score of each level of a category, in the order of its default rates."""
    shares = calibration()["application"]["levels"][name]["levels"]
    upper = np.cumsum(list(shares.values())) / sum(shares.values())
    middle = upper - 0.5 * np.diff(upper, prepend=0.0)
    return {level: score(float(m)) for level, m in zip(shares, middle, strict=True)}


def _scores(drawn: Drawn) -> dict[str, Reals]:
    """Return the normal score of each column that tells of the traits; 0 where a client has none."""
    out = {name: normal_score(ranks) for name, ranks in drawn.ranks.items() if name in LOADINGS}
    for name in ("NAME_EDUCATION_TYPE", "OCCUPATION_TYPE"):
        scores, column = _level_scores(name), drawn.levels[name]
        out[name] = np.asarray([scores.get(level, 0.0) for level in column.levels])[column.index]
    # A younger document than one would expect of the age: what is left of a move or a change of name.
    out["DAYS_ID_PUBLISH"] = normal_score(drawn.ranks["ID_AGE"])
    ratings, population = drawn.numbers["REGION_RATING_CLIENT"], drawn.numbers["REGION_POPULATION_RELATIVE"]
    levels = _level_scores("REGION_RATING_CLIENT")
    out["REGION_RATING_CLIENT"] = np.select([ratings == int(k) for k in levels], list(levels.values()), 0.0)
    out["REGION_POPULATION_RELATIVE"] = normal_score(application_number("REGION_POPULATION_RELATIVE").rank(population))
    for name in ("DAYS_EMPLOYED", "AMT_REQ_CREDIT_BUREAU_YEAR", "AMT_REQ_CREDIT_BUREAU_QRT"):
        out[name] = np.where(np.isnan(drawn.numbers[name]), 0.0, out[name])
    return out


def draw_clients(rng: np.random.Generator, drawn: Drawn) -> Clients:
    """Draw the latent side of the clients of some applications.

    Parameters
    ----------
    rng
        Source of what the applications do not tell.
    drawn
        What was drawn of the applications.
    """
    names, weights, factor = _structure()
    size, by_name = drawn.size, _scores(drawn)
    stated = np.column_stack([by_name[name] for name in names]) @ weights
    traits = np.round(stated + rng.standard_normal((size, 4)) @ factor.T, 10)
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
    unasked = np.isnan(drawn.numbers["AMT_REQ_CREDIT_BUREAU_YEAR"])
    # Of those about whom nobody asks, nearly all are unknown elsewhere; of the others, nearly none.
    known = rng.random(size) >= np.where(unasked, KNOWN_NOWHERE[1], KNOWN_NOWHERE[0])
    return Clients(discipline, affluence, stability, appetite, stress, known)
