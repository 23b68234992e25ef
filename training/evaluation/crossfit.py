"""Out-of-fold scores of the whole procedure, computed as they would be served: by compiled, calibrated models.

Selection, binning and fitting happen inside each fold. A fold's calibration is fitted on the out-of-fold scores of the
other folds, so that no client helps to calibrate the score that is judged on it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.additive_model import Band, Calibration, DecisionRule, Lookup, Provenance
from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix
from training.data.matrix import Matrix
from training.evaluation.calibration import apply_calibration, fit_calibration
from training.evaluation.splits import Split
from training.models.compile import Fitted, compile_model, tables_of
from training.models.reference import FittedReference
from training.parallel import Notice

Fit = Callable[[Matrix], Fitted | FittedReference]


@dataclass(frozen=True)
class OutOfFold:
    """Scores of every client by a model that did not see it.

    Attributes
    ----------
    log_odds, spread, outside : shape (clients,), calibrated; the spread of the reference is 0
    calibration : fitted on all out-of-fold scores, for the final model
    terms : number of terms (features, for the reference) of each fold's model
    parity : largest difference between a fold's compiled model and its library
    """

    log_odds: Floats
    spread: Floats
    outside: NDArray[np.bool_]
    calibration: Calibration
    terms: tuple[int, ...]
    parity: float

    def as_arrays(self) -> dict[str, NDArray[Any]]:
        """All of it, to be kept."""
        return {
            "log_odds": self.log_odds,
            "spread": self.spread,
            "outside": self.outside,
            "calibration": np.array([self.calibration.slope, self.calibration.intercept]),
            "terms": np.array(self.terms, dtype=np.int64),
            "parity": np.array(self.parity),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "OutOfFold":
        """What `as_arrays` gave."""
        slope, intercept = (float(value) for value in arrays["calibration"])
        return cls(
            arrays["log_odds"],
            arrays["spread"],
            arrays["outside"],
            Calibration(slope=slope, intercept=intercept),
            tuple(int(count) for count in arrays["terms"]),
            float(arrays["parity"]),
        )


def cross_fit(fit: Fit, matrix: Matrix, splits: Sequence[Split], costs: CostMatrix, notice: Notice) -> OutOfFold:
    """Fit on each split and score the clients that it holds out.

    Parameters
    ----------
    splits : every client is held out exactly once
    notice : told of each fit as it ends
    """
    fitted: list[Fitted | FittedReference] = []
    raw = np.empty(len(matrix))
    for split in splits:
        model = fit(matrix.take(split.fit))
        raw[split.held] = model.decision_function(matrix.take(split.held).frame)
        fitted.append(model)
        notice(f"{model.kind}: fold {len(fitted)} of {len(splits)}")
    log_odds, spread = np.empty(len(matrix)), np.zeros(len(matrix))
    outside = np.zeros(len(matrix), dtype=bool)
    terms, parity = [], 0.0
    for split, model in zip(splits, fitted, strict=True):
        calibration = fit_calibration(matrix.target[split.fit], raw[split.fit])
        if isinstance(model, FittedReference):
            log_odds[split.held] = apply_calibration(calibration, raw[split.held])
            terms.append(len(model.candidates))
            continue
        seen, held = matrix.take(split.fit), matrix.take(split.held)
        artefact = compile_model(
            model,
            tables_of(model, seen).calibrated(calibration),
            trained_on=seen,
            tested_on=held.frame,
            rule=decision_rule(costs, 0.0, 0.0),
            provenance=UNNAMED,
        )
        scored = Lookup(artefact).score_many(held.frame)
        log_odds[split.held], spread[split.held], outside[split.held] = scored.log_odds, scored.spread, scored.outside
        terms.append(len(artefact.terms))
        parity = max(parity, artefact.certificate.largest_difference)
    return OutOfFold(log_odds, spread, outside, fit_calibration(matrix.target, raw), tuple(terms), parity)


def decision_rule(costs: CostMatrix, review_k: float, review_cap: float, band: Band | None = None) -> DecisionRule:
    """The rule that a cost matrix and a band make."""
    return DecisionRule(
        cost_fn=costs.fn,
        cost_fp=costs.fp,
        threshold=costs.threshold,
        review_k=review_k,
        review_cap=review_cap,
        band=band,
    )


UNNAMED = Provenance(
    trained_on="",
    synthetic=True,
    data_fingerprint="",
    code_fingerprint="",
    seed=0,
    settings={},
    libraries={},
    training_rows=0,
    absent_tables=(),
    metrics={},
)
"""Provenance of a fold's model, which is never written."""
