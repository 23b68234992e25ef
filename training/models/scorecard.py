"""The scorecard: optbinning's bins, weights of evidence, and a logistic regression on them.

The rule: every coefficient is negative (more evidence of a good client lowers the risk) and every bin follows the
dictionary's direction; a variable that the data contradict is reported and left out, never turned round.

Source: Siddiqi, *Credit Risk Scorecards* (2006), chapters 6 and 10; Navas-Palencia, *Optimal binning* (2020).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.disclosure import FEWEST_SHOWN
from training.config import ScorecardSettings
from training.data.matrix import Candidate, Matrix
from training.models.bootstrap_refits import TREND, Refit, refits
from training.models.inputs import balanced_weights, library_frame, quiet
from training.models.screening import screen

RESERVE = 10
"""Variables screened beyond those wanted: some fall out when they are binned."""
EMPIRICAL = {"metric_special": "empirical", "metric_missing": "empirical"}


@dataclass(frozen=True)
class FittedScorecard:
    """A fitted scorecard.

    Attributes
    ----------
    left_out : why each candidate that is not a variable was left out
    refits : whole scorecards on resampled clients, told in the same bins
    """

    library: Scorecard
    candidates: tuple[Candidate, ...]
    left_out: Mapping[str, str]
    refits: tuple[Refit, ...]

    kind = "scorecard"

    def decision_function(self, frame: pl.DataFrame) -> Floats:
        """The library's own log-odds of difficulties, shape (clients,)."""
        with quiet():
            return np.asarray(self.library.decision_function(library_frame(frame, self.candidates)), dtype=np.float64)


def fit_scorecard(
    matrix: Matrix, settings: ScorecardSettings, *, seed: int, bootstraps: int = 0, balanced: bool = False
) -> FittedScorecard:
    """Screen the candidates, bin those that inform, fit the scorecard on those of the right trend and sign.

    Parameters
    ----------
    settings : scaled here to the number of clients with difficulties (`ScorecardSettings.for_positives`)
    bootstraps : whole scorecards on resampled clients, from which the spread of a score comes
    balanced : whether both outcomes weigh the same in the regression; weights of evidence are the same either way

    Raises
    ------
    TrainingError
        When no candidate informs about the target.
    """
    varying = fill_thin_missing(matrix.varying())
    settings = settings.for_positives(varying.positives)
    found = screen(
        varying,
        fewest=settings.fewest,
        most=settings.most + RESERVE,
        entry_chi2=settings.entry_chi2,
        max_correlation=settings.max_correlation,
        seed=seed,
    )
    if not found.chosen:
        raise TrainingError(
            f"At least one feature must inform about TARGET; got {len(varying.candidates)} without evidence. "
            "Train on more labelled clients."
        )
    left_out = dict(found.left_out)
    usable = _binned(varying.only(found.chosen), settings, left_out)
    left_out |= {candidate.name: "there are enough variables" for candidate in usable[settings.most :]}
    return _fit(
        varying, usable[: settings.most], settings, left_out, seed=seed, balanced=balanced, bootstraps=bootstraps
    )


