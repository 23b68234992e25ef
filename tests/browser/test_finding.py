"""Finding a client: typing, pasting, examples, the list, the address; and what is said when there is none."""

import re

import pytest
from playwright.sync_api import Page, expect

from scoring.language import text
from scoring.service import Service
from tests.browser.conftest import Visit


def shown(page: Page, client: object) -> None:
    """The page shows that client, and the address says so."""
    expect(page.locator("#decision")).to_be_visible()
    expect(page.locator("h1:visible")).to_contain_text(str(client))
    expect(page).to_have_url(re.compile(rf"\?client={client}$"))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_typing_a_number(visit: Visit, lang: str) -> None:
    page = visit(lang)
    page.locator("#search input, #search textarea").first.fill("100002")
    page.keyboard.press("Enter")
    shown(page, 100002)


def test_a_pasted_number_with_spaces_opens_too(visit: Visit) -> None:
    page = visit("fr")
    page.locator("#search input, #search textarea").first.focus()
    page.keyboard.insert_text("  100 002 ")
    expect(page.locator("#clients tbody tr")).to_have_count(1)
    page.keyboard.press("Enter")
    shown(page, 100002)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("outcome", ["accept", "review", "decline"])
def test_an_example_is_one_click_away(visit: Visit, examples: dict[str, int], lang: str, outcome: str) -> None:
    page = visit(lang)
    client = examples[outcome]
    page.locator(f"#examples a[data-client='{client}']").click()
    shown(page, client)
    expect(page.locator("#decision")).to_have_attribute("data-decision", outcome)


def test_a_row_of_the_list_opens_its_client(visit: Visit) -> None:
    page = visit("fr")
    link = page.locator("#clients tbody a[data-client]").nth(3)
    client = link.get_attribute("data-client")
    link.click()
    shown(page, client)


def test_the_list_turns_its_pages(visit: Visit) -> None:
    page = visit("en")
    first = page.locator("#clients tbody tr").first
    before = first.inner_text()
    page.locator("#after").click()
    expect(first).not_to_have_text(before)
    page.locator("#before").click()
    expect(first).to_contain_text(before.split()[0])


def test_the_first_digits_narrow_the_list(visit: Visit) -> None:
    page = visit("en")
    page.locator("#search input, #search textarea").first.press_sequentially("1000")
    expect(page.locator("#clients tbody tr th").first).to_contain_text("1000")
    for number in page.locator("#clients tbody tr th").all_inner_texts():
        assert number.startswith("1000")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_address_opens_a_client(visit: Visit, lang: str) -> None:
    page = visit(lang, 100002)
    shown(page, 100002)
    assert page.locator("html").get_attribute("lang") == lang
    expect(page).to_have_title(re.compile("100002"))


def test_back_and_forward_follow_the_clients(visit: Visit, examples: dict[str, int]) -> None:
    page = visit("fr")
    client = examples["accept"]
    page.locator(f"#examples a[data-client='{client}']").click()
    shown(page, client)
    page.go_back()
    expect(page.locator("#clients")).to_be_visible()
    page.go_forward()
    shown(page, client)


def test_the_language_switch_keeps_the_client(visit: Visit) -> None:
    page = visit("fr", 100002)
    shown(page, 100002)
    page.locator("a[hreflang='en']").click()
    expect(page).to_have_url(re.compile(r"/en/\?client=100002$"))
    shown(page, 100002)
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(("preferred", "lang"), [("en-GB", "en"), ("fr-FR", "fr"), ("de-DE", "fr")])
def test_the_first_visit_is_in_the_browsers_language(visit: Visit, address: str, preferred: str, lang: str) -> None:
    page = visit("fr", locale=preferred)
    page.context.clear_cookies()
    page.goto(f"{address}/?client=100002")
    expect(page).to_have_url(re.compile(rf"/{lang}/\?client=100002$"))
    shown(page, 100002)


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("99999999", "error.unknown_client"),
        ("0", "error.unknown_client"),
        ("Durand", "error.not_a_number"),
        ("12,5", "error.not_a_number"),
        ("1" * 40, "error.not_a_number"),
        ("<img src=x onerror=alert(1)>", "error.not_a_number"),
    ],
)
def test_a_number_that_is_none_gets_a_kind_word(visit: Visit, lang: str, typed: str, key: str) -> None:
    page = visit(lang)
    page.locator("#search input, #search textarea").first.fill(typed)
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_have_text(text(lang, key, **({"client": typed} if key == "error.unknown_client" else {})))
    expect(page.locator("#decision")).to_have_count(0)
    expect(page.locator("#search")).to_be_visible()


def test_an_empty_search_stays_where_it_is(visit: Visit) -> None:
    page = visit("fr")
    page.locator("#search input, #search textarea").first.fill("   ")
    page.keyboard.press("Enter")
    expect(page.locator("#clients tbody tr")).to_have_count(25)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("asked", ["99999999", "abc", "-1", "%3Cscript%3E"])
def test_an_address_of_no_client_shows_the_list_and_says_why(visit: Visit, asked: str) -> None:
    page = visit("en", asked)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#clients tbody tr").first).to_be_visible()


def test_digits_that_no_client_has_say_so(visit: Visit, demo: Service) -> None:
    page = visit("fr")
    page.locator("#search input, #search textarea").first.fill("999")
    expect(page.locator("#clients")).to_have_text(text("fr", "page.clients.none"))
