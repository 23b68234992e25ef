"""The pages fit: desktop and phone, light and dark, without a mouse, without motion, for screen readers."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Opener

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WHERE = pytest.mark.parametrize("where", ["clients", "decision", "unknown"])


def go(open_page: Opener, where: str, lang: str = "fr", size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Page:
    query = {"clients": "", "decision": "?client=100002", "unknown": "?client=1"}[where]
    page = open_page(f"/{lang}/{query}", size, scheme)
    expect(page.locator("#decision" if where == "decision" else "#clients tbody tr").first).to_be_visible()
    return page


@WHERE
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_page: Opener, where: str, size: tuple[int, int], scheme: str) -> None:
    page = go(open_page, where, size=size, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        (one["id"], [node["html"][:160] for node in one["nodes"]][:3])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == [], serious
    assert len(found["violations"]) < 30


@WHERE
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_has_one_heading_of_the_first_rank(open_page: Opener, where: str, lang: str) -> None:
    page = go(open_page, where, lang)
    expect(page.locator("h1:visible")).to_have_count(1)


@WHERE
def test_nothing_scrolls_sideways(open_page: Opener, where: str) -> None:
    page = go(open_page, where)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for width in (320, 390, 768, 1024, 1440, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.body.scrollWidth") <= width


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


def test_the_main_job_by_keyboard_alone(open_page: Opener) -> None:
    page = go(open_page, "clients", "en")
    for _ in range(12):
        if page.evaluate("document.activeElement.closest('#search') !== null"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("100002")
    page.keyboard.press("Enter")
    expect(page.locator("#decision")).to_be_visible()
    expect(page.locator("h1:visible")).to_be_focused()
    for _ in range(20):
        if page.evaluate("document.activeElement.closest('#terms') !== null"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#terms table")).to_be_visible()


def test_two_hundred_percent_keeps_everything(open_page: Opener) -> None:
    page = go(open_page, "decision")
    page.set_viewport_size({"width": 720, "height": 450})  # what 200% zoom leaves of 1440 × 900
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    for selector in ("#decision", "#gauge", "#reasons-against", "#reasons-for", "#waterfall"):
        expect(page.locator(selector)).to_be_visible()


def test_no_motion_where_none_is_wanted(open_page: Opener) -> None:
    page = go(open_page, "decision")
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator("#gauge")).to_be_visible()
    durations = page.evaluate(
        "[...document.querySelectorAll('.cs-decision *')].map((one) => getComputedStyle(one))"
        ".map((style) => style.transitionDuration + style.animationName)"
    )
    assert set(durations) <= {"0snone"}
