import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.errors import TrainingError
from training.checkpoints import Checkpoints
from training.config import EbmSettings, ScorecardSettings, Settings
from training.data.matrix import Candidate, Matrix
from training.experiments import simplicity
from training.experiments.simplicity import Simplicity, draw, set_free, steps, study_simplicity

SETTINGS = Settings(
    seed=3,
    folds=2,
    ebm=EbmSettings(learning_rate=0.1, max_rounds=60, smoothing_rounds=5, min_samples_leaf=20),
    scorecard=ScorecardSettings(fewest_missing=30),
)


@pytest.fixture(scope="module", autouse=True)
def few_sizes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simplicity, "SIZES", (2, 4))
        yield


@pytest.fixture(scope="module")
def kept_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def clients(made: Callable[[int, int], Matrix]) -> Matrix:
    return made(900, 6)


@pytest.fixture(scope="module")
def study(few_sizes: None, clients: Matrix, kept_in: Path) -> Simplicity:
    return study_simplicity(clients, SETTINGS, remaining=Checkpoints(kept_in, "simplicity", {}))


def test_each_model_has_a_point_for_each_size_and_no_more_terms_than_asked(study: Simplicity) -> None:
    assert [(p.model, p.wanted) for p in study.points] == [
        ("ebm", 2), ("ebm", 4), ("scorecard", 2), ("scorecard", 4)
    ]  # fmt: skip
    assert all(0 < point.terms <= point.wanted for point in study.points)


def test_the_largest_size_differs_from_itself_by_nothing(study: Simplicity) -> None:
    for point in study.points:
        if point.wanted == 4:
            assert point.from_largest.mean == point.from_largest.low == point.from_largest.high == 0.0


def test_directions_that_nothing_declares_cost_nothing(study: Simplicity, clients: Matrix) -> None:
    assert [(one.model, one.freed) for one in study.directions] == [
        ("ebm", "request"), ("ebm", "all"), ("scorecard", "request"), ("scorecard", "all")
    ]  # fmt: skip
    declared = sum(candidate.direction != 0 for candidate in clients.candidates)
    for one in study.directions:
        assert one.features == (declared if one.freed == "all" else 0)
        assert one.auc_low <= one.auc_declared - one.auc_free <= one.auc_high
        if not one.features:
            assert one.auc_declared == one.auc_free
            assert one.cost.mean == one.cost.low == one.cost.high == 0.0


def test_the_request_is_what_the_applicant_can_change() -> None:
    candidates = [Candidate("credit_amount", "number", 1), Candidate("ext_source_2", "number", -1)]
    frame = pl.DataFrame({"credit_amount": [1.0, 2.0], "ext_source_2": [0.5, 0.1]})
    matrix = Matrix(np.array([1, 2]), np.array([0, 1], dtype=np.int8), frame, tuple(candidates))
    assert [one.direction for one in set_free(matrix, "request").candidates] == [0, -1]
    assert [one.direction for one in set_free(matrix, "all").candidates] == [0, 0]


def test_what_was_kept_is_not_fitted_again(
    study: Simplicity, clients: Matrix, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simplicity, "fit_ebm", None)
    monkeypatch.setattr(simplicity, "fit_scorecard", None)
    monkeypatch.setattr(simplicity, "quick_fit", lambda *_: None)
    wording: list[str] = []
    again = study_simplicity(clients, SETTINGS, remaining=Checkpoints(kept_in, "simplicity", {}), notice=wording.append)
    assert again == study
    assert len(wording) == steps(SETTINGS)


def test_it_is_plain_json_without_nan_and_a_picture(study: Simplicity) -> None:
    assert json.loads(json.dumps(study.as_dict(), allow_nan=False))["clients"] == 900
    assert draw(study).startswith(b"\x89PNG")


def test_three_clients_with_difficulties_are_refused(clients: Matrix) -> None:
    few = replace(clients, target=np.r_[np.ones(3), np.zeros(len(clients) - 3)].astype(np.int8))
    with pytest.raises(TrainingError, match="at least 50 clients of each outcome; got 3"):
        study_simplicity(few, SETTINGS)
