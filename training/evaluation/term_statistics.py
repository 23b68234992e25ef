"""What training saw in each cell of a model's tables, for whoever reads the model: defaulters, evidence, information.

The rule: nothing is told from which the outcomes of fewer than 10 clients could be computed
(`scoring.model.disclosure`).

IV = Σ (g − b) · ln(g / b) over groups of cells, g and b being the group's share of the payers and of the defaulters; a
group without one of them counts half a client of it. Source: Siddiqi, *Credit Risk Scorecards* (2006), ch. 6.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.disclosure import groups_of, pool_near_copies, protected
from training.data.matrix import Matrix
from training.models.compile import Fitted
from training.models.reference import FittedReference
from training.models.scorecard import FittedScorecard


def term_statistics(
    artefacts: Mapping[str, AdditiveModel], fitted: Mapping[str, Fitted], train: Matrix
) -> dict[str, dict[str, Any]]:
    """Statistics of every term of each model, in the document's order.

    Parameters
    ----------
    artefacts : all models that are published, by kind
    fitted : what each was compiled from
    train : the clients that they were fitted on
    """
    cells_of = {kind: Lookup(artefact).sum_many(train.frame).cells for kind, artefact in artefacts.items()}
    groups = pool_near_copies(groups_of(artefacts), cells_of)
    statistics = {}
    for kind, artefact in artefacts.items():
        cells = cells_of[kind]
        coefficients = _coefficients(fitted[kind])
        terms = []
        for position, term in enumerate(artefact.terms):
            bad = np.bincount(cells[train.target == 1, position], minlength=len(term.scores))
            stated, iv = protected(groups[kind][position], term.counts, bad.tolist(), train.positives)
            one: dict[str, Any] = {"features": list(term.features), "defaulters": list(stated), "iv": iv}
            if coefficients:
                coefficient = coefficients[term.features[0]]
                weight = coefficient * artefact.calibration.slope
                one |= {"coefficient": coefficient, "woe": [score / weight + 0.0 for score in term.scores]}
            terms.append(one)
        statistics[kind] = {"clients": len(train), "defaulters": train.positives, "terms": terms}
    return statistics


def _coefficients(fitted: Fitted) -> dict[str, float]:
    """The regression's coefficient of each variable of a scorecard, before calibration; none of another model."""
    if not isinstance(fitted, FittedScorecard):
        return {}
    values = np.asarray(fitted.library.estimator_.coef_, dtype=np.float64).ravel()
    return {candidate.name: float(value) for candidate, value in zip(fitted.candidates, values, strict=True)}


# What the black box leans on, to be read beside the glass boxes' terms.


TOP = 20
MOST_ROWS = 2_000
"""Clients that are enough for a mean; TreeSHAP of ten thousand takes ten seconds."""


def reference_importance(fitted: FittedReference, frame: pl.DataFrame, *, slope: float = 1.0) -> dict[str, Any]:
    """Share of the total gain and mean absolute contribution (log-odds) of the largest features, by contribution.

    Parameters
    ----------
    frame : clients that the trees were not fitted on
    slope : of the calibration
    """
    some = frame[:: max(1, frame.height // MOST_ROWS)][:MOST_ROWS]
    sizes = slope * np.abs(fitted.contributions(some)).mean(axis=0)
    gain = np.asarray(fitted.library.feature_importance("gain"), dtype=np.float64)
    order = np.argsort(-sizes, kind="stable")[:TOP]
    return {
        "clients": some.height,
        "features": [fitted.candidates[i].name for i in order],
        "gain": (gain[order] / max(float(gain.sum()), 1e-300)).tolist(),
        "contribution": sizes[order].tolist(),
    }
