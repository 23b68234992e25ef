"""The ten questions of a first day, each answered from the landing page by clicks alone, counted; typing is free."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from scoring.data.features import DICTIONARY, say
from scoring.explain.counterfactuals.wording import offer_lines
from scoring.i18n import number, text
from scoring.portfolio.filters import ROLES, Filters, Range
from scoring.portfolio.peers import group_words, paid_words, standing_words
from scoring.portfolio.queries import top
from scoring.service import Service
from scoring.web.explore.picking import masks_of
from scoring.web.explore.view import View
from tests.browser.conftest import Opener, wait_until_drawn, write

pytestmark = pytest.mark.browser
LANGUAGES = pytest.mark.parametrize("lang", ["fr", "en"])
CLIENT = 100002
"""Somebody who is declined."""


class Officer:
    """Somebody at the pages, whose clicks are counted."""

    def __init__(self, page: Page, service: Service, lang: str) -> None:
        self.page, self.service, self.lang = page, service, lang
        self.clicks = 0

    def click(self, *where: str) -> None:
        """Click what is there and can be seen."""
        self._click(self.page.locator(", ".join(where)).locator("visible=true").first)

    def click_on(self, within: str, words: str) -> None:
        """Click what says so."""
        self._click(self.page.locator(within).get_by_text(words, exact=True).locator("visible=true").first)

    def _click(self, one: Locator) -> None:
        one.click()
        self.clicks += 1
        wait_until_drawn(self.page)

    def type(self, where: str, words: str) -> None:
        """Type into what can be typed into: the first box is a Tab away, the next ones too."""
        self.page.locator(where).fill(words)

    def find(self, client: int = CLIENT) -> None:
        """Type a client's number and open it."""
        self.type("#search input", str(client))
        self.click("#open")
        expect(self.page.locator("#decision")).to_be_visible()
        expect(self.page.locator("h1:visible")).to_contain_text(str(client))

    def reads(self, where: str, words: str) -> None:
        """What is read there."""
        expect(self.page.locator(where).locator("visible=true").first).to_contain_text(words)

    def say(self, key: str, **values: object) -> str:
        """The page's own words."""
        return text(self.lang, key, **values)


def why_declined(one: Officer) -> None:
    one.find()
    assessment = one.service.assess(CLIENT)
    assert assessment.decision.outcome == "decline"
    one.reads("#decision", one.say("decision.officer.decline"))
    for reason in assessment.explanation.against[:3]:
        one.reads("#reasons-against", DICTIONARY[reason.feature].label.say(one.lang))


def how_far_from_the_level(one: Officer) -> None:
    one.find()
    decision = one.service.assess(CLIENT).decision
    away = round(decision.threshold_points) - round(decision.points)
    asked = number(decision.threshold_points, one.lang)
    one.reads("#place", one.say("page.decision.below", points=away, threshold=asked))


def show_this_to_the_client(one: Officer) -> None:
    one.find()
    one.click("#actions .cs-button-main")
    one.reads("#client-decision", one.say("decision.client.decline"))


def would_a_smaller_amount_be_accepted(one: Officer) -> None:
    one.find()
    assessment = one.service.assess(CLIENT)
    for line in offer_lines(one.service.offers(assessment), assessment.decision.threshold_points, one.lang):
        one.reads("#change", line.text)


def who_is_like_them_and_how_many_repaid(one: Officer) -> None:
    one.find()
    one.click("a[data-page=compare]")
    group = one.service.peers.similar(CLIENT)
    one.reads("#compare-told", group_words(group, one.lang))
    one.reads("#compare-told", paid_words(one.service.peers.paid(group), one.lang))


def is_their_income_high_for_their_age(one: Officer) -> None:
    one.find()
    one.click("a[data-page=compare]")
    one.click_on("#compare-criteria", DICTIONARY["age_years"].label.say(one.lang))
    group = one.service.peers.similar(CLIENT, ["contract_type", "income_type", "credit_amount", "age_years"])
    standing = one.service.peers.standing(group, "income_total", CLIENT)
    one.reads("[data-fact=income_total] h2", standing_words("income_total", standing, one.lang))


