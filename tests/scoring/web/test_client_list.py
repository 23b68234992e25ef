"""The list of clients as text: its pages, its order, its address; and the fields that narrow it."""

import asyncio
import re
from dataclasses import replace
from html import escape
from typing import Any

import gradio as gr
import pytest

from scoring.errors import InputError
from scoring.filters import Filters, Range, Sort
from scoring.language import LANGUAGES, number, text
from scoring.service import Service
from scoring.web.client_list import DEFAULT, PAGE, Wanted, list_html, read_wanted, words_of
from scoring.web.filtering import MAIN, MORE, NEW_ONLY, FilterFields, turned_said
from tests.scoring.web.test_pages import check_markup


def clients_in(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'tr data-client="(\d+)"', html)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_is_paged(demo: Service, lang: str) -> None:
    first, second = (list_html(demo, Wanted(page=page), lang) for page in (0, 1))
    check_markup(first.html)
    assert len(clients_in(first.html)) == PAGE
    assert (first.page, second.page) == (0, 1)
    assert not set(clients_in(first.html)) & set(clients_in(second.html))
    assert list_html(demo, Wanted(page=10**6), lang).page == first.last


def test_a_number_of_no_new_applicant_is_found_among_all(demo: Service) -> None:
    old = str(next(row for row in demo.portfolio.listing(Filters(roles=("test",)), limit=1).rows)["client_id"])
    listed = list_html(demo, Wanted(replace(DEFAULT, starts_with=old)), "en")
    assert clients_in(listed.html) == [int(old)]
    assert text("en", "page.clients.beyond") in listed.html
    found = list_html(demo, Wanted(Filters(starts_with=old)), "en")
    assert text("en", "page.clients.beyond") not in found.html


def test_no_client_is_said_in_words(demo: Service) -> None:
    listed = list_html(demo, Wanted(Filters(starts_with="9999999")), "fr")
    assert text("fr", "page.clients.none") in listed.html
    assert (listed.page, listed.last) == (0, 0)


def test_the_decisions_counted_are_those_listed(demo: Service) -> None:
    html = list_html(demo, Wanted(), "en").html
    total = demo.portfolio.listing(DEFAULT)
    for outcome, count in total.counts.items():
        assert f"{number(count, 'en')} {escape(text('en', f'decision.officer.{outcome}'))}" in html
    assert sum(total.counts.values()) == total.total


def test_the_order_is_said_and_kept(demo: Service) -> None:
    html = list_html(demo, Wanted(sort=Sort("points", descending=True)), "fr").html
    points = [demo.assess(client).decision.points for client in clients_in(html)]
    assert points == sorted(points, reverse=True)
    assert html.count('aria-sort="descending"') == 1


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(Filters()),
        Wanted(replace(DEFAULT, starts_with="1", numbers={"age_years": Range(30, 40)}), Sort("points", True), 3),
        Wanted(replace(DEFAULT, codes={"housing": ("Rented apartment",)}), Sort("age_years")),
    ],
)
def test_an_address_asks_for_the_list_again(wanted: Wanted) -> None:
    found = read_wanted(words_of(wanted))
    expected = wanted if wanted.filters.roles else replace(wanted, filters=replace(wanted.filters, roles=NEW_ONLY))
    assert found == expected


@pytest.mark.parametrize("words", [{"sort": "gender"}, {"age_years": "x"}, {"nothing": "1"}])
def test_an_address_that_asks_for_nothing_known_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(InputError):
        read_wanted(words)


@pytest.fixture
def fields(demo: Service) -> FilterFields:
    async def make() -> FilterFields:  # Gradio leaves an open event loop behind wherever none runs
        with gr.Blocks(analytics_enabled=False):
            made = FilterFields(demo.portfolio, "fr")
            made.build_new_only()
            made.build(MAIN + MORE)
        return made

    return asyncio.run(make())


def values_of(fields: FilterFields, filters: Filters) -> list[Any]:
    return [update["value"] for update in fields.updates(filters)]


def test_the_fields_say_what_they_were_given(fields: FilterFields) -> None:
    wanted = Filters(
        starts_with="10",
        roles=NEW_ONLY,
        decisions=("accept", "review"),
        points=Range(500, None),
        numbers={"age_years": Range(30, 40), "income_total": Range(None, 2e5), "children": Range(0, 0)},
        codes={"housing": ("Rented apartment", "With parents")},
    )
    read = fields.read(values_of(fields, wanted), wanted)
    assert read.filters == wanted  # what has no field, the children, stays
    assert read.turned == ()
    cleared = fields.read(values_of(fields, DEFAULT), wanted)
    assert cleared.filters == Filters(starts_with="10", roles=NEW_ONLY, numbers={"children": Range(0, 0)})


def test_a_range_turned_round_is_read_and_said(fields: FilterFields) -> None:
    values = values_of(fields, DEFAULT)
    low = next(at for at, field in enumerate(fields.inputs) if field.elem_id == "filter-age_years-low")
    values[low], values[low + 1] = 40, 30
    read = fields.read(values, DEFAULT)
    assert read.filters.numbers == {"age_years": Range(30.0, 40.0)}
    assert "de 30 à 40" in turned_said(read.turned, read.filters, "fr")


@pytest.mark.parametrize("typed", [float("nan"), float("inf"), 1e300, "12", None])
def test_what_is_no_number_filters_nothing(fields: FilterFields, typed: Any) -> None:
    values = values_of(fields, DEFAULT)
    low = next(at for at, field in enumerate(fields.inputs) if field.elem_id == "filter-age_years-low")
    values[low] = typed
    assert fields.read(values, DEFAULT).filters == DEFAULT
