"""The fits of a training: each model's procedure inside a fold, and its final fit, compiled and proved.

The rule: a fold's model and the final one go through the same procedure, the path of selection included, so that
out-of-fold figures speak of what is served.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.errors import TrainingError
from scoring.model.additive_model import AdditiveModel, Lookup, Provenance
from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from training.config import Settings
from training.data.matrix import Matrix
from training.evaluation.band import band_of, review_k
from training.evaluation.calibration import apply_calibration
from training.evaluation.crossfit import Fit, OutOfFold, decision_rule
from training.models.compile import Fitted, compile_model, tables_of
from training.models.ebm import fit_ebm
from training.models.reference import FittedReference, fit_reference
from training.models.scorecard import FittedScorecard, fit_scorecard
from training.search.selection import Narrowing

GlassBox = Literal["ebm", "scorecard"]
GLASS_BOXES: tuple[GlassBox, ...] = ("ebm", "scorecard")


@dataclass(frozen=True)
class FinalGlassBox:
    """A glass box fitted on the whole training part: the library's fit, and the artefact that serves."""

    fitted: Fitted
    artefact: AdditiveModel

    @property
    def left_out(self) -> Mapping[str, str]:
        """Why each candidate that is not a variable was left out (scorecard)."""
        return self.fitted.left_out if isinstance(self.fitted, FittedScorecard) else {}

    def log_odds(self, matrix: Matrix) -> Floats:
        """Scores as served, shape (clients,)."""
        return Lookup(self.artefact).score_many(matrix.frame).log_odds


@dataclass(frozen=True)
class FinalReference:
    """The black box fitted on the whole training part, and its calibration."""

    fitted: FittedReference
    scores: OutOfFold

    def log_odds(self, matrix: Matrix) -> Floats:
        """Calibrated scores, shape (clients,)."""
        return apply_calibration(self.scores.calibration, self.fitted.decision_function(matrix.frame))


def fits(settings: Settings, *, narrowing: Narrowing | None = None, threads: int = 2) -> dict[str, Fit]:
    """The procedure of each model inside a fold: for the glass boxes, the path of selection is part of it.

    Parameters
    ----------
    narrowing : walks the path, where some of it was walked before
    threads : of a fit
    """
    few, seed = narrowing or Narrowing(settings.selection, settings.seed), settings.seed
    ebm, card = settings.ebm, settings.scorecard
    return {
        "ebm": lambda matrix: fit_ebm(few(matrix), ebm, seed=seed, bags=ebm.fold_bags, threads=threads),
        "scorecard": lambda matrix: fit_scorecard(few(matrix), card, seed=seed, bootstraps=card.fold_bootstraps),
        "reference": lambda matrix: fit_reference(matrix, settings.reference, seed=seed, threads=threads),
    }


def fit_glass_box(kind: GlassBox, train: Matrix, settings: Settings, *, threads: int = 2) -> Fitted:
    """The fit that serves, with as many whole models as its spread needs."""
    if kind == "ebm":
        return fit_ebm(train, settings.ebm, seed=settings.seed, bags=settings.ebm.final_bags, threads=threads)
    return fit_scorecard(train, settings.scorecard, seed=settings.seed, bootstraps=settings.scorecard.final_bootstraps)


def fit_final_reference(train: Matrix, scores: OutOfFold, settings: Settings) -> FinalReference:
    """Fit the black box on the whole training part."""
    return FinalReference(fit_reference(train, settings.reference, seed=settings.seed), scores)


def fit_final(
    kind: GlassBox, train: Matrix, scores: OutOfFold, test: Matrix, *, settings: Settings, provenance: Provenance
) -> FinalGlassBox:
    """Fit a glass box on the whole training part, compile and prove it.

    Parameters
    ----------
    train : the training clients, with the candidates that the path left
    scores : out of fold, of the same procedure: calibration and review band come from them
    test : clients for the parity certificate

    Raises
    ------
    TrainingError
        When parity fails, or the model would accept nobody.
    """
    fitted = fit_glass_box(kind, train, settings)
    band = band_of(kind, train.positives)
    k = review_k(
        scores.log_odds,
        scores.spread,
        scores.outside,
        threshold=settings.costs.threshold,
        cap=settings.review_cap,
        most=band.k,
    )
    artefact = compile_model(
        fitted,
        tables_of(fitted, train).calibrated(scores.calibration),
        trained_on=train,
        tested_on=test.frame,
        rule=decision_rule(settings.costs, k, settings.review_cap, band),
        provenance=provenance,
    )
    _check_accepts(artefact, train)
    return FinalGlassBox(fitted, artefact)


def _check_accepts(artefact: AdditiveModel, train: Matrix) -> None:
    threshold = artefact.rule.threshold
    if not (pd_of_many(Lookup(artefact).score_many(train.frame).log_odds) <= threshold).any():
        raise TrainingError(
            f"A model must accept some client of training; got none of {len(train)} with a probability of at most "
            f"{threshold:.4g}. Check the costs."
        )
