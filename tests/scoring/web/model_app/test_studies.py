"""What the pages tell of studies that were made, and that those not made say by which command they are."""

import re

import pytest

from scoring.i18n import LANGUAGES
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.simplicity import at_size, nearest, simplicity_html
from scoring.web.page import Place
from tests.scoring.web.model_app.conftest import Drawn
from tests.scoring.web.test_pages import check_markup

TOLD = ("tour", "simplicity", "truth", "trials", "validation", "fairness", "data", "dictionary")
COMMANDS = {
    "simplicity": "python -m training simplicity",
    "trials": "python -m training resampling",
    "validation": "python -m training validate",
    "fairness": "python -m training validate",
    "truth": "python -m training validate",
    "data": "python -m training check",
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", TOLD)
def test_pages_with_studies_are_sound(drawn_studied: Drawn, name: str, lang: str) -> None:
    html = drawn_studied(Place(name), lang)
    check_markup(html)
    assert "cs-absent" not in html
    assert "model." not in re.sub(r"<[^>]*>", " ", html)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_study_that_was_not_made_says_how(drawn_bare: Drawn, name: str, lang: str) -> None:
    html = drawn_bare(Place(name), lang)
    check_markup(html)
    assert COMMANDS[name] in html


def test_the_tour_says_what_smote_did(drawn_studied: Drawn) -> None:
    told = drawn_studied(Place("tour"), "en")
    assert "lifts the mean probability from 10.0% (observed) to 42.0%" in told
    assert "does not move beyond chance: 100 for 10,000 clients [−100; 300]" in told


def test_groups_are_told_in_words(drawn_studied: Drawn) -> None:
    told = drawn_studied(Place("fairness"), "fr")
    assert re.search(r'<th scope="row">femme</th>', told)
    assert ">50 %<" in told.replace("\u00a0", " ")
    assert "0,250" in told


def test_a_size_between_two_that_were_fitted(studied: dict[str, ModelContext]) -> None:
    study = studied["en"].reports.simplicity
    assert study is not None
    sizes = study.of_model("ebm")
    assert at_size(sizes, 5, "cost") == pytest.approx(0.595)
    assert at_size(sizes, 12.5, "cost") == pytest.approx(0.5875)
    assert at_size(sizes, 100, "cost") == pytest.approx(0.56)
    assert nearest(sizes, 31).wanted == 40
    assert "from 20 terms on" in simplicity_html(studied["en"], 20)


def test_directions_are_priced(studied: dict[str, ModelContext]) -> None:
    told = re.sub(r"<[^>]*>", " ", simplicity_html(studied["en"], 20).split('id="directions"')[1])
    assert re.search(r"of what is asked for\s+9\s+−0.0025\s+\[−0.0050; 0.0001\]\s+31\s+\[−9; 71\]", told), told


def test_a_validation_of_another_model_is_called_stale(drawn_studied: Drawn, studied: dict[str, ModelContext]) -> None:
    report = studied["en"].reports.validation
    assert report is not None
    assert report.summary.models[studied["en"].reports.serves] == studied["en"].service.model.model_version
    assert "about another" not in drawn_studied(Place("validation"), "en")
