"""Files of every version of the format load for ever, under the name and with the scores that they had.

The files in ``golden`` were written once, by the version that they are of, and are never written again.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from scoring.model.additive_model import VERSIONS, AdditiveModel, Band, Lookup, read_model, write_model
from scoring.model.additive_model.published import json_schema
from tests import ROOT
from tests.scoring.model.additive_model.models import small_model

GOLDEN = Path(__file__).parent / "golden"
PUBLISHED = ROOT / "docs" / "additive-model.schema.json"


def _golden(version: int) -> tuple[Path, dict[str, Any]]:
    said = json.loads((GOLDEN / f"version-{version}.scores.json").read_text(encoding="utf-8"))
    return GOLDEN / f"version-{version}.json", said


@pytest.mark.parametrize("version", VERSIONS)
def test_an_old_file_is_still_the_same_model(version: int) -> None:
    path, said = _golden(version)
    model = read_model(path)
    assert model.version == version
    assert model.model_version == said["model_version"]
    for client in said["clients"]:
        scored = Lookup(model).score(client["facts"])
        assert scored.log_odds == client["log_odds"]
        assert list(scored.contributions) == client["contributions"]
        assert scored.spread == pytest.approx(client["spread"], abs=1e-15)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_old_file_written_again_stays_of_its_version(version: int, tmp_path: Path) -> None:
    path, _ = _golden(version)
    write_model(read_model(path), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_before_the_band_a_review_was_all_that_was_shown() -> None:
    rules = {version: read_model(_golden(version)[0]).rule for version in VERSIONS}
    assert rules[1].band_k == rules[1].review_k
    assert rules[2].band is not None
    assert rules[2].band_k == rules[2].band.k


def test_a_version_holds_what_it_may() -> None:
    with pytest.raises(ValidationError, match="must have a band from version 2 on; got version 2"):
        small_model(version=2)
    rule = small_model().rule.model_copy(update={"band": Band(k=1.0, coverage=0.9)})
    assert small_model(rule=rule).version == 2
    with pytest.raises(ValidationError, match="must have a band from version 2 on; got version 1"):
        AdditiveModel.model_validate({**small_model(rule=rule).model_dump(), "version": 1})


def test_the_published_schema_is_that_of_the_product() -> None:
    told = "the schema is stale: write it again with `python -m scoring schema --out docs/additive-model.schema.json`"
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json_schema(), told


def test_the_schema_knows_every_member_of_a_file() -> None:
    schema = json_schema()
    for version in VERSIONS:
        document = json.loads(_golden(version)[0].read_text(encoding="utf-8"))
        assert set(document) <= set(schema["properties"])
        assert set(schema["required"]) <= set(document)
        rule = schema["$defs"]["DecisionRule"]
        assert set(document["rule"]) <= set(rule["properties"])
        assert set(rule["required"]) <= set(document["rule"])
