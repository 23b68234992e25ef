"""The decision page says what the API says, in both languages: decision, gauge, reasons, the way the score adds up."""

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scoring.language import number, text
from scoring.service import Service
from tests.browser.conftest import Visit

BOTH = pytest.mark.parametrize("lang", ["fr", "en"])
EACH = pytest.mark.parametrize("outcome", ["accept", "review", "decline"])


def predicted(address: str, client: int, lang: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{address}/api/predict/{client}?lang={lang}", timeout=10) as answer:  # noqa: S310
        return json.load(answer)


def points_of(page: Page, selector: str) -> list[float]:
    return [float(one.get_attribute("data-points") or "nan") for one in page.locator(selector).all()]


@BOTH
@EACH
def test_the_page_is_the_apis_answer(
    visit: Visit, address: str, examples: dict[str, int], lang: str, outcome: str
) -> None:
    client = examples[outcome]
    answer = predicted(address, client, lang)
    page = visit(lang, client)
    decision = page.locator("#decision")
    expect(decision).to_contain_text(text(lang, f"decision.officer.{outcome}"))
    assert decision.get_attribute("data-decision") == answer["decision"] == outcome
    assert float(decision.get_attribute("data-pd") or "nan") == answer["pd"]
    assert float(decision.get_attribute("data-points") or "nan") == answer["points"]

    gauge = page.locator("#gauge")
    expect(gauge).to_have_attribute("role", "img")
    said = gauge.get_attribute("aria-label") or ""
    assert number(answer["points"], lang) in said
    assert number(answer["threshold_points"], lang) in said

    sentence = page.locator("#sentence").inner_text()
    with_offers = answer["level"] == 5 and outcome == "accept"
    assert sentence == text(lang, "level.5.offers" if with_offers else f"level.{answer['level']}")

    cards = page.locator("#reasons-against [data-feature], #reasons-for [data-feature]")
    assert [card.get_attribute("data-feature") for card in cards.all()] == [one["feature"] for one in answer["reasons"]]
    assert points_of(page, "#reasons-against [data-feature], #reasons-for [data-feature]") == [
        one["points"] for one in answer["reasons"]
    ]
    for card, reason in zip(cards.all(), answer["reasons"], strict=True):
        assert reason["text"] in (card.text_content() or "")


@BOTH
def test_the_terms_add_up_to_the_score(visit: Visit, demo: Service, lang: str) -> None:
    page = visit(lang, 100002)
    page.locator("#terms summary").click()
    expect(page.locator("#terms table")).to_be_visible()
    terms = points_of(page, "#terms tr[data-points]")
    assert len(terms) == len(demo.model.terms)
    assessment = demo.assess(100002)
    reference = assessment.explanation.reference_points
    assert reference + sum(terms) == pytest.approx(assessment.decision.points, abs=1e-9)
    shown = page.locator("#terms tbody tr").last.inner_text()
    assert number(assessment.decision.points, lang, 2) in shown


@BOTH
def test_the_waterfall_tells_each_step_in_words(visit: Visit, demo: Service, lang: str) -> None:
    page = visit(lang, 100002)
    told = page.locator("#waterfall").inner_text()
    explanation = demo.assess(100002).explanation
    assert number(explanation.reference_points, lang, 2) in told
    for step in explanation.steps:
        assert number(abs(step.points), lang, 2) in told


def test_the_fourth_reason_is_a_click_away(visit: Visit, demo: Service) -> None:
    client = next(
        int(row["client_id"])
        for row in demo.portfolio.listing(limit=200).rows
        if len(demo.assess(int(row["client_id"])).explanation.against) == 4
    )
    page = visit("fr", client)
    cards = page.locator("#reasons-against [data-feature]")
    expect(cards.nth(2)).to_be_visible()
    expect(cards.nth(3)).to_be_hidden()
    page.locator("#reasons-against summary").click()
    expect(cards.nth(3)).to_be_visible()


def test_what_is_missing_is_listed(visit: Visit, demo: Service) -> None:
    client = next(
        int(row["client_id"])
        for row in demo.portfolio.listing(limit=200).rows
        if demo.assess(int(row["client_id"])).missing
    )
    page = visit("en", client)
    page.locator("#missing summary").click()
    expect(page.locator("#missing li")).to_have_count(len(demo.assess(client).missing))


@BOTH
def test_it_is_said_that_the_clients_are_synthetic(visit: Visit, lang: str) -> None:
    page = visit(lang, 100002)
    expect(page.locator("#synthetic")).to_be_visible()
    expect(page.locator("#synthetic")).to_have_text(text(lang, "page.synthetic"))


def test_two_officers_do_not_see_each_others_client(visit: Visit, examples: dict[str, int]) -> None:
    one, other = visit("fr", examples["accept"]), visit("fr", examples["decline"])
    expect(one.locator("h1:visible")).to_contain_text(str(examples["accept"]))
    expect(other.locator("h1:visible")).to_contain_text(str(examples["decline"]))
    expect(one.locator("#decision")).to_have_attribute("data-decision", "accept")
