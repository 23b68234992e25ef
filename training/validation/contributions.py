"""Contributions of each concept to each client's log-odds: of the truth, of a glass box, of trees by TreeSHAP.

The rule: all three are made the same way. A contribution is centred by its mean over the same training clients; one
that two features or quantities share is halved between them, which is its Shapley value there; then all are summed
over concepts.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.arrays import Floats
from training.models.reference import FittedReference
from training.validation.concepts import concept_of_feature, concept_of_truth

NOT_TERMS = (ID_COLUMN, "log_odds", "pd")


def of_truth(truth: pl.DataFrame, concepts: Sequence[str]) -> Floats:
    """The true terms summed over concepts, shape (clients, concepts).

    Parameters
    ----------
    truth : SK_ID_CURR, log_odds, pd and one column a term; a pair's name joins its two quantities by a colon
    """
    out = np.zeros((truth.height, len(concepts)))
    for name in truth.columns:
        if name not in NOT_TERMS:
            parts = name.split(":")
            for part in parts:
                _add(out, concepts, concept_of_truth(part), truth[name].to_numpy() / len(parts))
    return out


def of_glass_box(model: AdditiveModel, frame: pl.DataFrame, concepts: Sequence[str]) -> Floats:
    """A glass box's own terms summed over concepts, shape (clients, concepts)."""
    scored = Lookup(model).score_many(frame)
    out = np.zeros((frame.height, len(concepts)))
    for position, term in enumerate(model.terms):
        for name in term.features:
            part = scored.contributions[:, position] / len(term.features)
            _add(out, concepts, concept_of_feature(name), part)
    return out


def of_trees(fitted: FittedReference, frame: pl.DataFrame, concepts: Sequence[str], *, slope: float = 1.0) -> Floats:
    """LightGBM's own TreeSHAP values summed over concepts, shape (clients, concepts).

    Parameters
    ----------
    slope : of the calibration, as a glass box has it folded in

    Source: Lundberg and others, *From local explanations to global understanding with explainable AI for trees* (2020).
    """
    values = fitted.contributions(frame)
    out = np.zeros((frame.height, len(concepts)))
    for position, candidate in enumerate(fitted.candidates):
        _add(out, concepts, concept_of_feature(candidate.name), slope * values[:, position])
    return out


def _add(out: Floats, concepts: Sequence[str], concept: str, values: Floats) -> None:
    if concept in concepts:
        out[:, concepts.index(concept)] += values
