"""The list of clients as text: its pages, its order, its address; and the fields that narrow it."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markupsafe import escape

from scoring.errors import InputError
from scoring.i18n import LANGUAGES, number, text
from scoring.portfolio.filters import ROLES, Filters, Range, Sort
from scoring.service import Service
from scoring.web.client_list import DEFAULT, PAGE, Wanted, list_html, read_wanted, words_of
from scoring.web.filtering import MAIN, MORE, NEW_ONLY, form_html, read_form
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


class Fields(HTMLParser):
    """What a browser would send of a form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("data-field"), said.get("value") or ""
        if name is None:
            return
        if said["type"] == "checkbox":
            self.said.setdefault(name, []).extend([value] if "checked" in said else [])
        else:
            self.said.setdefault(name, ["", ""])[int(said["data-end"] or 0)] = value


FULL = Filters(
    starts_with="10",
    roles=NEW_ONLY,
    decisions=("accept", "review"),
    points=Range(500, None),
    numbers={"age_years": Range(30, 40.5), "income_total": Range(None, 2e5), "children": Range(0, 0)},
    codes={"housing": ("House / apartment", "With parents")},
)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("filters", [FULL, DEFAULT, replace(DEFAULT, roles=ROLES)])
def test_the_form_says_what_it_was_filled_with(demo: Service, filters: Filters, lang: str) -> None:
    html = form_html(demo.portfolio, filters, lang)
    check_markup(html)
    read = read_form(Fields(html).said, filters, lang)
    assert read.filters == filters  # what has no field, such as the children, stays
    assert read.message(lang) == ""


def test_an_empty_form_clears_what_it_has_fields_for(demo: Service) -> None:
    empty = Fields(form_html(demo.portfolio, DEFAULT, "fr")).said
    assert read_form(empty, FULL, "fr").filters == Filters(
        starts_with="10", roles=NEW_ONLY, numbers={"children": Range(0, 0)}
    )


@pytest.mark.parametrize("name", MAIN + MORE)
def test_every_field_is_on_the_form(demo: Service, name: str) -> None:
    assert name in Fields(form_html(demo.portfolio, DEFAULT, "en")).said


def test_a_range_turned_round_is_read_and_said() -> None:
    read = read_form({"age_years": ["40", "30,5"]}, DEFAULT, "fr")
    assert read.filters.numbers == {"age_years": Range(30.5, 40.0)}
    assert "de 30,50 à 40" in read.message("fr")


@pytest.mark.parametrize("typed", ["nan", "inf", "trente", "1e999", "30-40"])
def test_what_is_no_number_filters_nothing_and_is_said(typed: str) -> None:
    read = read_form({"age_years": [typed, "40"]}, DEFAULT, "fr")
    assert read.filters == DEFAULT
    assert "écrivez un nombre" in read.message("fr")


def test_what_a_page_never_sends_is_refused_or_passed_over() -> None:
    with pytest.raises(InputError, match="must be among"):
        read_form({"housing": ["castle"]}, DEFAULT, "fr")
    assert read_form({"gender": ["F"], "x": ["1", "2"]}, DEFAULT, "fr").filters == DEFAULT
