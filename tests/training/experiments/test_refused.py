"""The refused are judged by their true risk; what the two scorecards differ in is whom they saw."""

import json
from pathlib import Path

import numpy as np
import pytest

from scoring.model.costs import CostMatrix
from training.cli.refused import notices, printed, write_refused
from training.config import Settings
from training.experiments.refused import FITTED_ON, Refused, expected_cost, judge

SETTINGS = Settings(seed=3)


@pytest.fixture(scope="module")
def stated() -> list[str]:
    return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("refused")


@pytest.fixture(scope="module")
def study(folder: Path, stated: list[str]) -> Refused:
    return write_refused(1800, folder / "refused.json", SETTINGS, publish=folder / "page.md", notice=stated.append)


def test_the_refused_are_riskier_and_only_one_scorecard_saw_them(study: Refused) -> None:
    assert 0.1 < study.refused / study.clients < 0.35
    assert study.fitted["granted"] < study.fitted["all"] < study.clients
    for name in FITTED_ON:
        groups = study.groups[name]
        assert groups["refused"].true > 1.5 * groups["granted"].true
        assert groups["granted"].clients + groups["refused"].clients == groups["all"].clients
        for found in groups.values():
            assert found.least <= found.cost


def test_it_is_written_and_told(study: Refused, folder: Path, stated: list[str]) -> None:
    assert len(stated) == notices()
    written = json.loads((folder / "refused.json").read_text())
    assert written["groups"] == study.as_dict()["groups"]
    page = (folder / "page.md").read_text()
    assert f"{study.groups['granted']['refused'].auc:.4f}" in page
    assert printed(study).row_count == 6
    assert not list(folder.glob(".refused-*"))


def test_nothing_is_cheaper_than_the_truth() -> None:
    rng = np.random.default_rng(1)
    true_pd, costs = rng.uniform(0.01, 0.3, 500), CostMatrix()
    found = judge(rng.normal(-2.5, 1.0, 500), true_pd, costs)
    assert found.least < found.cost
    assert expected_cost(true_pd, np.zeros(500, dtype=bool), costs) == pytest.approx(10 * true_pd.mean())
