"""Compile a library's model into the additive model that is served, and prove that both compute the same.

The libraries' tables are read, calibrated, and completed to a document; a certificate states the largest difference to
the library's own decision function. A shape is never edited here: to change one, train again.

"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.additive_model import (
    AdditiveModel,
    Calibration,
    CategoryAxis,
    Certificate,
    DecisionRule,
    FeatureFacts,
    Lookup,
    NumberAxis,
    Provenance,
    Reference,
    Term,
)
from scoring.model.additive_model.document import PARITY_BOUND, Points
from scoring.model.additive_model.lookup import Value
from scoring.model.arrays import Floats
from scoring.model.scale import log_odds_of
from training.data.matrix import Matrix
from training.models.ebm import POOL, FittedEbm
from training.models.inputs import quiet
from training.models.scorecard import EMPIRICAL, FittedScorecard
from training.provenance import library_version

NO_CALIBRATION = Calibration(slope=1.0, intercept=0.0)


@dataclass(frozen=True)
class Tables:
    """An additive model's numbers.

    Attributes
    ----------
    library : name and version of the library whose tables these are
    terms : with all counts 0, which the document fills
    calibration : what has been folded into the numbers
    """

    kind: Literal["ebm", "scorecard"]
    library: str
    intercept: float
    bag_intercepts: tuple[float, ...]
    terms: tuple[Term, ...]
    calibration: Calibration = NO_CALIBRATION

    def calibrated(self, calibration: Calibration) -> "Tables":
        """The tables of ``slope · log-odds + intercept``.

        Raises
        ------
        ValueError
            When they are calibrated already.
        """
        if self.calibration != NO_CALIBRATION:
            raise ValueError(f"tables must be calibrated once; got {self.calibration}")
        slope, shift = calibration.slope, calibration.intercept
        return replace(
            self,
            intercept=slope * self.intercept + shift,
            bag_intercepts=tuple(slope * value + shift for value in self.bag_intercepts),
            terms=tuple(
                term.model_copy(
                    update={
                        "scores": tuple(slope * score for score in term.scores),
                        "bags": tuple(tuple(slope * score for score in bag) for bag in term.bags),
                    }
                )
                for term in self.terms
            ),
            calibration=calibration,
        )


def make_term(
    features: tuple[str, ...], axes: tuple[NumberAxis | CategoryAxis, ...], scores: Floats, bags: list[Floats]
) -> Term:
    """A term from arrays with one axis a feature; the counts are filled later."""
    flat = tuple(float(score) for score in scores.ravel())
    return Term(
        features=features,
        axes=axes,
        scores=flat,
        counts=(0,) * len(flat),
        bags=tuple(tuple(float(score) for score in bag.ravel()) for bag in bags),
    )


def codes_seen(frame: pl.DataFrame, name: str) -> tuple[str, ...]:
    """The codes of a category that training saw, sorted."""
    return tuple(sorted(frame[name].drop_nulls().unique().to_list()))


# The tables of an Explainable Boosting Machine.


def tables_of_ebm(fitted: FittedEbm, matrix: Matrix) -> Tables:
    """Read the tables of a fitted EBM; terms that are 0 everywhere are left out.

    Parameters
    ----------
    matrix : the clients it was fitted on
    """
    library = fitted.library
    bags = len(library.bagged_intercept_)
    terms = []
    for position, features in enumerate(library.term_features_):
        scores = np.asarray(library.term_scores_[position], dtype=np.float64)
        bagged = [np.asarray(library.bagged_scores_[position][bag], dtype=np.float64) for bag in range(bags)]
        if not scores.any() and not any(bag.any() for bag in bagged):
            continue
        axes = tuple(_axis(fitted, index, len(features)) for index in features)
        names = tuple(fitted.candidates[index].name for index in features)
        terms.append(make_term(names, axes, scores, bagged))
    return Tables(
        kind="ebm",
        library=library_version("interpret"),
        intercept=float(np.asarray(library.intercept_).ravel()[0]),
        bag_intercepts=tuple(float(value) for value in np.asarray(library.bagged_intercept_).ravel()),
        terms=tuple(terms) or _nothing(matrix, bags),
    )


def _axis(fitted: FittedEbm, index: int, dimensions: int) -> NumberAxis | CategoryAxis:
    levels = fitted.library.bins_[index]
    bins = levels[min(len(levels), dimensions) - 1]
    if not isinstance(bins, dict):
        return NumberAxis(edges=tuple(float(edge) for edge in bins))
    name = fitted.candidates[index].name
    rare = tuple(sorted(fitted.pools[name]))
    groups: dict[int, list[str]] = {}
    for code, cell in bins.items():
        groups.setdefault(int(cell), []).extend(rare if code == POOL else [code])
    return CategoryAxis(levels=tuple(tuple(sorted(groups[cell])) for cell in sorted(groups)))


def _nothing(matrix: Matrix, bags: int) -> tuple[Term, ...]:
    """A term of zeros, for a fit that found nothing: a document has at least one term."""
    candidate = matrix.candidates[0]
    axis: NumberAxis | CategoryAxis = NumberAxis(edges=())
    if candidate.kind == "category":
        axis = CategoryAxis(levels=(codes_seen(matrix.frame, candidate.name),))
    return (make_term((candidate.name,), (axis,), np.zeros(axis.cells), [np.zeros(axis.cells)] * bags),)


# The tables of a scorecard: each cell is the coefficient times the weight of evidence of optbinning's bin.


UNSEEN = "\N{MIDDLE DOT}unseen"


def tables_of_scorecard(fitted: FittedScorecard, matrix: Matrix) -> Tables:
    """Read the tables of a fitted scorecard.

    Parameters
    ----------
    matrix : the clients it was fitted on
    """
    library = fitted.library
    process = library.binning_process_
    coefficients = np.asarray(library.estimator_.coef_, dtype=np.float64).ravel()
    terms = []
    for position, candidate in enumerate(fitted.candidates):
        binned = process.get_binned_variable(candidate.name)
        options = {**EMPIRICAL, **(process.binning_transform_params or {}).get(candidate.name, {})}
        axis: NumberAxis | CategoryAxis
        if candidate.kind == "category":
            codes = matrix.frame[candidate.name].drop_nulls().unique().to_list()
            axis, probes, bins = _categories(binned, codes)
        else:
            axis, probes, bins = _numbers(binned)
        with quiet():
            evidence = np.asarray(binned.transform(probes, metric="woe", **options), dtype=np.float64)
        evidence[-1] = 0.0  # an unseen code is the average client to the library, up to rounding; no number is unseen
        refits = [_cells_of_refit(refit.contributions[position], bins) for refit in fitted.refits]
        terms.append(make_term((candidate.name,), (axis,), coefficients[position] * evidence + 0.0, refits))
    return Tables(
        kind="scorecard",
        library=library_version("optbinning"),
        intercept=float(library.estimator_.intercept_[0]),
        bag_intercepts=tuple(refit.intercept for refit in fitted.refits),
        terms=tuple(terms),
    )


def _numbers(binned: Any) -> tuple[NumberAxis, NDArray[Any], list[int | None]]:
    """The axis, a value that falls in each cell, and the library's bin of each cell (None where it has none)."""
    edges = tuple(float(edge) for edge in binned.splits)
    values = [-np.inf, *edges]
    missing = len(values) + 1
    probes = np.array([np.nan, *values, np.nan])
    return NumberAxis(edges=edges), probes, [missing, *range(len(values)), None]


