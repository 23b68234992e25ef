"""Both glass boxes on small fits: parity on every seam, constraints on the artefact itself, the same bytes again."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from scoring.errors import TrainingError
from scoring.model.additive_model import AdditiveModel, Calibration, CategoryAxis, Lookup, NumberAxis
from scoring.model.costs import CostMatrix
from scoring.model.scale import log_odds_of
from training.config import EbmSettings, ReferenceSettings, ScorecardSettings
from training.data.matrix import Candidate, Matrix
from training.evaluation.crossfit import UNNAMED, decision_rule
from training.models.compile import Fitted, Tables, adversarial_rows, certify, compile_model, tables_of
from training.models.ebm import fit_ebm
from training.models.reference import fit_reference
from training.models.scorecard import fit_scorecard
from training.models.screening import honest_evidence, screen

EBM = EbmSettings(
    terms=8,
    positives_of_a_pair=50,
    pairs=2,
    reg_lambda=1.0,
    min_samples_leaf=20,
    rare_rows=60,
    learning_rate=0.1,
    smoothing_rounds=5,
)
SCORECARD = ScorecardSettings(fewest=3, most=6, fewest_missing=30)
CALIBRATION = Calibration(slope=0.9, intercept=-0.2)


def _fit(kind: str, matrix: Matrix) -> Fitted:
    if kind == "ebm":
        return fit_ebm(matrix, EBM, seed=7, bags=2, threads=1)
    return fit_scorecard(matrix, SCORECARD, seed=7, bootstraps=5)


def _compile(fitted: Fitted, tables: Tables, matrix: Matrix, test: Matrix) -> AdditiveModel:
    rule = decision_rule(CostMatrix(fn=2.0, fp=1.0), 1.0, 0.1)
    return compile_model(fitted, tables, trained_on=matrix, tested_on=test.frame, rule=rule, provenance=UNNAMED)


@pytest.fixture(scope="module")
def test_clients(made: Callable[[int, int], Matrix]) -> Matrix:
    return made(300, 2)


@pytest.fixture(scope="module", params=["ebm", "scorecard"])
def fitted(request: pytest.FixtureRequest, matrix: Matrix) -> Fitted:
    return _fit(request.param, matrix)


@pytest.fixture(scope="module")
def tables(fitted: Fitted, matrix: Matrix) -> Tables:
    return tables_of(fitted, matrix).calibrated(CALIBRATION)


@pytest.fixture(scope="module")
def model(fitted: Fitted, tables: Tables, matrix: Matrix, test_clients: Matrix) -> AdditiveModel:
    return _compile(fitted, tables, matrix, test_clients)


class TestParity:
    def test_the_model_computes_what_the_library_computes(
        self, fitted: Fitted, model: AdditiveModel, test_clients: Matrix
    ) -> None:
        expected = 0.9 * fitted.decision_function(test_clients.frame) - 0.2
        assert Lookup(model).score_many(test_clients.frame).log_odds == pytest.approx(expected, abs=1e-12)
        assert model.certificate.largest_difference <= 1e-9
        assert model.certificate.test_rows == 300

    def test_the_adversarial_rows_reach_every_cell_of_every_term(
        self, fitted: Fitted, model: AdditiveModel, test_clients: Matrix
    ) -> None:
        rows = adversarial_rows(model, test_clients.frame)
        cells = Lookup(model).score_many(rows).cells
        for position, term in enumerate(model.terms):
            reachable = 1
            for axis in term.axes:
                reachable *= axis.cells - isinstance(axis, NumberAxis)  # no number is unseen
            assert len(set(cells[:, position])) == reachable, term.name

    def test_a_changed_cell_is_refused(
        self, fitted: Fitted, tables: Tables, model: AdditiveModel, test_clients: Matrix
    ) -> None:
        for cell in range(len(model.terms[0].scores) - 1):
            scores = list(model.terms[0].scores)
            scores[cell] += 1e-6
            changed = model.model_copy(
                update={"terms": (model.terms[0].model_copy(update={"scores": tuple(scores)}), *model.terms[1:])}
            )
            with pytest.raises(TrainingError, match=r"must equal .* to 1e-09 log-odds; got a difference of 1e-06"):
                certify(fitted, tables, changed, test_clients.frame)

    def test_tables_are_calibrated_once(self, tables: Tables) -> None:
        with pytest.raises(ValueError, match="calibrated once"):
            tables.calibrated(CALIBRATION)

    def test_the_ebm_has_pairs_of_free_features_within_eight_cells(self, matrix: Matrix) -> None:
        tables = tables_of(_fit("ebm", matrix), matrix)
        pairs = [term for term in tables.terms if len(term.features) == 2]
        assert pairs
        free = {candidate.name for candidate in matrix.candidates if candidate.direction == 0}
        for pair in pairs:
            assert set(pair.features) <= free
            assert max(axis.cells for axis in pair.axes) <= 8


class TestShapes:
    def test_constraints_hold_on_the_cells_and_on_each_bag(self, model: AdditiveModel, matrix: Matrix) -> None:
        directions = {candidate.name: candidate.direction for candidate in matrix.candidates}
        constrained = [term for term in model.terms if len(term.features) == 1 and directions[term.features[0]]]
        assert {term.name for term in constrained} == {"score", "debt"}
        for term in constrained:
            steps = directions[term.name] * np.diff(term.scores[1:-1])
            assert (steps >= -1e-12).all(), term.name
            assert steps.max() > 0.0

    def test_missing_has_its_own_evidence(self, model: AdditiveModel) -> None:
        score = next(term for term in model.terms if term.name == "score")
        assert score.counts[0] > 200
        assert score.scores[0] != 0.0

    def test_an_unseen_code_moves_nothing(self, model: AdditiveModel) -> None:
        for term in model.terms:
            if isinstance(term.axes[0], CategoryAxis) and len(term.axes) == 1:
                assert term.scores[-1] == 0.0

    def test_rare_codes_share_a_cell_in_the_ebm(self, matrix: Matrix) -> None:
        tables = tables_of(_fit("ebm", matrix), matrix)
        axis = next(term.axes[0] for term in tables.terms if term.features == ("trade",))
        assert isinstance(axis, CategoryAxis)
        assert ("judge", "pilot") in axis.levels

    def test_every_coefficient_of_the_scorecard_is_negative(self, matrix: Matrix) -> None:
        fitted = _fit("scorecard", matrix)
        assert (fitted.library.estimator_.coef_ < 0).all()  # type: ignore[union-attr]

    def test_a_direction_that_the_data_contradict_is_reported_and_left_out(self, matrix: Matrix) -> None:
        turned = tuple(replace(c, direction=1) if c.name == "score" else c for c in matrix.candidates)
        fitted = fit_scorecard(matrix.only(turned), SCORECARD, seed=7)
        assert "score" not in {candidate.name for candidate in fitted.candidates}
        assert fitted.left_out["score"] == "the data contradict its direction"

    def test_noise_is_left_out_of_the_scorecard_with_a_reason(self, matrix: Matrix) -> None:
        fitted = fit_scorecard(matrix, replace(SCORECARD, fewest=1, entry_chi2=7.0), seed=7)
        assert "noise" in fitted.left_out
        assert {c.name for c in fitted.candidates} | set(fitted.left_out) == {c.name for c in matrix.candidates}


class TestDocument:
    def test_counts_are_the_clients_of_training(self, model: AdditiveModel, matrix: Matrix) -> None:
        for term in model.terms:
            assert sum(term.counts) == len(matrix)

    def test_the_reference_is_the_mean_over_accepted_clients(self, model: AdditiveModel, matrix: Matrix) -> None:
        scored = Lookup(model).score_many(matrix.frame)
        accepted = scored.log_odds <= log_odds_of(model.rule.threshold)
        assert model.reference.clients == accepted.sum()
        assert model.reference.contributions == pytest.approx(scored.contributions[accepted].mean(axis=0))
        assert model.reference_log_odds == pytest.approx(scored.log_odds[accepted].mean())

    def test_usual_values_are_values_of_training(self, model: AdditiveModel, matrix: Matrix) -> None:
        for name, facts in model.features.items():
            assert facts.usual in matrix.frame[name].to_list()

    def test_no_client_of_training_is_outside_and_an_extreme_one_is(self, model: AdditiveModel, matrix: Matrix) -> None:
        lookup = Lookup(model)
        assert not lookup.score_many(matrix.frame).outside.any()
        assert lookup.score_many(matrix.frame.with_columns(debt=pl.lit(1e9))).outside.all()

    def test_the_spread_is_that_of_whole_models(self, model: AdditiveModel, matrix: Matrix) -> None:
        spread = Lookup(model).score_many(matrix.frame).spread
        assert (spread > 0).mean() > 0.99
        assert spread.mean() < 1.5

    def test_the_reference_of_a_model_that_accepts_nobody_is_of_all(
        self, fitted: Fitted, matrix: Matrix, test_clients: Matrix
    ) -> None:
        tables = tables_of(fitted, matrix).calibrated(Calibration(slope=0.01, intercept=5.0))
        assert _compile(fitted, tables, matrix, test_clients).reference.clients == len(matrix)


@pytest.mark.parametrize("kind", ["ebm", "scorecard"])
def test_the_same_seed_gives_the_same_bytes(kind: str, made: Callable[[int, int], Matrix]) -> None:
    matrix = made(600, 5)
    twice = [_compile(f, tables_of(f, matrix), matrix, matrix) for f in (_fit(kind, matrix), _fit(kind, matrix))]
    assert twice[0].digest == twice[1].digest


def test_the_reference_learns_and_repeats_itself(matrix: Matrix, test_clients: Matrix) -> None:
    settings = ReferenceSettings(n_estimators=60, learning_rate=0.1)
    first, second = (fit_reference(matrix, settings, seed=3).decision_function(test_clients.frame) for _ in range(2))
    assert (first == second).all()
    bad = test_clients.target == 1
    assert first[bad].mean() > first[~bad].mean() + 0.5


class TestScreening:
    def test_what_matters_enters_first_and_noise_does_not(self, matrix: Matrix) -> None:
        names = [candidate.name for candidate in screen(matrix, fewest=1, most=7, entry_chi2=7.0, seed=1).chosen]
        assert names[0] == "score"
        assert {"score", "debt", "trade"} <= set(names)
        assert "noise" not in names

    def test_a_copy_does_not_enter_twice(self, matrix: Matrix) -> None:
        doubled = Matrix(
            matrix.ids,
            matrix.target,
            matrix.frame.with_columns(copy=pl.col("score")),
            (*matrix.candidates, Candidate("copy", "number", -1)),
        )
        found = screen(doubled, fewest=8, most=8, entry_chi2=0.0, seed=1)
        assert "copy" not in {candidate.name for candidate in found.chosen}

    def test_evidence_of_a_client_does_not_know_its_own_outcome(self, made: Callable[[int, int], Matrix]) -> None:
        matrix = made(200, 4)
        before = honest_evidence(matrix, seed=1)
        fold = np.random.default_rng([1, 2]).permutation(200) % 5
        target = matrix.target.copy()
        target[fold == 2] = 1 - target[fold == 2]
        after = honest_evidence(replace(matrix, target=target), seed=1)
        assert (before[fold == 2] == after[fold == 2]).all()
        assert (before[fold != 2] != after[fold != 2]).any()
