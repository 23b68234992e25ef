"""The artefact from calibrated tables: counts, reference, what training saw, the decision rule, the certificate.

The rule: whatever the document says of clients is measured with the document's own look-up.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from scoring.model.additive_model import (
    AdditiveModel,
    Certificate,
    DecisionRule,
    FeatureFacts,
    Lookup,
    Provenance,
    Reference,
    Term,
)
from scoring.model.additive_model.document import Points
from scoring.model.scale import log_odds_of
from training.data.matrix import Matrix
from training.models.compile.parity import certify
from training.models.compile.tables import Tables
from training.models.ebm import FittedEbm
from training.models.scorecard import FittedScorecard

NO_CERTIFICATE = Certificate(library="none yet", largest_difference=0.0, test_rows=1, adversarial_rows=1)


def compile_model(
    fitted: FittedEbm | FittedScorecard,
    tables: Tables,
    *,
    trained_on: Matrix,
    tested_on: pl.DataFrame,
    rule: DecisionRule,
    provenance: Provenance,
) -> AdditiveModel:
    """Make the artefact and prove it.

    Parameters
    ----------
    tables : calibrated tables of `fitted`
    trained_on : the clients that `fitted` was fitted on
    tested_on : clients for the parity certificate, with every feature that the library wants

    Notes
    -----
    The reference is over the clients of training that the model accepts; over all of them where it accepts none, as a
    fold's model may at unusual costs.

    Raises
    ------
    TrainingError
        When the artefact differs from the library.
    """
    draft = _draft(tables, trained_on, rule, provenance)
    scored = Lookup(draft).score_many(trained_on.frame)
    accepted = scored.log_odds <= log_odds_of(rule.threshold)
    if not accepted.any():
        accepted = np.ones(len(trained_on), dtype=bool)
    means = scored.contributions[accepted].mean(axis=0)
    seen = trained_on.frame.filter(pl.Series(accepted))
    document = draft.model_copy(
        update={
            "terms": tuple(_counted(term, scored.cells[:, i]) for i, term in enumerate(draft.terms)),
            "reference": Reference(contributions=tuple(float(mean) for mean in means), clients=int(accepted.sum())),
            "features": {
                name: facts.model_copy(update={"usual": _usual(seen[name])}) for name, facts in draft.features.items()
            },
        }
    )
    certificate = certify(fitted, tables, document, tested_on)
    complete = document.model_copy(update={"certificate": certificate})
    return AdditiveModel.model_validate(complete.model_dump())  # copies are not checked by themselves


def _draft(tables: Tables, matrix: Matrix, rule: DecisionRule, provenance: Provenance) -> AdditiveModel:
    names = list(dict.fromkeys(name for term in tables.terms for name in term.features))
    return AdditiveModel(
        kind=tables.kind,
        intercept=tables.intercept,
        bag_intercepts=tables.bag_intercepts,
        terms=tables.terms,
        features={name: _facts(matrix.frame[name]) for name in names},
        reference=Reference(contributions=(0.0,) * len(tables.terms), clients=0),
        calibration=tables.calibration,
        points=Points(),
        rule=rule,
        certificate=NO_CERTIFICATE,
        provenance=provenance,
    )


def _counted(term: Term, cells: Sequence[int] | np.ndarray) -> Term:
    counts = np.bincount(cells, minlength=len(term.scores))
    return term.model_copy(update={"counts": tuple(int(count) for count in counts)})


def _facts(column: pl.Series) -> FeatureFacts:
    if column.dtype == pl.String:
        return FeatureFacts(kind="category")
    values = column.drop_nulls().to_numpy()
    if not len(values):
        return FeatureFacts(kind="number")
    return FeatureFacts(kind="number", low=float(values.min()), high=float(values.max()))


def _usual(column: pl.Series) -> float | str | None:
    """The median, as a value of the data, or the most frequent code (the first of the alphabet on a tie)."""
    values = column.drop_nulls()
    if not len(values):
        return None
    if column.dtype == pl.String:
        counts = values.value_counts().sort(["count", column.name], descending=[True, False])
        return str(counts[column.name][0])
    return float(np.quantile(values.to_numpy(), 0.5, method="inverted_cdf"))
