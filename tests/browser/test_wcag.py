"""The officers' pages by criteria of WCAG 2.2, shown one by one; and the main job by keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from scoring.data.features import DICTIONARY
from scoring.i18n import text
from scoring.portfolio.filters import Filters
from scoring.service import Service
from tests.browser.conftest import DESKTOP, PHONE, Opener, wait_until_drawn
from tests.browser.looks import AXE, check_axe

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
HALF = (DESKTOP[0] // 2, DESKTOP[1] // 2)
"""What 200% leaves of a screen."""
_OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
_SEEN = """(all) => {
  const seen = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, words = node.textContent.trim(), within = node.parentElement;
    if (!words || within.closest('script, style, option, .cs-visually-hidden, [data-testid=status-tracker]')) continue;
    const there = within.checkVisibility({visibilityProperty: true}) && within.getClientRects().length;
    if (there) seen.push(words);
  }
  return seen;
}"""
_CUT = """() => [...document.querySelectorAll('.gradio-container *')].filter((one) => {
  if (!one.checkVisibility({visibilityProperty: true})) return false;
  if (one.closest('svg, select, .cs-visually-hidden, .cs-carried')) return false;
  const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const hides = ['hidden', 'clip'].includes(getComputedStyle(one).overflowX);
  const runs = [...one.children].some((part) => part.checkVisibility()
    && part.getBoundingClientRect().right > innerWidth + 1
    && !part.closest('.cs-scroll, [tabindex], .cs-pages, .cs-questions, #actions'));  // what scrolls by itself
  return (own && hides && one.scrollWidth > one.clientWidth + 1) || runs;
}).map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 60)}`)"""


def through(page: Page) -> Iterator[str]:
    """Each page in turn, drawn and unfolded, without loading it anew."""
    for name, there in PAGES.items():
        page.evaluate("(query) => window.clairscore.go(query)", f"view={name}&client={CLIENT}")
        wait_until_drawn(page)
        expect(page.locator(f"#page-{name}")).to_be_visible()
        expect(page.locator(there).first).to_be_visible()
        page.evaluate(_OPEN)
        for plot in page.locator("cs-plot:visible").all():
            plot.scroll_into_view_if_needed()
            expect(plot).to_have_attribute("data-drawn", "")
        yield name


def test_1_1_1_what_is_not_text_is_told_in_text(open_page: Opener) -> None:
    page = open_page("/fr/")
    charts: dict[str, int] = {}
    for name in through(page):
        silent = page.evaluate(
            """() => [...document.querySelectorAll('svg, img, canvas, cs-plot, [role=img]')].filter((one) =>
              one.checkVisibility() && !one.closest('[aria-hidden=true], #js-plotly-tester')
              && !one.matches('.dropdown-arrow')
              && !one.getAttribute('aria-label') && !one.getAttribute('alt')
              && !one.closest('[role=application][aria-label]')
            ).map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert silent == [], name  # the arrow beside a labelled list that opens is decoration of Gradio's
        # A chart has its table beside it; pictures within a table or beside the words they repeat are decoration.
        without = page.evaluate(
            """() => [...document.querySelectorAll('cs-plot, .cs-map-field')].filter((one) => one.checkVisibility())
              .map((one) => one.closest('figure, section').querySelectorAll('table tbody tr').length)"""
        )
        charts[name] = len(without)
        assert all(rows > 0 for rows in without), name
    assert charts["simulate"] == 1
    assert charts["compare"] >= 6
    assert charts["explore"] == 4


def test_1_1_1_gauge_and_waterfall_are_told(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/?client={CLIENT}")
    expect(page.locator("#gauge")).to_have_attribute("role", "img")
    expect(page.locator("#gauge")).to_have_attribute("aria-label", re.compile(r"^Score \d+; the level asked is \d+\."))
    expect(page.locator("#waterfall table.cs-waterfall tbody tr")).to_have_count(
        len(demo.assess(CLIENT).explanation.steps) + 2
    )


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_1_4_1_no_decision_is_told_by_colour_alone(open_page: Opener, lang: str) -> None:
    page = open_page(f"/{lang}/")
    words = {one: text(lang, f"decision.officer.{one}") for one in ("accept", "review", "decline")}
    told = 0
    for name in through(page):
        coloured = page.evaluate(
            """() => ['accept', 'review', 'decline'].flatMap((outcome) =>
              [...document.querySelectorAll(`:is(.cs-badge, .cs-verdict, .cs-example).cs-${outcome}`)]
              .filter((one) => one.checkVisibility())
              .map((one) => [outcome, one.textContent, one.querySelector('svg') !== null]))"""
        )
        told += len(coloured)
        for outcome, said, has_sign in coloured:
            expected = text(lang, f"decision.client.{outcome}") if name == "client" else words[outcome]
            assert expected in said, name
            assert has_sign, name
        if name == "simulate":  # its cells: a pattern each, and the table beside says the words
            cells = page.locator(".cs-map-table td")
            short = [text(lang, f"page.simulate.short.{one}") for one in words]
            assert all(any(one in cell for one in short) for cell in cells.all_inner_texts())
            hatched = page.locator(".cs-cell-review, .cs-cell-decline").count()
            assert page.locator(".cs-hatch-review, .cs-hatch-decline").count() == hatched
    assert told > 30


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "dark")])
def test_1_4_3_contrast_and_all_else_that_axe_knows(open_page: Opener, size: tuple[int, int], scheme: str) -> None:
    page = open_page("/en/", size, scheme)
    for name in through(page):
        if size == DESKTOP:
            page.evaluate(AXE)
            found = page.evaluate("axe.run(document, {runOnly: ['color-contrast', 'link-in-text-block']})")
            assert [node["html"] for one in found["violations"] for node in one["nodes"]] == [], name
            assert any(one["id"] == "color-contrast" for one in found["passes"]), name
        else:
            check_axe(page)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_1_4_4_at_two_hundred_percent_nothing_is_lost(open_page: Opener, lang: str) -> None:
    page = open_page(f"/{lang}/")
    for name in through(page):
        before = page.evaluate(_SEEN)
        page.set_viewport_size({"width": HALF[0], "height": HALF[1]})
        page.wait_for_timeout(200)
        page.evaluate(_OPEN)
        if name == "clients":
            page.locator("#show-filters").check()  # folded, and a click away
        assert page.evaluate("document.documentElement.scrollWidth") <= HALF[0], name
        after = page.evaluate(_SEEN)
        assert {one for one in before if one not in after} == set(), name
        assert page.evaluate(_CUT) == [], name
        page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_2_4_2_every_page_has_a_title_of_its_own(open_page: Opener, lang: str) -> None:
    page = open_page(f"/{lang}/")
    expect(page).to_have_title(text(lang, "page.title"))
    titles = []
    for name in PAGES:
        page.evaluate("(query) => window.clairscore.go(query)", f"view={name}&client={CLIENT}")
        wait_until_drawn(page)
        expect(page.locator(f"#page-{name}")).to_be_visible()
        if name != "clients":
            expect(page).to_have_title(re.compile(f"^{re.escape(text(lang, f'page.nav.{name}'))} · .*{CLIENT}"))
        titles.append(page.title())
    assert len(set(titles)) == len(PAGES)
    expect(page.locator("html")).to_have_attribute("lang", lang)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_page_speaks_data_science(open_page: Opener, lang: str) -> None:
    page = open_page(f"/{lang}/")
    for name in through(page):
        said = " ".join(page.locator(f"#page-{name}, #bar").all_text_contents())
        found = re.search(
            r"log-odds|\bWoE\b|\bSHAP\b|\bfeatures?\b|\blogit|\bAUC\b|\bEBM\b|scorecard", said, re.IGNORECASE
        )
        assert found is None, (name, found and said[max(found.start() - 40, 0) : found.end() + 40])


def tab_to(page: Page, wanted: str, most: int = 60) -> None:
    """Press Tab until the focus is there; wherever it rests on the way, it is seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        seen, there = page.evaluate(
            """(wanted) => {
              const one = document.activeElement, box = one.getBoundingClientRect();
              const ringed = (part) => {
                const style = getComputedStyle(part);
                const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                return outlined || style.boxShadow !== 'none';
              };
              const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
              const told = seen && (ringed(one) || ringed(one.closest('label') || one));
              return [told ? '' : one.outerHTML.slice(0, 200), one.matches(wanted)];
            }""",
            wanted,
        )
        assert seen == "", "the focus must be seen"
        if there:
            return
    raise AssertionError(f"{wanted} must be reached by Tab within {most} steps")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_main_job_by_keyboard_alone(open_page: Opener, demo: Service, lang: str) -> None:
    page = open_page(f"/{lang}/")
    tab_to(page, "#search input, #search textarea")
    page.keyboard.type("1004")
    found = demo.portfolio.listing(Filters(starts_with="1004", roles=("new",)), limit=2).rows
    client = next(int(str(row["client_id"])) for row in found)
    expect(page.locator("#clients tbody a").first).to_have_text(str(client))
    tab_to(page, f"#clients tbody a[data-client='{client}']")
    page.keyboard.press("Enter")
    assessment = demo.assess(client)
    expect(page.locator("#decision")).to_have_attribute("data-decision", assessment.decision.outcome)
    expect(page.locator("h1:visible")).to_be_focused()
    for reason in assessment.explanation.against[:3]:
        expect(page.locator("#reasons-against")).to_contain_text(DICTIONARY[reason.feature].label.say(lang))
    tab_to(page, "#actions a:nth-child(2)")
    page.keyboard.press("Enter")
    expect(page.locator("#simulated")).to_be_visible()
    before = page.locator("[data-box=payments]").input_value()
    tab_to(page, "[data-slider=payments]")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-box=payments]")).not_to_have_value(before)
    expect(page).to_have_url(re.compile("payments="))
    expect(page.locator(".cs-follow-table .cs-moved").first).to_be_attached()
    tab_to(page, "#letter summary")
    page.keyboard.press("Enter")
    tab_to(page, f"#letter a[hreflang={lang}]")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.path().read_bytes().startswith(b"%PDF-")