def who_has_the_most_transactions(one: Officer) -> None:
    one.click("a[data-page=explore]")
    one.click("[data-question=transactions]")
    columns = one.service.peers.columns
    found = top(columns, masks_of(one.service, View())[0], "card_drawings_sum")
    one.reads("#explore-top h2", str(found.ids[0]))
    one.reads("#explore-top h2", number(found.values[0], one.lang))


def which_pensioners_under_200_000_are_declined(one: Officer) -> None:
    one.click_on("#filters", one.say("decision.officer.decline"))
    one.click(".cs-more-filters > summary")
    one.click("details:has([data-field=income_type]):not(.cs-more-filters) > summary")
    one.click_on("#filters", say(DICTIONARY["income_type"], "Pensioner", one.lang))
    one.type("#filter-credit_amount-high", "200000")
    wanted = Filters(
        roles=("new",),
        decisions=("decline",),
        numbers={"credit_amount": Range(None, 200_000.0)},
        codes={"income_type": ("Pensioner",)},
    )
    found = one.service.portfolio.listing(wanted)
    assert found.total
    rows = one.page.locator("#clients tbody a")
    expect(rows).to_have_text([str(row["client_id"]) for row in found.rows[:25]])


def the_letter_in_english(one: Officer) -> None:
    one.find()
    one.click("#letter summary")
    with one.page.expect_download() as download:
        one.click("#letter a[hreflang=en]")
    assert download.value.suggested_filename == text("en", "letter.file", client=CLIENT, ending="pdf")
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def the_client_disputes_a_fact(one: Officer) -> None:
    # A client of whom nobody has asked for a review: each language has one of its own.
    declined = one.service.portfolio.listing(Filters(roles=ROLES, decisions=("decline",)), limit=40).rows
    one.find(int(str(declined[30 if one.lang == "fr" else 31]["client_id"])))
    one.click("#ask-review > button")
    write(one.page, "review-why", "Le client conteste sa profession." if one.lang == "fr" else "Disputes the job.")
    one.click("#review-ask")
    one.reads("#dossier-said", one.say("page.dossier.review.asked"))


QUESTIONS: dict[Callable[[Officer], None], int] = {
    why_declined: 1,
    how_far_from_the_level: 1,
    show_this_to_the_client: 2,
    would_a_smaller_amount_be_accepted: 1,
    who_is_like_them_and_how_many_repaid: 2,
    is_their_income_high_for_their_age: 3,
    who_has_the_most_transactions: 2,
    which_pensioners_under_200_000_are_declined: 4,
    the_letter_in_english: 3,
    the_client_disputes_a_fact: 3,
}
"""Each question, and how many clicks its answer may take."""


@LANGUAGES
def test_the_ten_questions_of_a_first_day(open_page: Opener, demo: Service, lang: str) -> None:
    page = open_page(f"/{lang}/")
    landing, taken = page.url, {}
    for question in QUESTIONS:
        page.goto(landing)
        wait_until_drawn(page)
        expect(page.locator("#clients tbody tr").first).to_be_visible()
        one = Officer(page, demo, lang)
        question(one)
        taken[question] = one.clicks
    assert taken.keys() == QUESTIONS.keys()
    assert {question.__name__: taken[question] for question in QUESTIONS} == {
        question.__name__: most for question, most in QUESTIONS.items()
    }


def test_declined_pensioners_are_a_ready_question_too(open_page: Opener, demo: Service) -> None:
    page = open_page("/fr/")
    one = Officer(page, demo, "fr")
    one.click("a[data-page=explore]")
    one.click("[data-question=pensioners]")
    wanted = Filters(
        decisions=("decline",),
        numbers={"credit_amount": Range(None, 200_000.0)},
        codes={"income_type": ("Pensioner",)},
    )
    expected = demo.portfolio.listing(wanted, limit=0).total
    expect(page.locator("#explore-whom [data-count]")).to_have_attribute("data-count", str(expected))
    assert one.clicks == 2
