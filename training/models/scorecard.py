"""The scorecard: optbinning's bins, weights of evidence, and a logistic regression on them.

The rule: every coefficient is negative (more evidence of a good client lowers the risk) and every bin follows the
dictionary's direction; a variable that the data contradict is reported and left out, never turned round.

Source: Siddiqi, *Credit Risk Scorecards* (2006), chapters 6 and 10; Navas-Palencia, *Optimal binning* (2020).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression

from scoring.errors import TrainingError
from training.config import ScorecardSettings
from training.matrix import Candidate, Matrix
from training.models.inputs import library_frame
from training.models.logistic import Logistic, fit_logistic, score_statistics
from training.models.quiet import quiet

Floats = NDArray[np.float64]
TREND = {1: "ascending", -1: "descending", 0: "auto"}
EMPIRICAL = {"metric_special": "empirical", "metric_missing": "empirical"}


@dataclass(frozen=True)
class Refit:
    """One bootstrap: the intercept, and for each variable the contribution of each of optbinning's bins.

    The bins are in optbinning's order: values first, then special, then missing.
    """

    intercept: float
    contributions: tuple[Floats, ...]


@dataclass(frozen=True)
class FittedScorecard:
    """A fitted scorecard.

    Attributes
    ----------
    left_out : why each candidate that is not a variable was left out
    refits : bootstraps with the same bins
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


def fit_scorecard(matrix: Matrix, settings: ScorecardSettings, *, seed: int) -> FittedScorecard:
    """Bin every candidate, choose variables by information and sign, fit the scorecard on them.

    Raises
    ------
    TrainingError
        When no candidate informs about the target.
    """
    varying = matrix.varying()
    inputs = library_frame(varying.frame, varying.candidates)
    target = varying.target.astype(np.int64)
    with quiet():
        process = _process(varying, settings).fit(inputs, target)
        evidence = np.asarray(process.transform(inputs, metric="woe", **EMPIRICAL), dtype=np.float64)
    left_out = _without_bins(process, varying.candidates)
    iv = evidence[target == 0].mean(axis=0) - evidence[target == 1].mean(axis=0)
    for position, candidate in enumerate(varying.candidates):
        if iv[position] < settings.min_iv:
            left_out.setdefault(candidate.name, "information value too low")
    positions = [i for i in np.argsort(-iv, kind="stable") if varying.candidates[i].name not in left_out]
    if not positions:
        raise TrainingError(
            f"At least one feature must inform about TARGET; got {len(varying.candidates)} without evidence. "
            "Train on more labelled clients."
        )
    chosen = _choose(evidence, target, positions, varying.candidates, settings, left_out)
    return _fit(varying, [varying.candidates[i] for i in sorted(chosen)], settings, left_out, seed)


