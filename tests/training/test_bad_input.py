"""What issue after issue brings to a training: each is handled or refused with one clear message."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from scoring.data.features import DICTIONARY
from scoring.errors import TrainingError
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.costs import CostMatrix
from tests.training.conftest import FEATURES, Declared, made_clients
from training.config import EbmSettings, ScorecardSettings
from training.data.matrix import Candidate, Matrix, check_classes, make_matrix
from training.evaluation.crossfit import UNNAMED, decision_rule
from training.models.compile import Fitted, compile_model, tables_of
from training.models.ebm import fit_ebm
from training.models.onehot import fit_onehot
from training.models.scorecard import fit_scorecard

EBM = EbmSettings(learning_rate=0.1, smoothing_rounds=5, min_samples_leaf=20, rare_rows=60, max_rounds=100)
SCORECARD = ScorecardSettings(fewest=3, most=8, fewest_missing=30)
KINDS = ("ebm", "scorecard")


def _compiled(kind: str, matrix: Matrix) -> AdditiveModel:
    fitted: Fitted = (
        fit_ebm(matrix, EBM, seed=7, bags=2, threads=1) if kind == "ebm" else fit_scorecard(matrix, SCORECARD, seed=7)
    )
    rule = decision_rule(CostMatrix(fn=2.0, fp=1.0), 1.0, 0.1)
    return compile_model(
        fitted, tables_of(fitted, matrix), trained_on=matrix, tested_on=matrix.frame, rule=rule, provenance=UNNAMED
    )


def _with(matrix: Matrix, column: pl.Series, direction: int = 0) -> Matrix:
    kind = "category" if column.dtype == pl.String else "number"
    candidate = Candidate(column.name, kind, direction)  # type: ignore[arg-type]
    return Matrix(matrix.ids, matrix.target, matrix.frame.with_columns(column), (*matrix.candidates, candidate))


def _numbers(matrix: Matrix, values: list[float | None]) -> Matrix:
    padded = (values + [0.0] * len(matrix))[: len(matrix)]
    return _with(matrix, pl.Series("odd", padded, dtype=pl.Float64))


@pytest.mark.parametrize("value", [1.0, None])
def test_a_column_of_one_value_or_none_is_no_candidate(value: float | None) -> None:
    frame, target = made_clients(300, 1)
    odd = frame.with_columns(odd=pl.lit(value, dtype=pl.Float64))
    matrix = make_matrix(odd, target, (*FEATURES, Declared("odd")))
    assert "odd" not in matrix.frame.columns


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_that_is_constant_on_these_clients_alone_changes_nothing(kind: str, matrix: Matrix) -> None:
    odd = _numbers(matrix, [1.0] * len(matrix))
    assert _compiled(kind, odd).terms == _compiled(kind, matrix).terms


@pytest.mark.parametrize("kind", KINDS)
def test_a_code_that_one_client_has_makes_no_cell_of_its_own(kind: str, matrix: Matrix) -> None:
    codes = ["lonely", *(["a", "b"] * len(matrix))][: len(matrix)]
    found = _compiled(kind, _with(matrix, pl.Series("odd", codes)))
    for term in found.terms:
        if term.name == "odd":
            assert ("lonely",) not in term.axes[0].levels  # type: ignore[union-attr]


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_an_infinity_is_refused_by_name(value: float) -> None:
    frame, target = made_clients(300, 1)
    odd = frame.with_columns(debt=pl.when(pl.int_range(pl.len()) == 5).then(value).otherwise(pl.col("debt")))
    with pytest.raises(TrainingError, match="must be finite or missing; got 1 infinite values of debt"):
        make_matrix(odd, target, FEATURES)


def test_three_positives_are_refused(matrix: Matrix) -> None:
    few = replace(matrix, target=np.r_[np.ones(3), np.zeros(len(matrix) - 3)].astype(np.int8))
    with pytest.raises(TrainingError, match="at least 50 clients of each outcome; got 3 with TARGET=1"):
        check_classes(few, 50)


@pytest.mark.parametrize("name", ["TARGET", "SK_ID_CURR"])
def test_neither_the_target_nor_the_number_of_a_client_can_be_a_feature(name: str, matrix: Matrix) -> None:
    assert name not in {feature.name.upper() for feature in DICTIONARY.values()}
    frame, target = made_clients(300, 1)
    tempting = frame.with_columns(TARGET=pl.Series([target[i] for i in frame["SK_ID_CURR"]]))
    assert name not in make_matrix(tempting, target, FEATURES).frame.columns


@pytest.mark.parametrize("name", ["TARGET", "SK_ID_CURR", "sk_id_curr"])
def test_who_declares_one_of_them_is_refused(name: str) -> None:
    frame, target = made_clients(300, 1)
    tempting = frame.with_columns(
        TARGET=pl.Series([float(target[i]) for i in frame["SK_ID_CURR"]]), sk_id_curr=pl.col("SK_ID_CURR")
    )
    with pytest.raises(TrainingError, match=rf"must not be the outcome or a number of a client; got {name}"):
        make_matrix(tempting, target, (*FEATURES, Declared(name)))


@pytest.mark.parametrize("kind", KINDS)
def test_bins_without_an_event_have_finite_scores(kind: str, matrix: Matrix) -> None:
    generator = np.random.default_rng(1)
    safe = np.where(matrix.target == 0, generator.integers(0, 2, len(matrix)), 0).astype(float)
    model = _compiled(kind, _with(matrix, pl.Series("odd", safe)))
    json.dumps(model.model_dump(mode="json"), allow_nan=False)
    assert np.isfinite(Lookup(model).score_many(matrix.frame.with_columns(odd=pl.Series(safe))).log_odds).all()
    if kind == "ebm":
        assert "odd" in {term.name for term in model.terms}


def test_the_scorecard_says_that_it_left_out_what_has_no_bin_with_both_outcomes(matrix: Matrix) -> None:
    safe = np.where(matrix.target == 0, np.arange(len(matrix)) % 2, 0).astype(float)
    fitted = fit_scorecard(_with(matrix, pl.Series("odd", safe)), SCORECARD, seed=7)
    assert fitted.left_out["odd"] == "one bin"


def test_a_category_of_rare_codes_and_one_other_has_nothing_to_say(matrix: Matrix) -> None:
    codes = ["lonely", *(["a"] * len(matrix))][: len(matrix)]
    model = _compiled("ebm", _with(matrix, pl.Series("odd", codes)))
    assert "odd" not in {term.name for term in model.terms}


def test_bins_without_an_event_have_finite_coefficients_in_the_baseline(matrix: Matrix) -> None:
    codes = ["safe" if y == 0 and i % 2 else "other" for i, y in enumerate(matrix.target)]
    odd = _with(matrix, pl.Series("odd", codes))
    fitted = fit_onehot(odd)
    assert np.isfinite(fitted.decision_function(odd.frame)).all()


def test_the_baseline_takes_missing_values_and_codes_it_never_saw(matrix: Matrix) -> None:
    fitted = fit_onehot(matrix, rare=60)
    strange = matrix.frame.with_columns(trade=pl.lit("astronaut"), score=pl.lit(None, dtype=pl.Float64))
    assert np.isfinite(fitted.decision_function(strange)).all()


def test_nothing_that_varies_is_refused() -> None:
    frame, target = made_clients(300, 1)
    flat = frame.select("SK_ID_CURR", odd=pl.lit(1.0))
    with pytest.raises(TrainingError, match="At least one feature must vary"):
        make_matrix(flat, target, (Declared("odd"),))


def _telling_but_rare(matrix: Matrix) -> Matrix:
    """A category that tells the outcome by codes of 52 to 59 clients each: fewer than a bin's share of 1,500."""
    codes = np.empty(len(matrix), dtype=object)
    for outcome in (0, 1):
        rows = np.flatnonzero(matrix.target == outcome)
        codes[rows] = [f"{outcome}-{i % (len(rows) // 52)}" for i in range(len(rows))]
    return _with(matrix, pl.Series("odd", codes.tolist()))


def test_a_category_whose_codes_are_all_rare_is_left_out_of_the_scorecard(matrix: Matrix) -> None:
    fitted = fit_scorecard(_telling_but_rare(matrix), SCORECARD, seed=7)
    assert fitted.left_out["odd"] == "its codes are all rare"
    assert "odd" not in {candidate.name for candidate in fitted.candidates}


def test_a_scorecard_of_rare_codes_alone_is_refused(matrix: Matrix) -> None:
    telling = _telling_but_rare(matrix)
    with pytest.raises(TrainingError, match="must fall into bins; got 1 of one bin"):
        fit_scorecard(telling.only(telling.candidates[-1:]), SCORECARD, seed=7)
