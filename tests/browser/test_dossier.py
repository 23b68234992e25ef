"""What an officer adds to a client's file: a decision, another one in its place, a note, a review that ends."""

import pytest
from playwright.sync_api import Page, expect

from scoring.i18n import text
from tests.browser.conftest import Opener, wait_until_drawn, write

pytestmark = pytest.mark.browser


def unfold(page: Page, fold: str) -> None:
    page.locator(f"#{fold} > button").click()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_decision_is_recorded_and_another_put_in_its_place(
    open_page: Opener, examples: dict[str, int], lang: str
) -> None:
    page = open_page(f"/{lang}/?client={examples['decline']}")
    page.locator("#keep").click()
    expect(page.locator("#dossier-said")).to_have_text(text(lang, "page.dossier.kept"))
    events = page.locator("#dossier .cs-events li")
    before = events.count()
    unfold(page, "override")
    page.locator("#override-record").click()
    expect(page.locator("#dossier-said [role=alert]")).to_have_text(text(lang, "page.dossier.error.empty"))
    page.locator("#override-outcome label").first.click()
    write(page, "override-why", "<b>Revenu justifié</b>")
    page.locator("#override-record").click()
    expect(page.locator("#dossier-said")).to_have_text(text(lang, "page.dossier.override.recorded"))
    expect(events).to_have_count(before + 1)  # it stands for the decision that was recorded, not for a second one
    expect(events.first).to_contain_text("<b>Revenu justifié</b>")
    expect(page.locator("#override-why textarea")).to_have_value("")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_review_goes_through_its_queue(open_page: Opener, examples: dict[str, int], lang: str) -> None:
    client = examples["review" if lang == "fr" else "accept"]
    page = open_page(f"/{lang}/?client={client}")
    unfold(page, "ask-review")
    write(page, "review-why", "Vérifier le revenu")
    page.locator("#review-ask").click()
    expect(page.locator("#dossier-said")).to_have_text(text(lang, "page.dossier.review.asked"))
    write(page, "review-why", "Encore")
    page.locator("#review-ask").click()
    expect(page.locator("#dossier-said [role=alert]")).to_have_text(text(lang, "page.dossier.error.conflict"))
    page.locator("a[data-page=reviews]").click()
    wait_until_drawn(page)
    expect(page.locator("#queue")).to_contain_text("Vérifier le revenu")
    page.locator("#closing-close").click()
    expect(page.locator("#reviews-said [role=alert]")).to_have_text(text(lang, "page.reviews.error"))
    page.locator("#closing-outcome label").nth(1).click()
    write(page, "closing-why", "Revenu confirmé")
    page.locator("#closing-close").click()
    expect(page.locator("#reviews-said")).to_have_text(text(lang, "page.reviews.closed"))
    expect(page.locator("#queue").get_by_text("Vérifier le revenu")).to_have_count(0)


def test_a_note_stays_with_its_client(open_page: Opener, examples: dict[str, int]) -> None:
    page = open_page(f"/fr/?client={examples['decline']}")
    unfold(page, "add-note")
    write(page, "note-what", "A téléphoné ce matin.")
    page.locator("#note-write").click()
    expect(page.locator("#dossier .cs-events li").first).to_contain_text("A téléphoné ce matin.")
    other = open_page(f"/fr/?client={examples['accept']}")
    expect(other.locator("#dossier")).to_be_visible()
    expect(other.locator("#dossier")).not_to_contain_text("A téléphoné ce matin.")


@pytest.mark.parametrize(("lang", "size"), [("fr", (1440, 900)), ("en", (390, 844))], ids=["desktop", "phone"])
def test_the_client_view_holds_nothing_internal(
    open_page: Opener, examples: dict[str, int], lang: str, size: tuple[int, int]
) -> None:
    page = open_page(f"/{lang}/?client={examples['decline']}", size=size)
    page.locator("#actions .cs-button-main").click()
    expect(page.locator("#client-decision")).to_have_text(text(lang, "decision.client.decline"))
    expect(page.locator(".cs-find")).to_have_count(0)
    expect(page.locator(".cs-client li").first).to_be_visible()
    smallest = page.locator(".cs-client :is(p, li, h2)").evaluate_all(
        "them => Math.min(...them.map((one) => parseFloat(getComputedStyle(one).fontSize)))"
    )
    assert smallest >= 20
    page.locator(".cs-back").click()
    expect(page.locator("#decision")).to_be_visible()
