"""Each officers' page, drawn and unfolded: axe, WCAG 2.2 criteria, screens of every width, plain words."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from scoring.language import text
from tests.browser.conftest import DESKTOP, PHONE, Opener, wait_until_drawn
from tests.browser.looks import (
    JARGON,
    axe_findings,
    lost_at_double_size,
    open_folds,
    pictures_without_text,
    sideways_scrolls,
)

pytestmark = pytest.mark.browser
CLIENT = 100002
PAGES = {
    "clients": "#clients tbody tr",
    "decision": "#waterfall",
    "client": "#client-decision",
    "simulate": ".cs-map-field",
    "compare": "[data-fact=occupation] cs-plot",
    "explore": "#explore-squares cs-plot",
    "reviews": "#page-reviews h1",
}
"""Each page, and what it shows once it is there."""
CHARTS = {"simulate": 1, "compare": 6, "explore": 4}
"""Least number of charts on a page."""
OUTCOMES = ("accept", "review", "decline")


def walk(page: Page) -> Iterator[str]:
    """Each page in turn, drawn and unfolded, without loading it anew."""
    for name, there in PAGES.items():
        page.evaluate("(query) => window.clairscore.go(query)", f"view={name}&client={CLIENT}")
        wait_until_drawn(page)
        expect(page.locator(f"#page-{name}")).to_be_visible()
        expect(page.locator(there).first).to_be_visible()
        open_folds(page)
        for plot in page.locator("cs-plot:visible").all():
            plot.scroll_into_view_if_needed()
            expect(plot).to_have_attribute("data-drawn", "")
        yield name


def told_by_colour_alone(page: Page, name: str, lang: str) -> Iterator[str]:
    """Each decision that is shown by a colour without its words and its sign (WCAG 1.4.1)."""
    words = {one: text(lang, f"decision.{'client' if name == 'client' else 'officer'}.{one}") for one in OUTCOMES}
    for outcome, shown, has_sign in page.evaluate(
        """(outcomes) => outcomes.flatMap((outcome) =>
          [...document.querySelectorAll(`:is(.cs-badge, .cs-verdict, .cs-example).cs-${outcome}`)]
          .filter((one) => one.checkVisibility())
          .map((one) => [outcome, one.textContent, one.querySelector('svg') !== null]))""",
        OUTCOMES,
    ):
        if words[outcome] not in shown or not has_sign:
            yield f"{outcome} by colour alone: {shown}"
    if name == "simulate":  # its cells: a pattern each, and the table beside says the words
        short = [text(lang, f"page.simulate.short.{one}") for one in OUTCOMES]
        for cell in page.locator(".cs-map-table td").all_inner_texts():
            if not any(one in cell for one in short):
                yield f"a cell without words: {cell}"
        hatched = page.locator(".cs-cell-review, .cs-cell-decline").count()
        if page.locator(".cs-hatch-review, .cs-hatch-decline").count() != hatched:
            yield "a cell without its pattern"


@pytest.mark.parametrize(
    ("size", "scheme", "lang"), [(DESKTOP, "light", "fr"), (PHONE, "dark", "en")], ids=["desktop", "phone"]
)
def test_every_page_fits_reads_and_says_itself(
    open_page: Opener, size: tuple[int, int], scheme: str, lang: str
) -> None:
    page = open_page(f"/{lang}/", size, scheme)
    expect(page).to_have_title(text(lang, "page.title"))
    expect(page.locator("html")).to_have_attribute("lang", lang)
    wrong: list[tuple[str, str]] = []
    titles = []
    for name in walk(page):
        expect(page.locator("h1:visible")).to_have_count(1)
        if name != "clients":
            expect(page).to_have_title(re.compile(f"^{re.escape(text(lang, f'page.nav.{name}'))} · .*{CLIENT}"))
        titles.append(page.title())
        assert page.locator("cs-plot:visible, .cs-map-field:visible").count() >= CHARTS.get(name, 0), name
        shown = " ".join(page.locator(f"#page-{name}, #bar").all_inner_texts())
        found = [f"jargon: {one.group()}" for one in JARGON.finditer(shown)]
        found += [*axe_findings(page), *pictures_without_text(page), *told_by_colour_alone(page, name, lang)]
        found += sideways_scrolls(page)
        if size == DESKTOP:
            found += lost_at_double_size(page)
        wrong += [(name, one) for one in found]
    assert wrong == []
    assert len(set(titles)) == len(PAGES)


def test_contrast_holds_in_the_dark_on_a_wide_screen(open_page: Opener) -> None:
    page = open_page("/en/", DESKTOP, "dark")
    found = {name: axe_findings(page, "color-contrast", "link-in-text-block") for name in walk(page)}
    assert {name: one for name, one in found.items() if one} == {}
    assert found.keys() == PAGES.keys()


def test_the_page_of_an_unknown_client_fits_and_reads(open_page: Opener) -> None:
    page = open_page("/fr/?client=1")
    expect(page.locator("#clients tbody tr").first).to_be_visible()
    expect(page.locator("h1:visible")).to_have_count(1)
    open_folds(page)
    assert axe_findings(page) == []
    assert [*sideways_scrolls(page)] == []
