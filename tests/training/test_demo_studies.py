"""The studies beside the demo's models are about the demo's clients, made by the code that is here."""

import json
from typing import get_args

import pytest

from scoring.service import Service
from scoring.settings import DEMO
from training.reporting.documents import VERSION, Study, study_fingerprint


@pytest.mark.parametrize("study", get_args(Study))
def test_a_study_of_the_demo_is_fresh(study: Study, demo: Service) -> None:
    found = json.loads((DEMO / f"{study}.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert (found["format"], found["version"]) == (f"clairscore-{study}", VERSION)
    assert found["data"]["fingerprint"] == demo.model.provenance.data_fingerprint
    assert found["data"]["synthetic"] is True
    assert found["code_fingerprint"] == study_fingerprint(study), "the demo's studies are stale: run `make train`"


def test_the_validation_is_of_the_models_that_are_served(demo: Service) -> None:
    found = json.loads((DEMO / "validation.json").read_text(encoding="utf-8"))["summary"]
    assert found["serves"] == demo.artefacts.champion.serves
    assert found["models"][found["serves"]] == demo.model.model_version
    assert found["quick"] is False
