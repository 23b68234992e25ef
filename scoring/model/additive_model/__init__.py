"""The additive model: an intercept plus tables of log-odds over bins of one or two features.

One JSON file holds all that a decision needs. `document` declares and checks it, `lookup` computes with it.
"""

from scoring.model.additive_model.document import (
    FORMAT,
    VERSION,
    VERSIONS,
    AdditiveModel,
    Band,
    Calibration,
    CategoryAxis,
    Certificate,
    DecisionRule,
    FeatureFacts,
    NumberAxis,
    Provenance,
    Reference,
    Term,
    features_of_term,
    read_model,
    term_key,
    write_model,
)
from scoring.model.additive_model.lookup import Lookup, Scored

__all__ = [
    "FORMAT",
    "VERSION",
    "VERSIONS",
    "AdditiveModel",
    "Band",
    "Calibration",
    "CategoryAxis",
    "Certificate",
    "DecisionRule",
    "FeatureFacts",
    "Lookup",
    "NumberAxis",
    "Provenance",
    "Reference",
    "Scored",
    "Term",
    "features_of_term",
    "read_model",
    "term_key",
    "write_model",
]