def fill_thin_missing(matrix: Matrix) -> Matrix:
    """Give the usual value to the 1 to 9 clients who lack one, while a scorecard is fitted.

    Their bin gives no evidence anyway. Left apart, the exact weights of evidence of the other bins would tell, by their
    difference to the whole, what became of them (`scoring.model.disclosure` pools their bin with that of the usual
    value).
    """
    filled = []
    for candidate in matrix.candidates:
        column = matrix.frame[candidate.name]
        if not 0 < column.null_count() < min(FEWEST_SHOWN, len(column)):
            continue
        known = column.drop_nulls()
        usual = known.mode().sort()[0] if candidate.kind == "category" else known.sort()[len(known) // 2]
        filled.append(column.fill_null(usual))
    return replace(matrix, frame=matrix.frame.with_columns(filled)) if filled else matrix


def _binned(matrix: Matrix, settings: ScorecardSettings, left_out: dict[str, str]) -> list[Candidate]:
    """The candidates of more than one bin: one bin says that the data contradict the direction, or show nothing."""
    pooled = {
        c.name for c in matrix.candidates if c.kind == "category" and _rare(matrix.frame[c.name], settings) is None
    }
    left_out |= dict.fromkeys(pooled, "its codes are all rare")
    matrix = matrix.only([candidate for candidate in matrix.candidates if candidate.name not in pooled])
    if not matrix.candidates:
        raise _nothing_binned(len(pooled))
    with quiet():
        process = _process(matrix, settings).fit(
            library_frame(matrix.frame, matrix.candidates), matrix.target.astype(np.int64)
        )
    retained = []
    for candidate in matrix.candidates:
        if len(process.get_binned_variable(candidate.name).splits):
            retained.append(candidate)
        else:
            left_out[candidate.name] = "the data contradict its direction" if candidate.direction else "one bin"
    if not retained:
        raise _nothing_binned(len(matrix.candidates) + len(pooled))
    return retained


def _nothing_binned(candidates: int) -> TrainingError:
    return TrainingError(
        f"At least one feature must fall into bins; got {candidates} of one bin. Train on more labelled clients."
    )


def _rare(codes: pl.Series, settings: ScorecardSettings) -> float | None:
    """The share of the known clients below which a code is pooled; None when that pools every code.

    The pool of the codes below ``min_bin_share`` takes in the next rarest as long as it holds a handful of clients, who
    would otherwise have a bin of their own.
    """
    counts = np.sort(codes.drop_nulls().value_counts()["count"].to_numpy())
    share, fewest = settings.min_bin_share, np.ceil(settings.min_bin_share * counts.sum())
    while 0 < counts[counts < fewest].sum() < settings.fewest_missing and fewest <= counts[-1]:
        joins = counts[counts >= fewest][0]
        share, fewest = float((joins + 0.5) / counts.sum()), joins + 1
    return share if fewest <= counts[-1] else None


def _process(matrix: Matrix, settings: ScorecardSettings) -> BinningProcess:
    fit_params: dict[str, dict[str, Any]] = {
        c.name: {"dtype": "categorical", "cat_cutoff": _rare(matrix.frame[c.name], settings)}
        if c.kind == "category"
        else {"dtype": "numerical", "monotonic_trend": TREND[c.direction]}
        for c in matrix.candidates
    }
    # a handful of clients with a missing value say nothing reliable: their bin gives no evidence
    thin = {
        c.name: {"metric_missing": 0}
        for c in matrix.candidates
        if matrix.frame[c.name].null_count() < settings.fewest_missing
    }
    return BinningProcess(
        variable_names=[c.name for c in matrix.candidates],
        max_n_bins=settings.max_bins,
        min_bin_size=settings.min_bin_share,
        categorical_variables=[c.name for c in matrix.candidates if c.kind == "category"],
        binning_fit_params=fit_params,
        binning_transform_params=thin or None,
    )


def _fit(
    matrix: Matrix,
    candidates: Sequence[Candidate],
    settings: ScorecardSettings,
    left_out: dict[str, str],
    *,
    seed: int,
    balanced: bool,
    bootstraps: int,
) -> FittedScorecard:
    """Fit with the library, dropping a variable of the wrong sign as long as there is one."""
    chosen = list(candidates)
    target = matrix.target.astype(np.int64)
    while True:
        retained = matrix.only(chosen)
        inputs = library_frame(retained.frame, retained.candidates)
        library = Scorecard(
            binning_process=_process(retained, settings),
            estimator=LogisticRegression(
                C=settings.regularisation, tol=1e-8, max_iter=1000, class_weight="balanced" if balanced else None
            ),
        )
        with quiet():
            library.fit(inputs, target, **EMPIRICAL)
        coefficients = library.estimator_.coef_.ravel()
        worst = int(np.argmax(coefficients))
        if coefficients[worst] < 0.0:
            found = refits(
                library.binning_process_,
                retained,
                settings,
                weights=balanced_weights(target) if balanced else np.ones(len(target)),
                bootstraps=bootstraps,
                seed=seed,
            )
            return FittedScorecard(library, retained.candidates, left_out, found)
        left_out[chosen.pop(worst).name] = "its coefficient has the wrong sign"
        if not chosen:
            raise TrainingError("A scorecard must have a variable of the right sign; got none. Train on more clients.")
