import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoring.errors import TrainingError
from training.config import EbmSettings, ScorecardSettings, Settings
from training.kept import Kept
from training.matrix import Matrix
from training.studies import simplicity
from training.studies.pictures import draw
from training.studies.simplicity import Simplicity, steps, study_simplicity

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
    return study_simplicity(clients, SETTINGS, kept=Kept(kept_in, "simplicity", {}))


def test_each_model_has_a_point_for_each_size_and_no_more_terms_than_asked(study: Simplicity) -> None:
    assert [(p.model, p.wanted) for p in study.points] == [
        ("ebm", 2), ("ebm", 4), ("scorecard", 2), ("scorecard", 4)
    ]  # fmt: skip
    assert all(0 < point.terms <= point.wanted for point in study.points)


def test_the_largest_size_differs_from_itself_by_nothing(study: Simplicity) -> None:
    for point in study.points:
        if point.wanted == 4:
            assert point.from_largest.mean == point.from_largest.low == point.from_largest.high == 0.0


def test_what_was_kept_is_not_fitted_again(
    study: Simplicity, clients: Matrix, kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simplicity, "fit_ebm", None)
    monkeypatch.setattr(simplicity, "fit_scorecard", None)
    said: list[str] = []
    again = study_simplicity(clients, SETTINGS, kept=Kept(kept_in, "simplicity", {}), notice=said.append)
    assert again == study
    assert len(said) == steps(SETTINGS)


def test_it_is_plain_json_without_nan_and_a_picture(study: Simplicity) -> None:
    assert json.loads(json.dumps(study.as_dict(), allow_nan=False))["clients"] == 900
    assert draw(study).startswith(b"\x89PNG")


def test_three_clients_with_difficulties_are_refused(clients: Matrix) -> None:
    few = replace(clients, target=np.r_[np.ones(3), np.zeros(len(clients) - 3)].astype(np.int8))
    with pytest.raises(TrainingError, match="at least 50 clients of each outcome; got 3"):
        study_simplicity(few, SETTINGS)
