"""What training saw in each cell of a model's tables, for whoever reads the model: defaulters, evidence, information.

The rule: a cell of fewer than 10 clients says how many clients it has, which the artefact says too, and not what became
of them.

IV = Σ (g − b) · ln(g / b) over the cells, g and b being the cell's share of the payers and of the defaulters; a cell
without one of them counts half a client of it. Source: Siddiqi, *Credit Risk Scorecards* (2006), ch. 6.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.additive_model import AdditiveModel, Lookup
from training.compile import Fitted
from training.evaluation.reliability import FEWEST_SHOWN
from training.matrix import Matrix
from training.models.scorecard import FittedScorecard

Counts = NDArray[np.int64]


def term_statistics(artefact: AdditiveModel, fitted: Fitted, train: Matrix) -> dict[str, Any]:
    """Statistics of every term, in the document's order.

    Parameters
    ----------
    fitted : what the artefact was compiled from
    train : the clients that it was fitted on
    """
    cells = Lookup(artefact).score_many(train.frame).cells
    coefficients = _coefficients(fitted)
    terms = []
    for position, term in enumerate(artefact.terms):
        size = len(term.scores)
        clients = np.bincount(cells[:, position], minlength=size)
        bad = np.bincount(cells[train.target == 1, position], minlength=size)
        one: dict[str, Any] = {
            "features": list(term.features),
            "defaulters": [int(b) if n >= FEWEST_SHOWN else None for b, n in zip(bad, clients, strict=True)],
            "iv": information_value(clients - bad, bad),
        }
        if coefficients:
            coefficient = coefficients[term.features[0]]
            weight = coefficient * artefact.calibration.slope
            one |= {"coefficient": coefficient, "woe": [score / weight + 0.0 for score in term.scores]}
        terms.append(one)
    return {"clients": len(train), "defaulters": train.positives, "terms": terms}


def information_value(good: Counts, bad: Counts) -> float:
    """Information value of cells, those that nobody is in left out.

    >>> information_value(np.array([50, 50, 0]), np.array([10, 10, 0]))
    0.0
    """
    seen = good + bad > 0
    goods, bads = (np.maximum(part[seen], 0.5) / part.sum() for part in (good, bad))
    return float(((goods - bads) * np.log(goods / bads)).sum())


def _coefficients(fitted: Fitted) -> dict[str, float]:
    """The regression's coefficient of each variable of a scorecard, before calibration; none of another model."""
    if not isinstance(fitted, FittedScorecard):
        return {}
    values = np.asarray(fitted.library.estimator_.coef_, dtype=np.float64).ravel()
    return {candidate.name: float(value) for candidate, value in zip(fitted.candidates, values, strict=True)}