def _categories(binned: Any, codes: list[str]) -> tuple[CategoryAxis, NDArray[Any], list[int | None]]:
    levels, bins = [], []
    for position, group in enumerate(binned.splits):
        seen = tuple(sorted(set(group) & set(codes)))
        if seen:
            levels.append(seen)
            bins.append(position)
    probes = np.array([None, *(level[0] for level in levels), UNSEEN], dtype=object)
    return CategoryAxis(levels=tuple(levels)), probes, [len(binned.splits) + 1, *bins, None]


def _cells_of_refit(contributions: Floats, bins: list[int | None]) -> Floats:
    return np.array([0.0 if position is None else contributions[position] for position in bins])


# Proof that an additive model computes what the library computes, on rows chosen to disagree.


NEVER_SEEN = "\N{MIDDLE DOT}never seen"
BASES = 3


def certify(
    fitted: FittedEbm | FittedScorecard, tables: Tables, model: AdditiveModel, frame: pl.DataFrame
) -> Certificate:
    """Compare a model with ``slope · library's log-odds + intercept``.

    Parameters
    ----------
    tables : what `model` was made from
    frame : the test clients, with every feature that the library wants

    Raises
    ------
    TrainingError
        When they differ by more than 1e-9 log-odds on any row.
    """
    adversarial = adversarial_rows(model, frame)
    largest = max(_largest_difference(fitted, tables, model, rows) for rows in (frame, adversarial))
    if not largest <= PARITY_BOUND:
        raise TrainingError(
            f"The compiled {model.kind} must equal {tables.library} to {PARITY_BOUND} log-odds; got a difference of "
            f"{largest:.3g}. Report it: nothing was written."
        )
    return Certificate(
        library=tables.library,
        largest_difference=largest,
        test_rows=frame.height,
        adversarial_rows=adversarial.height,
    )