def _process(matrix: Matrix, settings: ScorecardSettings) -> BinningProcess:
    fit_params: dict[str, dict[str, Any]] = {
        c.name: {"dtype": "categorical", "cat_cutoff": settings.min_bin_share}
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


def _without_bins(process: BinningProcess, candidates: Sequence[Candidate]) -> dict[str, str]:
    """Variables of one bin: the data contradict the direction asked for, or show nothing."""
    found = {}
    for candidate in candidates:
        binned = process.get_binned_variable(candidate.name)
        if len(binned.splits) == 0:
            found[candidate.name] = "the data contradict its direction" if candidate.direction else "one bin"
    return found


def _choose(
    evidence: Floats,
    target: NDArray[np.int64],
    positions: Sequence[int],
    candidates: Sequence[Candidate],
    settings: ScorecardSettings,
    left_out: dict[str, str],
) -> list[int]:
    """Forward selection by Rao's score test, among variables that keep every sign and are no near copies."""
    correlation = np.corrcoef(evidence[:, positions], rowvar=False).reshape(len(positions), len(positions))
    open_: list[int] = list(range(len(positions)))
    chosen: list[int] = []
    model = Logistic(float(np.log(target.mean() / (1 - target.mean()))), np.empty(0))
    columns = evidence[:, positions]
    while open_ and len(chosen) < settings.most:
        chi2, sign = score_statistics(columns[:, open_], target, model, columns[:, chosen])
        chi2 = np.where(sign < 0, chi2, -1.0)
        best = int(np.argmax(chi2))
        entry = settings.entry_chi2 if len(chosen) >= settings.fewest else 0.0
        if chi2[best] <= entry:
            break
        entering = open_.pop(best)
        name = candidates[positions[entering]].name
        if any(abs(correlation[entering, other]) > settings.max_correlation for other in chosen):
            left_out[name] = "nearly the same as another variable"
            continue
        trial = fit_logistic(columns[:, [*chosen, entering]], target, ridge=1.0 / settings.regularisation)
        if (trial.coefficients >= 0.0).any():
            left_out[name] = "it turns the sign of a coefficient"
            continue
        chosen.append(entering)
        model = trial
    for other in open_:
        left_out[candidates[positions[other]].name] = "adds nothing to the variables chosen"
    return [positions[i] for i in chosen]


def _fit(
    matrix: Matrix, candidates: Sequence[Candidate], settings: ScorecardSettings, left_out: dict[str, str], seed: int
) -> FittedScorecard:
    """Fit with the library, dropping a variable of the wrong sign as long as there is one."""
    chosen = list(candidates)
    target = matrix.target.astype(np.int64)
    while True:
        kept = matrix.only(chosen)
        inputs = library_frame(kept.frame, kept.candidates)
        library = Scorecard(
            binning_process=_process(kept, settings),
            estimator=LogisticRegression(C=settings.regularisation, tol=1e-8, max_iter=1000),
        )
        with quiet():
            library.fit(inputs, target, **EMPIRICAL)
        coefficients = library.estimator_.coef_.ravel()
        worst = int(np.argmax(coefficients))
        if coefficients[worst] < 0.0:
            refits = _refits(library, inputs, target, settings, seed)
            return FittedScorecard(library, kept.candidates, left_out, refits)
        left_out[chosen.pop(worst).name] = "its coefficient has the wrong sign"
        if not chosen:
            raise TrainingError("A scorecard must have a variable of the right sign; got none. Train on more clients.")


def _refits(
    library: Scorecard, inputs: Any, target: NDArray[np.int64], settings: ScorecardSettings, seed: int
) -> tuple[Refit, ...]:
    process = library.binning_process_
    with quiet():
        bins = np.asarray(process.transform(inputs, metric="indices", **EMPIRICAL), dtype=np.int64)
    names = list(inputs.columns)
    sizes = [int(bins_of(process, name)) + 2 for name in names]
    overrides = process.binning_transform_params or {}
    silent = ["metric_missing" in overrides.get(name, {}) for name in names]
    generator = np.random.default_rng(seed)
    refits = []
    for _ in range(settings.bootstraps):
        counts = np.bincount(generator.integers(0, len(target), len(target)), minlength=len(target)).astype(np.float64)
        tables = [
            _evidence(bins[:, i], counts, target, size, silent[i]) for i, size in enumerate(sizes)
        ]
        columns = np.column_stack([table[bins[:, i]] for i, table in enumerate(tables)])
        model = fit_logistic(columns, target, ridge=1.0 / settings.regularisation, weights=counts)
        refits.append(
            Refit(model.intercept, tuple(c * table for c, table in zip(model.coefficients, tables, strict=True)))
        )
    return tuple(refits)


def bins_of(process: BinningProcess, name: str) -> int:
    """How many bins of values a variable has."""
    binned = process.get_binned_variable(name)
    return len(binned.binning_table.n_event) - 2


def _evidence(bins: NDArray[np.int64], counts: Floats, target: NDArray[np.int64], size: int, silent: bool) -> Floats:
    events = np.bincount(bins, weights=counts * target, minlength=size)
    others = np.bincount(bins, weights=counts * (1 - target), minlength=size)
    known = (events > 0) & (others > 0)
    ratio = np.where(known, others, 1.0) / np.where(known, events, 1.0)
    evidence = np.where(known, np.log(ratio * events.sum() / others.sum()), 0.0)
    if silent:
        evidence[-1] = 0.0
    return evidence
