"""The file: written and read again it is the same; changed, cut or of another version it is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from scoring.errors import ArtefactError
from scoring.model.additive_model import NumberAxis, Term, read_model, write_model
from tests.scoring.model.additive_model.models import AGE, small_model


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "ebm.json"
    write_model(small_model(), path)
    return path


def change(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_round_trip(written: Path) -> None:
    model = read_model(written)
    assert model == small_model()
    assert model.model_version == small_model().model_version


def test_layout_of_the_file_does_not_matter(written: Path) -> None:
    document = json.loads(written.read_text())
    written.write_text(json.dumps(dict(reversed(document.items())), indent=4))
    assert read_model(written) == small_model()


def test_a_changed_number_is_refused(written: Path) -> None:
    change(written, intercept=-2.3999999999999)
    with pytest.raises(ArtefactError, match=r"must be those that were written; got digest sha256:.* in .*ebm\.json"):
        read_model(written)


def test_another_version_is_refused(written: Path) -> None:
    change(written, version=3)
    with pytest.raises(ArtefactError, match="version 1 or 2; got format 'clairscore-additive-model', version 3"):
        read_model(written)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"', "\x00\xff"])
def test_what_is_no_model_is_refused(written: Path, content: str) -> None:
    written.write_text(content, encoding="latin-1")
    with pytest.raises(ArtefactError, match=r"ebm\.json"):
        read_model(written)


def test_a_cut_file_is_refused(written: Path) -> None:
    written.write_bytes(written.read_bytes()[:-100])
    with pytest.raises(ArtefactError, match="must be readable JSON"):
        read_model(written)


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="must exist; got none in"):
        read_model(tmp_path / "ebm.json")


def test_a_missing_part_is_named(written: Path) -> None:
    document = json.loads(written.read_text())
    del document["terms"][1]["scores"]
    written.write_text(json.dumps(document))
    with pytest.raises(ArtefactError, match=r"at terms\.1\.scores: Field required"):
        read_model(written)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_are_finite(written: Path, word: str) -> None:
    text = written.read_text().replace('"intercept":-2.4', f'"intercept":{word}')
    written.write_text(text)
    with pytest.raises(ArtefactError, match="at intercept: Input should be a finite number"):
        read_model(written)


def test_a_certificate_above_the_bound_is_not_written() -> None:
    certificate = small_model().certificate.model_dump() | {"largest_difference": 1.1e-9}
    with pytest.raises(ValidationError, match=r"less than or equal to 0\.000000001"):
        small_model(certificate=certificate)


def test_shapes_are_checked() -> None:
    with pytest.raises(ValidationError, match="a term over 6 cells must have as many scores"):
        Term(features=("age",), axes=(AGE,), scores=(0.0,) * 5, counts=(0,) * 6, bags=())
    with pytest.raises(ValidationError, match="edges of an axis must increase strictly"):
        NumberAxis(edges=(1.0, 1.0))
    with pytest.raises(ValidationError, match="must have 1 bags; got 2"):
        small_model(bag_intercepts=(-2.4,))
    with pytest.raises(ValidationError, match="these are not: \\['age'\\]"):
        small_model(features={name: facts for name, facts in small_model().features.items() if name != "age"})
