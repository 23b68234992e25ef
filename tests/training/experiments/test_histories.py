"""What the histories add is the difference of the two areas, on the same clients; the truth is the ceiling."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scoring.data.features import DICTIONARY
from training.cli.histories import notices, printed, write_histories
from training.config import ReferenceSettings, Settings
from training.data.dataset import read_clients
from training.data.synthetic import write_portfolio
from training.experiments.histories import Histories, study_histories
from training.provenance import write_marker

SETTINGS = Settings(folds=2, seed=3, reference=ReferenceSettings(n_estimators=30))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portfolio")
    write_portfolio(900, 5, folder)
    write_marker(folder, clients=900, seed=5)
    return folder


@pytest.fixture(scope="module")
def stated() -> list[str]:
    return []


@pytest.fixture(scope="module")
def study(tables: Path, stated: list[str]) -> Histories:
    return write_histories(tables, tables / "out" / "histories.json", SETTINGS, stated.append)


def test_what_is_added_is_the_difference(study: Histories) -> None:
    assert study.added.value == pytest.approx(study.everything.value - study.application.value, abs=1e-12)
    assert study.added.low < study.added.value < study.added.high
    own, every = study.features
    assert 30 < own < every <= len(DICTIONARY)


def test_the_truth_is_better_than_what_was_learnt(study: Histories) -> None:
    assert study.bayes is not None
    assert study.bayes.value > study.everything.value


def test_each_step_is_told_and_every_figure_is_printed(study: Histories, stated: list[str], tables: Path) -> None:
    assert len(stated) == notices(SETTINGS)
    assert printed(study).row_count == 4
    assert (tables / "out" / "histories.json").is_file()


def test_real_tables_have_no_known_truth(study: Histories) -> None:
    assert printed(replace(study, bayes=None)).row_count == 3


def test_clients_beyond_the_most_are_drawn_with_their_own_truth(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.experiments.histories.MOST_ROWS", 400)
    matrix = read_clients(tables).matrix()
    # The outcome itself as truth: exact for the clients studied only if the very same rows were drawn of both.
    study = study_histories(matrix, SETTINGS, true_pd=matrix.target.astype(np.float64))
    assert 390 <= study.clients <= 410
    assert study.bayes is not None
    assert study.bayes.value == 1.0
