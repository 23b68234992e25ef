"""Reports are read with declared types, and say what is wrong with what they are given."""

import json
import shutil
from pathlib import Path

import pytest

from scoring.errors import ArtefactError
from scoring.model.artefacts import read_artefacts
from scoring.reports.folder import Reports
from scoring.service import Service
from scoring.settings import DEMO


def test_the_demos_reports(demo: Service) -> None:
    reports = Reports(demo.artefacts)
    assert set(reports.models) == {"scorecard", "ebm"}
    assert reports.models[reports.serves] is demo.model
    evaluation = reports.evaluation
    assert evaluation.comparison.serves == reports.serves
    for kind in ("scorecard", "ebm", "reference"):
        sweep = evaluation.assessment.models[kind].every_threshold
        assert sweep.clients == evaluation.assessment.clients
        assert sweep.bad == evaluation.assessment.defaulters


def test_a_model_from_another_training_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    artefacts = read_artefacts(folder)
    other = next(kind for kind in ("ebm", "scorecard") if kind != artefacts.champion.serves)
    shutil.copy(folder / f"{artefacts.champion.serves}.json", folder / f"{other}.json")
    with pytest.raises(ArtefactError, match="must be the one it was compared with"):
        _ = Reports(artefacts).models


@pytest.mark.parametrize(
    ("change", "message"),
    [({"version": 99}, "must be of format"), ({"data": {}}, "evaluation.json must be consistent; got .* data")],
)
def test_an_evaluation_that_does_not_fit_is_refused(tmp_path: Path, change: dict, message: str) -> None:
    folder = Path(shutil.copytree(DEMO, tmp_path / "demo"))
    document = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    (folder / "evaluation.json").write_text(json.dumps({**document, **change}), encoding="utf-8")
    with pytest.raises(ArtefactError, match=message):
        _ = Reports(read_artefacts(folder)).evaluation


def test_a_missing_evaluation_says_how_to_make_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(DEMO, tmp_path / "demo"))
    (folder / "evaluation.json").unlink()
    with pytest.raises(ArtefactError, match="python -m training run"):
        _ = Reports(read_artefacts(folder)).evaluation


def test_a_study_of_other_data_is_not_shown(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    other = {"synthetic": True, "fingerprint": "sha256:other", "clients": 1}
    study = {"format": "clairscore-tuning", "version": 1, "data": other, "seed": 1, "trials": 1}
    document = {**study, "settings": {}, "gains": [], "searches": {}}
    (folder / "tuning.json").write_text(json.dumps(document), encoding="utf-8")
    assert Reports(read_artefacts(folder)).tuning is None
    fingerprint = read_artefacts(folder).model.provenance.data_fingerprint
    (folder / "tuning.json").write_text(
        json.dumps({**document, "data": {**other, "fingerprint": fingerprint}}), encoding="utf-8"
    )
    assert Reports(read_artefacts(folder)).tuning is not None


@pytest.mark.parametrize("name", ["watch", "shock"])
def test_a_watch_of_another_model_is_not_shown(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    assert getattr(Reports(read_artefacts(folder)), name) is not None
    text = (folder / f"{name}.json").read_text(encoding="utf-8")
    version = read_artefacts(folder).model.model_version
    (folder / f"{name}.json").write_text(text.replace(version, "scorecard-000000000000"), encoding="utf-8")
    assert getattr(Reports(read_artefacts(folder)), name) is None
    (folder / f"{name}.json").unlink()
    assert getattr(Reports(read_artefacts(folder)), name) is None
