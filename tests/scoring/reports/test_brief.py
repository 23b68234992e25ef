"""The tour: every point of the brief once and in order, and every way leads somewhere."""

import pytest

from scoring.i18n import LANGUAGES, text
from scoring.reports.brief import PARTS, STOPS, files
from scoring.settings import ROOT
from scoring.web.model_app.frame import MODEL_PAGES
from scoring.web.pages import PAGES

TO_COME = {"docs/note_methodologique.pdf"}
"""Documents that are written from the results of the last training."""


def test_every_point_of_the_brief_is_there_in_order() -> None:
    assert [stop.code for stop in STOPS] == [f"B{number}" for number in range(1, 23)]
    assert all(stop.ways for stop in STOPS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_point_says_what_was_asked_and_what_was_done(lang: str) -> None:
    for part in PARTS:
        assert text(lang, f"model.tour.part.{part}")
    for stop in STOPS:
        assert text(lang, f"model.tour.{stop.code.lower()}")
        assert text(lang, f"model.tour.{stop.code.lower()}.done").endswith(".")


def test_every_way_leads_somewhere() -> None:
    pages, officers = {page.NAME for page in MODEL_PAGES}, {page.NAME for page in PAGES}
    for stop in STOPS:
        for way in stop.ways:
            if way.kind == "model":
                assert way.target in pages, stop.code
            if way.kind == "officers":
                assert way.target in officers, stop.code
    assert {path for path in files() if not (ROOT / path).is_file()} <= TO_COME
