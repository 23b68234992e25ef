"""Finding a client, further: pasting, the list's pages, back and forward, addresses that name no client."""

import re

import pytest
from playwright.sync_api import Page, expect

from scoring.i18n import text
from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser


def shown(page: Page, client: object) -> None:
    """The page shows that client, and the address says so."""
    expect(page.locator("#decision")).to_be_visible()
    expect(page.locator("h1:visible")).to_contain_text(str(client))
    expect(page).to_have_url(re.compile(rf"\?client={client}$"))


def test_a_pasted_number_finds_any_client(open_page: Opener) -> None:
    page = open_page("/fr/")
    page.locator("#search input").focus()
    page.keyboard.insert_text("  100 002 ")  # what a paste does: no key is pressed
    expect(page.locator("#clients tbody tr")).to_have_count(1)
    expect(page.locator("#clients tbody tr")).to_contain_text("100002")
    page.keyboard.press("Enter")
    shown(page, 100002)


def test_a_row_of_the_list_opens_its_client(open_page: Opener) -> None:
    page = open_page("/fr/")
    row = page.locator("#clients tbody tr").nth(3)
    client = row.locator("a").get_attribute("data-client")
    row.locator("td").last.click()  # anywhere on the row
    shown(page, client)


def test_the_list_turns_its_pages(open_page: Opener) -> None:
    page = open_page("/en/")
    first = page.locator("#clients tbody a").first
    before = first.inner_text()
    expect(page.locator("#before")).to_be_disabled()
    page.locator("#after").click()
    expect(first).not_to_have_text(before)
    page.locator("#before").click()
    expect(first).to_have_text(before)
    expect(page.locator("#before")).to_be_disabled()


def test_back_and_forward_follow_the_clients(open_page: Opener, examples: dict[str, int]) -> None:
    page = open_page("/fr/")
    client = examples["accept"]
    page.locator(f"#examples a[data-client='{client}']").click()
    shown(page, client)
    page.go_back()
    expect(page.locator("#clients")).to_be_visible()
    page.go_forward()
    shown(page, client)


@pytest.mark.parametrize("typed", ["12,5", "1" * 40, "<img src=x onerror=alert(1)>", "-5", "１００"])
def test_what_is_no_number_is_said_to_be_none(open_page: Opener, typed: str) -> None:
    page = open_page("/en/")
    page.locator("#search input").fill(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(text("en", "error.not_a_number"))
    expect(page.locator("#search")).to_be_visible()


def test_an_empty_search_stays_where_it_is(open_page: Opener) -> None:
    page = open_page("/fr/")
    page.locator("#search input").fill("   ")
    page.keyboard.press("Enter")
    expect(page.locator("#clients tbody tr")).to_have_count(25)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("asked", ["99999999", "abc", "-1", "%3Cscript%3E"])
def test_an_address_of_no_client_shows_the_list_and_says_why(open_page: Opener, asked: str) -> None:
    page = open_page(f"/en/?client={asked}")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("#clients tbody tr").first).to_be_visible()


def test_two_officers_do_not_see_each_others_client(open_page: Opener, examples: dict[str, int]) -> None:
    one, other = (open_page(f"/fr/?client={examples[outcome]}") for outcome in ("accept", "decline"))
    expect(other.locator("#decision")).to_have_attribute("data-decision", "decline")
    expect(one.locator("#decision")).to_have_attribute("data-decision", "accept")
    expect(one.locator("h1:visible")).to_contain_text(str(examples["accept"]))
