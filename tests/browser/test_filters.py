"""The filters of the clients page: they narrow the list, stay in the address, and are cleared."""

import re

import pytest
from playwright.sync_api import Page, expect

from scoring.i18n import number, text
from scoring.model.decision import Outcome
from scoring.portfolio.filters import Filters, Range, Sort
from scoring.service import Service
from tests.browser.conftest import DESKTOP, PHONE, Opener, wait_until_drawn

pytestmark = pytest.mark.browser


def found(demo: Service, lang: str, filters: Filters) -> str:
    total = demo.portfolio.listing(filters).total
    return text(lang, "page.clients.found", count=number(total, lang), page=1, pages=-(-total // 25))


def choose(page: Page, label: str) -> None:
    page.locator("#filters").get_by_label(label, exact=True).check()


def declined(demo: Service, outcome: Outcome = "decline") -> Filters:
    return Filters(roles=("new",), decisions=(outcome,), numbers={"age_years": Range(None, 40)})


@pytest.mark.parametrize(("lang", "size"), [("fr", DESKTOP), ("en", PHONE)])
def test_filters_narrow_the_list_and_stay_in_the_address(
    open_page: Opener, demo: Service, lang: str, size: tuple[int, int]
) -> None:
    page = open_page(f"/{lang}/", size=size)
    count = page.locator("#clients .cs-count")
    expect(count).to_have_text(found(demo, lang, Filters(roles=("new",))))
    if size == PHONE:
        page.locator("#show-filters").check()
    choose(page, text(lang, "decision.officer.decline"))
    expect(count).to_have_text(found(demo, lang, Filters(roles=("new",), decisions=("decline",))))
    page.locator("#filter-age_years-high").fill("40")
    expect(count).to_have_text(found(demo, lang, declined(demo)))
    expect(page).to_have_url(re.compile(r"decision=decline.*age_years=\.\.40"))
    page.reload()
    expect(count).to_have_text(found(demo, lang, declined(demo)))
    if size == PHONE:
        page.locator("#show-filters").check()
    expect(page.locator("#filter-age_years-high")).to_have_value("40")
    page.locator("#reset").click()
    expect(count).to_have_text(found(demo, lang, Filters(roles=("new",))))
    expect(page.locator("#filter-age_years-high")).to_have_value("")
    expect(page).to_have_url(re.compile(rf"/{lang}/$"))


def test_the_list_is_found_again_as_it_was_left(open_page: Opener, demo: Service) -> None:
    page = open_page("/fr/")
    page.locator("#filter-age_years-high").fill("30")
    expect(page).to_have_url(re.compile(r"age_years=\.\.30"))
    page.locator("#clients tbody a").first.click()
    expect(page.locator("#decision")).to_be_visible()
    page.locator("a[data-page=clients]").click()
    wait_until_drawn(page)
    wanted = Filters(roles=("new",), numbers={"age_years": Range(None, 30)})
    expect(page.locator("#clients .cs-count")).to_have_text(found(demo, "fr", wanted))
    expect(page.locator("#filter-age_years-high")).to_have_value("30")


def test_a_heading_sorts(open_page: Opener, demo: Service) -> None:
    page = open_page("/fr/")
    best = demo.portfolio.listing(Filters(roles=("new",)), sort=Sort("points", descending=True), limit=1).rows[0]
    page.locator("[data-sort=points]").click()
    expect(page.locator("th:has([data-sort=points])")).to_have_attribute("aria-sort", "ascending")
    page.locator("[data-sort=points]").click()
    expect(page.locator("#clients tbody a").first).to_have_text(str(best["client_id"]))
    expect(page).to_have_url(re.compile(r"sort=-points"))


def test_a_range_turned_round_is_said(open_page: Opener) -> None:
    page = open_page("/en/")
    page.locator("#filter-age_years-high").fill("30")
    page.locator("#filter-age_years-low").fill("50")
    expect(page.locator("#filters-said")).to_contain_text("we read from 30 to 50")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_address_with_a_filter_of_nobodys_is_said(open_page: Opener, demo: Service, lang: str) -> None:
    page = open_page(f"/{lang}/?view=clients&gendre=x")
    expect(page.locator("#filters-said")).to_have_text(text(lang, "page.filters.unread"))
    expect(page.locator("#clients .cs-count")).to_have_text(found(demo, lang, Filters(roles=("new",))))
