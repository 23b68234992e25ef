from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from scoring.errors import TrainingError
from scoring.model.statistics import Difference
from training.checkpoints import Checkpoints
from training.config import EbmSettings, ScorecardSettings, Settings
from training.data.matrix import Matrix
from training.experiments.resampling import Arm, study_resampling
from training.experiments.resampling.page import html
from training.experiments.resampling.study import MODELS, Study, steps
from training.experiments.resampling.table import ranking_intervals
from training.experiments.resampling.words import COLUMNS, cells, note

SETTINGS = Settings(
    seed=3,
    folds=2,
    ebm=EbmSettings(learning_rate=0.1, max_rounds=100, smoothing_rounds=5, min_samples_leaf=20),
    scorecard=ScorecardSettings(fewest=3, most=6, fewest_missing=30),
)


@pytest.fixture(scope="module")
def clients(made: Callable[[int, int], Matrix]) -> Matrix:
    return made(900, 6)


@pytest.fixture(scope="module")
def kept_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def study(clients: Matrix, kept_in: Path) -> Study:
    return study_resampling(clients, SETTINGS, remaining=Checkpoints(kept_in, "resampling", {}))


def test_every_arm_of_every_model_is_read_as_fitted_shifted_and_calibrated(study: Study) -> None:
    lines = {(row.model, row.arm, row.reading) for row in study.rows}
    assert len(lines) == len(study.rows) == len(MODELS) * (3 * 3 + 2)
    assert {row.arm for row in study.rows} == set(Arm)


def test_the_shift_moves_probabilities_to_the_rate_and_leaves_the_order(study: Study) -> None:
    found = {(row.model, row.arm, row.reading): row.figures for row in study.rows}
    for model in MODELS:
        for arm in (Arm.WEIGHTS, Arm.UNDER):
            raw, back = found[model, arm, "as_fitted"], found[model, arm, "prior_shift"]
            assert abs(back["mean_pd"] - back["observed"]) < abs(raw["mean_pd"] - raw["observed"]), (model, arm)
            # folds have shifts that differ by a client or two of the rate, so the order across folds may too
            assert back["auc"] == pytest.approx(raw["auc"], abs=0.005)


def test_every_figure_lies_in_its_interval(study: Study) -> None:
    for row in study.rows:
        for name, (low, high) in row.intervals.items():
            assert low <= row.figures[name] <= high, (row.model, row.arm, name)


def test_a_study_that_was_stopped_fits_only_what_is_missing(
    study: Study, clients: Matrix, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remaining = Checkpoints(kept_in, "resampling", {})
    (lost,) = kept_in.rglob("none-logistic.npz")
    lost.unlink()
    monkeypatch.setattr("training.experiments.resampling.study.fit_scorecard", None)  # would fail if it were called
    wording: list[str] = []
    assert study_resampling(clients, SETTINGS, remaining=remaining, notice=wording.append) == study
    assert len(wording) == steps(SETTINGS)
    assert sum("kept" not in text for text in wording) == SETTINGS.folds


def test_another_key_keeps_elsewhere(kept_in: Path, study: Study) -> None:
    assert study.clients == 900
    assert "none-ebm" not in Checkpoints(kept_in, "resampling", {"seed": 4})


def test_three_clients_with_difficulties_are_refused(clients: Matrix) -> None:
    few = replace(clients, target=np.r_[np.ones(3), np.zeros(len(clients) - 3)].astype(np.int8))
    with pytest.raises(TrainingError, match="at least 50 clients of each outcome; got 3"):
        study_resampling(few, SETTINGS)


class TestWords:
    def test_no_resampling_where_no_line_is_better(self, study: Study) -> None:
        none = _with_differences(study, Difference(-0.1, -0.2, 0.001, 9, 9))
        assert not none.better
        assert "pas de rééchantillonnage" in note(none, "fr")[1]
        assert note(none, "en")[1].endswith("no resampling.")

    def test_a_line_that_is_better_beyond_its_interval_is_named(self, study: Study) -> None:
        some = _with_differences(study, Difference(-0.1, -0.2, -0.001, 9, 9))
        assert len(some.better) == len(MODELS) * 9
        assert "undersampling" in note(some, "en")[1]
        assert not note(some, "en")[1].endswith("no resampling.")

    def test_the_page_has_a_line_for_each_in_both_languages(self, study: Study) -> None:
        page = html(study)
        assert page.count("<tr") == 2 * (len(study.rows) + 1)
        assert "nan" not in page.lower().replace("finance", "")

    def test_a_line_has_a_cell_for_each_column(self, study: Study) -> None:
        assert {len(cells(row, lang)) for row in study.rows for lang in ("fr", "en")} == {len(COLUMNS)}


def test_intervals_of_the_order_hold_what_sklearn_finds_and_know_ties() -> None:
    generator = np.random.default_rng(1)
    score = generator.integers(0, 8, 600) / 8.0
    target = (generator.random(600) < 0.1 + 0.5 * score).astype(int)
    found = ranking_intervals(target, score, seed=1)
    for name, value in (
        ("auc", roc_auc_score(target, score)),
        ("average_precision", average_precision_score(target, score)),
    ):
        low, high = found[name]
        assert low < value < high
        assert high - low < 0.15


def test_a_score_without_order_has_an_auc_of_one_half() -> None:
    assert ranking_intervals(np.array([0, 1] * 50), np.zeros(100), seed=1)["auc"] == (0.5, 0.5)


def _with_differences(study: Study, difference: Difference) -> Study:
    rows = tuple(row if row.difference is None else replace(row, difference=difference) for row in study.rows)
    return replace(study, rows=rows)
