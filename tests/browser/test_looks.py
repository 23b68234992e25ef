"""The pages fit: desktop and phone, light and dark, without a mouse, without motion, for screen readers."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Opener

pytestmark = pytest.mark.browser


def go(open_page: Opener, where: str, lang: str = "fr", size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Page:
    query = {"clients": "", "decision": "?client=100002", "unknown": "?client=1"}[where]
    page = open_page(f"/{lang}/{query}", size, scheme)
    expect(page.locator("#decision" if where == "decision" else "#clients tbody tr").first).to_be_visible()
    return page


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("outcome", ["accept", "review", "decline"])
def test_decision_and_reasons_need_no_scrolling(
    open_page: Opener, examples: dict[str, int], lang: str, outcome: str
) -> None:
    page = open_page(f"/{lang}/?client={examples[outcome]}")
    expect(page.locator("#decision")).to_be_visible()
    seen = ["#identity", "#decision", "#gauge", "#sentence"]
    seen += [f"{side} > ul > li:nth-child(-n+3)" for side in ("#reasons-against", "#reasons-for")]
    for selector in seen:
        for one in page.locator(selector).all():
            box = one.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 900, f"{selector} must be on the first screen"


def test_the_phone_shows_decision_and_gauge_first(open_page: Opener) -> None:
    page = go(open_page, "decision", size=PHONE)
    gauge, decision = page.locator("#gauge").bounding_box(), page.locator("#decision").bounding_box()
    assert gauge is not None
    assert decision is not None
    assert gauge["height"] <= 180.5
    assert decision["y"] < gauge["y"] < 844 - gauge["height"]


@pytest.mark.parametrize(("scheme", "page_colour"), [("light", "rgb(246, 247, 249)"), ("dark", "rgb(15, 23, 32)")])
def test_light_and_dark(open_page: Opener, scheme: str, page_colour: str) -> None:
    page = go(open_page, "decision", scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == page_colour
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith('"IBM Plex Sans"')
    assert page.evaluate("document.fonts.check('16px \"IBM Plex Sans\"')")


def test_targets_are_large_enough_for_a_thumb(open_page: Opener) -> None:
    page = go(open_page, "clients", size=PHONE)
    for selector in ("#search input", "#open", "#before", "#after", "#examples a", "a[hreflang]"):
        for one in page.locator(selector).all():
            box = one.bounding_box()
            assert box is not None
            assert box["height"] >= 44, f"{selector} must be 44 px high; got {box['height']}"


def test_no_motion_where_none_is_wanted(open_page: Opener) -> None:
    page = go(open_page, "decision")
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator("#gauge")).to_be_visible()
    durations = page.evaluate(
        "[...document.querySelectorAll('.cs-decision *')].map((one) => getComputedStyle(one))"
        ".map((style) => style.transitionDuration + style.animationName)"
    )
    assert set(durations) <= {"0snone"}
