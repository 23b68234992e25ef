"""The decision page, further: what is folded, the way the score adds up, what is missing."""

import pytest
from playwright.sync_api import expect

from scoring.i18n import number
from scoring.service import Assessment, Service
from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser


def first_client(demo: Service, condition: str) -> Assessment:
    """The first client of the portfolio whose assessment is as the test needs it."""
    conditions = {
        "four reasons against": lambda one: len(one.explanation.against) == 4,
        "something missing": lambda one: bool(one.missing),
    }
    numbers = demo.portfolio.frame(["client_id"])["client_id"]
    return next(one for client in numbers if conditions[condition](one := demo.assess(client)))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_waterfall_tells_each_step_in_words(open_page: Opener, demo: Service, lang: str) -> None:
    page = open_page(f"/{lang}/?client=100002")
    told = page.locator("#waterfall").inner_text()
    explanation = demo.assess(100002).explanation
    assert number(explanation.reference_points, lang, 2) in told
    for step in explanation.steps:
        assert number(abs(step.points), lang, 2) in told


def test_the_fourth_reason_is_a_click_away(open_page: Opener, demo: Service) -> None:
    client = first_client(demo, "four reasons against").client_id
    page = open_page(f"/fr/?client={client}")
    cards = page.locator("#reasons-against [data-feature]")
    expect(cards.nth(2)).to_be_visible()
    expect(cards.nth(3)).to_be_hidden()
    page.locator("#reasons-against summary").click()
    expect(cards.nth(3)).to_be_visible()


def test_what_is_missing_is_listed(open_page: Opener, demo: Service) -> None:
    assessment = first_client(demo, "something missing")
    page = open_page(f"/en/?client={assessment.client_id}")
    page.locator("#missing summary").click()
    expect(page.locator("#missing li")).to_have_count(len(assessment.missing))


def test_the_reasons_points_are_exact(open_page: Opener, demo: Service, examples: dict[str, int]) -> None:
    for client in examples.values():
        page = open_page(f"/fr/?client={client}")
        cards = page.locator("#reasons-against [data-feature], #reasons-for [data-feature]")
        shown = [float(card.get_attribute("data-points") or "nan") for card in cards.all()]
        assert shown == [reason.points for reason in demo.assess(client).explanation.principal]
