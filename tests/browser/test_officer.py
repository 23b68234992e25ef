"""What an officer does on a first day: find a client, read decision, gauge and reasons, in both languages."""

import re

import pytest
from playwright.sync_api import Page, expect

from scoring.i18n import number, text
from scoring.portfolio.filters import Filters
from scoring.service import Service
from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser
LANGUAGES = ["fr", "en"]


def check_decision(page: Page, demo: Service, client_id: int, lang: str) -> None:
    """The page shows what the service says."""
    assessment = demo.assess(client_id)
    decision = assessment.decision
    shown = page.locator("#decision")
    expect(page.locator("h1")).to_have_text(text(lang, "page.decision.client", client=client_id))
    expect(shown).to_contain_text(text(lang, f"decision.officer.{decision.outcome}"))
    assert float(shown.get_attribute("data-pd") or "nan") == decision.pd
    assert float(shown.get_attribute("data-points") or "nan") == decision.points
    gauge = page.locator("#gauge")
    expect(gauge).to_be_visible()
    assert number(decision.points, lang) in (gauge.get_attribute("aria-label") or "")
    assert page.locator("#sentence").inner_text()
    for effect, reasons in (("against", assessment.explanation.against), ("for", assessment.explanation.in_favour)):
        cards = page.locator(f"#reasons-{effect} [data-feature]")
        assert [card.get_attribute("data-feature") for card in cards.all()] == [reason.feature for reason in reasons]
        for card, reason in zip(cards.all(), reasons, strict=True):
            assert reason.sentence(lang) in (card.text_content() or "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_find_a_client_by_number(open_page: Opener, demo: Service, lang: str) -> None:
    page = open_page(f"/{lang}/")
    expect(page.locator("html")).to_have_attribute("lang", lang)
    expect(page.locator("#synthetic")).to_have_text(text(lang, "page.synthetic"))
    page.locator("#search input").fill("100002")
    page.locator("#open").click()
    page.wait_for_selector("#decision")
    check_decision(page, demo, 100002, lang)
    expect(page).to_have_url(re.compile(rf"/{lang}/\?client=100002$"))
    expect(page).to_have_title(re.compile("100002"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("outcome", ["accept", "review", "decline"])
def test_an_example_of_each_decision(open_page: Opener, demo: Service, lang: str, outcome: str) -> None:
    page = open_page(f"/{lang}/")
    client_id = demo.portfolio.examples()[outcome]  # type: ignore[index]
    page.locator(f"#examples .cs-{outcome}").click()
    page.wait_for_selector(f"#decision[data-decision={outcome}]")
    check_decision(page, demo, client_id, lang)


def test_the_languages_switch_and_keep_the_client(open_page: Opener, demo: Service) -> None:
    page = open_page("/fr/?client=100002")
    page.wait_for_selector("#decision")
    page.get_by_role("link", name="English").click()
    page.wait_for_selector("html[lang=en] #decision")
    check_decision(page, demo, 100002, "en")


def test_by_keyboard_alone(open_page: Opener, demo: Service) -> None:
    page = open_page("/en/")
    page.locator("#search input").focus()
    page.keyboard.type(" 100 002 ")
    page.keyboard.press("Enter")
    page.wait_for_selector("#decision")
    check_decision(page, demo, 100002, "en")
    assert page.evaluate("document.activeElement.tagName") == "H1"


@pytest.mark.parametrize(
    ("typed", "key"),
    [("99", "error.unknown_client"), ("abc", "error.not_a_number"), ("<b>1</b>", "error.not_a_number")],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_cannot_be_found_is_said_kindly(open_page: Opener, lang: str, typed: str, key: str) -> None:
    page = open_page(f"/{lang}/")
    page.locator("#search input").fill(typed)
    page.locator("#open").click()
    expect(page.get_by_role("alert")).to_have_text(text(lang, key, client=typed))
    expect(page.locator("#decision")).to_have_count(0)


def test_typing_narrows_the_list(open_page: Opener, demo: Service) -> None:
    page = open_page("/fr/")
    page.locator("#search input").fill("100")
    expected = demo.portfolio.listing(Filters(starts_with="100", roles=("new",))).total
    count = text("fr", "page.clients.found", count=number(expected, "fr"), page=1, pages=-(-expected // 25))
    expect(page.locator("#clients [role=status]")).to_have_text(count)
    page.locator("#after").click()
    first = demo.portfolio.listing(Filters(starts_with="100", roles=("new",)), offset=25, limit=1).rows[0]["client_id"]
    expect(page.locator("#clients tbody a").first).to_have_text(str(first))
    page.locator("#search input").fill("999999")
    expect(page.locator("#clients")).to_have_text(text("fr", "page.clients.none"))


def test_the_sum_is_shown_line_by_line(open_page: Opener, demo: Service) -> None:
    page = open_page("/en/?client=100002")
    page.locator("#terms summary").click()
    rows = page.locator("#terms tr[data-term]")
    assert rows.count() == len(demo.model.terms)
    total = sum(float(row.get_attribute("data-points") or "nan") for row in rows.all())
    assessment = demo.assess(100002)
    assert abs(assessment.explanation.reference_points + total - assessment.decision.points) <= 1e-9
    expect(page.locator("#terms tbody tr").last).to_contain_text(number(assessment.decision.points, "en", 2))
    expect(page.locator("#waterfall .cs-waterfall tbody tr").last).to_contain_text(
        number(assessment.decision.points, "en", 2)
    )


def test_the_way_in_follows_the_browser_then_the_choice(open_page: Opener) -> None:
    page = open_page("/", language="en-GB")
    expect(page).to_have_url(re.compile("/en/$"))
    page.get_by_role("link", name="Français").click()
    page.wait_for_selector("html[lang=fr] h1")
    page.goto(page.url.replace("/fr/", "/"))
    expect(page).to_have_url(re.compile("/fr/$"))


def test_the_documentation_of_the_api_draws_itself(open_page: Opener, address: str) -> None:
    page = open_page("/en/")
    page.goto(f"{address}/docs")
    expect(page.get_by_text("/api/predict", exact=True).first).to_be_visible()
