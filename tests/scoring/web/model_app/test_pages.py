"""Every page of the model app, in both languages: sound markup, every text there, links that lead somewhere."""

import re
from html import unescape

import pytest

from scoring.i18n import LANGUAGES
from scoring.service import Service
from scoring.web.links import link
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.frame import MODEL_PAGES, bar_html, title_of
from scoring.web.page import Place, read_place
from tests.scoring.web.model_app.conftest import Drawn
from tests.scoring.web.test_pages import check_markup

NAMES = [page.NAME for page in MODEL_PAGES]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_sound(drawn: Drawn, name: str, lang: str) -> None:
    html = drawn(Place(name), lang)
    check_markup(html)
    assert "model." not in re.sub(r"<[^>]*>", " ", html).replace("model.md", "")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_pages_that_exist(drawn: Drawn, name: str, lang: str) -> None:
    for address in re.findall(r'data-go="([^"]*)"', drawn(Place(name), lang)):
        assert read_place(unescape(address)).page in NAMES


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_the_bar_says_where_one_is(contexts: dict[str, ModelContext], name: str, lang: str) -> None:
    bar = bar_html(contexts[lang], MODEL_PAGES, Place(name, 100002))
    check_markup(bar)
    section = next(page.SECTION for page in MODEL_PAGES if name == page.NAME)
    several = sum(section == page.SECTION for page in MODEL_PAGES) > 1
    assert bar.count('aria-current="page"') == (3 if several else 2)  # section, page where there are several, language
    assert "client=100002" in bar
    assert title_of(Place(name), lang)


def test_a_reason_leads_to_its_line_of_the_table(drawn: Drawn, demo: Service) -> None:
    client = demo.portfolio.examples()["decline"]
    reason = demo.assess(client).explanation.against[0]
    place = read_place(link("en", "points", client, term=reason.feature).split("?")[1])
    html = drawn(place, "en")
    assert html.count("data-sought") == 1
    (row,) = re.findall(r'<tr id="cell-[0-9-]+" class="cs-grid-client" data-sought>(.*?)</tr>', html)
    (term,) = [term for term in demo.model.terms if term.features == (reason.feature,)]
    cell = demo.lookup.score(demo.portfolio.values_of(client, tuple(demo.model.features))).cells[
        demo.model.terms.index(term)
    ]
    assert f"{term.counts[cell]:,}" in row
