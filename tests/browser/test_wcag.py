"""The officers' pages by criteria of WCAG 2.2, shown one by one; and the main job by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from scoring.features import DICTIONARY
from scoring.filters import Filters
from scoring.service import Service
from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser
CLIENT = 100002


def test_1_1_1_gauge_and_waterfall_are_told(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/?client={CLIENT}")
    expect(page.locator("#gauge")).to_have_attribute("role", "img")
    expect(page.locator("#gauge")).to_have_attribute("aria-label", re.compile(r"^Score \d+; the level asked is \d+\."))
    expect(page.locator("#waterfall table.cs-waterfall tbody tr")).to_have_count(
        len(demo.assess(CLIENT).explanation.steps) + 2
    )


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