def adversarial_rows(model: AdditiveModel, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows on the seams of a model, made from a few clients by changing one feature, or the two of a pair.

    Each feature is missing; each number is on every edge, just below it, and infinite both ways; each category has
    every code and one never seen; each pair takes every combination of its cells; and everything is missing, or
    unseen, at once.
    """
    columns = frame.columns
    schema = frame.schema
    bases = frame[:: max(1, frame.height // BASES)][:BASES].rows(named=True)
    rows: list[Mapping[str, Value]] = [
        dict.fromkeys(columns),
        {name: NEVER_SEEN if schema[name] == pl.String else math.inf for name in columns},
    ]
    for base in bases:
        rows.extend({**base, **change} for change in _changes(model))
    return pl.DataFrame(rows, schema=schema)


def _changes(model: AdditiveModel) -> Iterator[dict[str, Value]]:
    for term in model.terms:
        values = [list(_adversarial_values(axis)) for axis in term.axes]
        for combination in product(*values):
            yield dict(zip(term.features, combination, strict=True))


def _adversarial_values(axis: NumberAxis | CategoryAxis) -> Iterator[Value]:
    yield None
    if isinstance(axis, NumberAxis):
        yield from (-math.inf, math.inf, 0.0)
        for edge in axis.edges:
            yield edge
            yield float(np.nextafter(edge, -math.inf))
    else:
        yield NEVER_SEEN
        for level in axis.levels:
            yield from level


def _largest_difference(
    fitted: FittedEbm | FittedScorecard, tables: Tables, model: AdditiveModel, rows: pl.DataFrame
) -> float:
    calibration = tables.calibration
    expected = calibration.slope * fitted.decision_function(rows) + calibration.intercept
    return float(np.abs(Lookup(model).score_many(rows).log_odds - expected).max())


# The artefact from calibrated tables: counts, reference, what training saw, the decision rule, the certificate.


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


# From a library's model to the additive model that is served.


Fitted = FittedEbm | FittedScorecard


def tables_of(fitted: Fitted, matrix: Matrix) -> Tables:
    """The uncalibrated tables of a fitted glass box.

    Parameters
    ----------
    matrix : the clients it was fitted on
    """
    if isinstance(fitted, FittedEbm):
        return tables_of_ebm(fitted, matrix)
    return tables_of_scorecard(fitted, matrix)


__all__ = ["Fitted", "Tables", "compile_model", "tables_of"]
