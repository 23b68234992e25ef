"""Exploring the portfolio: ready questions, four linked charts, picks that go on to other pages and into a file."""

import re

import pytest
from playwright.sync_api import Page, expect

from scoring.i18n import number, text
from scoring.portfolio.filters import Filters, Range
from scoring.portfolio.queries import kinds, top
from scoring.service import Service
from scoring.web.explore.picking import masks_of
from scoring.web.explore.view import View
from tests.browser.conftest import DESKTOP, PHONE, Opener, wait_until_drawn

pytestmark = pytest.mark.browser
CHARTS = ("top", "plane", "kinds", "squares")
ADDRESS = "?view=explore"


def drawn(page: Page, chart: str) -> None:
    """A chart is drawn, once it is in sight."""
    plot = page.locator(f"#explore-{chart} cs-plot")
    plot.scroll_into_view_if_needed()
    expect(plot).to_have_attribute("data-drawn", "")
    expect(plot.locator("svg.main-svg").first).to_be_visible()


def count(page: Page) -> int:
    return int(page.locator("#explore-whom [data-count]").get_attribute("data-count") or "-1")


def click_in(page: Page, chart: str, across: float, down: float) -> None:
    """Click in a chart, at shares of its width and height."""
    drawn(page, chart)
    page.locator(f"#explore-{chart} cs-plot .nsewdrag").first.scroll_into_view_if_needed()
    box = page.locator(f"#explore-{chart} cs-plot .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
    page.mouse.down()
    page.mouse.up()


@pytest.mark.parametrize(("lang", "size"), [("fr", DESKTOP), ("en", PHONE)], ids=["desktop", "phone"])
def test_who_has_the_most_transactions_in_two_clicks(
    open_page: Opener, demo: Service, lang: str, size: tuple[int, int]
) -> None:
    page = open_page(f"/{lang}/", size)
    page.locator("a[data-page=explore]").click()
    wait_until_drawn(page)
    question = page.locator("[data-question]").first
    expect(question).to_have_text(text(lang, "explore.question.transactions"))
    question.click()
    found = top(demo.peers.columns, masks_of(demo, View())[0], "card_drawings_sum")
    expect(page.locator("#explore-top h2")).to_contain_text(str(found.ids[0]))
    expect(page.locator("#explore-top h2")).to_contain_text(number(found.values[0], lang))
    expect(page.locator("#explore-top")).to_contain_text(text(lang, "explore.transactions"))
    for chart in CHARTS:
        drawn(page, chart)
    click_in(page, "top", 0.1, 0.05)
    expect(page.locator("#identity h1")).to_contain_text(str(found.ids[0]))


def test_an_area_that_is_drawn_becomes_a_group_to_compare_with(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/{ADDRESS}&client=100002")
    drawn(page, "plane")
    box = page.locator("#explore-plane cs-plot .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.95 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.6 * box["height"], steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("pick=plane"))
    expect(page.locator("#explore-unpick")).to_be_visible()
    picked = count(page)
    assert 0 < picked < len(demo.portfolio)
    expect(page.locator("#explore-whom")).to_contain_text(text("en", "explore.picked"))
    expect(page.locator("#explore-kinds .cs-figure-note")).not_to_contain_text("4,127")
    page.reload()
    drawn(page, "plane")
    assert count(page) == picked
    page.locator("#explore-compare").click()
    told = page.locator("#compare-told")
    expect(told.locator("[data-size]")).to_be_visible()
    assert abs(int(told.locator("[data-size]").get_attribute("data-size") or "-1") - picked) <= 1
    expect(page.get_by_label(text("en", "page.compare.group.selection"))).to_be_checked()


def test_bars_and_squares_pick_their_clients_and_let_them_go(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/fr/{ADDRESS}")
    view = View()
    first = kinds(demo.peers.columns, masks_of(demo, view)[0], view.kind).published[0]
    click_in(page, "kinds", 0.05, 0.05)
    expect(page.locator("#explore-whom [data-count]")).to_have_attribute("data-count", str(first.size))
    click_in(page, "kinds", 0.05, 0.05)
    expect(page.locator("#explore-whom [data-count]")).to_have_attribute("data-count", str(len(demo.portfolio)))
    click_in(page, "squares", 0.1, 0.1)
    expect(page).to_have_url(re.compile("pick=squares"))
    assert 0 < count(page) < len(demo.portfolio)
    page.locator("#explore-unpick").click()
    expect(page).not_to_have_url(re.compile("pick"))
    expect(page.locator("#explore-whom [data-count]")).to_have_attribute("data-count", str(len(demo.portfolio)))


def test_filters_are_shared_and_cleared(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/{ADDRESS}")
    drawn(page, "top")
    page.locator("#explore-filters summary").first.click()
    page.locator("#explore-age_years-high").fill("30")
    page.locator("#explore-age_years-high").press("Tab")
    expected = demo.portfolio.listing(Filters(numbers={"age_years": Range(None, 30)}), limit=0).total
    expect(page.locator("#explore-whom [data-count]")).to_have_attribute("data-count", str(expected))
    # Chosen by age: approvals are shown, outcomes are not.
    page.get_by_label(text("en", "explore.show.difficulties"), exact=True).check()
    expect(page.locator("#explore-squares")).to_contain_text(text("en", "explore.squares.sensitive"))
    expect(page.locator("#explore-squares cs-plot")).to_have_count(0)
    page.reload()
    expect(page.locator("#explore-whom [data-count]")).to_have_attribute("data-count", str(expected))
    expect(page.locator("#explore-age_years-high")).to_have_value("30")
    page.locator("#explore-filters [data-reset]").click()
    expect(page.locator("#explore-whom [data-count]")).to_have_attribute("data-count", str(len(demo.portfolio)))
    expect(page.locator("#explore-age_years-high")).to_have_value("")


def test_another_quantity_is_kept_in_the_address(open_page: Opener) -> None:
    page = open_page(f"/en/{ADDRESS}")
    drawn(page, "top")
    page.get_by_label(text("en", "explore.choose.top")).select_option(label="Declared income")
    expect(page.locator("#explore-top h2")).to_contain_text("Declared income")
    expect(page).to_have_url(re.compile("top=income_total"))
    page.locator("a[hreflang=fr]").click()
    expect(page.locator("#explore-top h2")).to_contain_text("Revenu déclaré")


def test_the_selection_as_a_file_and_as_a_list(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/{ADDRESS}&decision=decline&occupation=Laborers")
    expect(page.locator("#explore-whom [data-count]")).to_be_visible()
    with page.expect_download() as download:
        page.locator("#explore-export").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == count(page) + 1
    expected = count(page)
    page.locator("#explore-whom .cs-do a").first.click()
    expect(page.locator("#page-clients [role=status]").first).to_contain_text(number(expected, "en"))


def test_what_is_no_filter_is_said(open_page: Opener) -> None:
    page = open_page(f"/fr/{ADDRESS}&nothing=1")
    expect(page.get_by_role("alert")).to_have_text(text("fr", "explore.unread"))
    page = open_page(f"/fr/{ADDRESS}&income_total=1..2")
    expect(page.locator("#explore-whom")).to_contain_text(text("fr", "explore.nobody"))
    expect(page.locator("cs-plot")).to_have_count(0)


def test_by_keyboard_alone(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/{ADDRESS}")
    drawn(page, "top")
    page.locator("[data-question=payments]").focus()
    page.keyboard.press("Enter")
    found = top(demo.peers.columns, masks_of(demo, View())[0], "installments_count")
    expect(page.locator("#explore-top h2")).to_contain_text(number(found.values[0], "en"))
    page.locator("#explore-top summary").focus()
    page.keyboard.press("Enter")
    page.locator("#explore-top table a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#identity h1")).to_contain_text(str(found.ids[0]))
