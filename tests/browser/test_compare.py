"""Comparing a client: with whom, where they stand, how many paid; kept in the address; no outcome along age."""

import re

import pytest
from playwright.sync_api import Page, expect

from scoring.features import DICTIONARY
from scoring.language import text
from scoring.peers import group_words, paid_words, standing_words
from scoring.service import Service
from scoring.web.pages.compare import FACTS
from tests.browser.conftest import DESKTOP, PHONE, Opener, wait_until_drawn

pytestmark = pytest.mark.browser
CLIENT = 100002
LANGUAGES = pytest.mark.parametrize("lang", ["fr", "en"])
ADDRESS = f"?view=compare&client={CLIENT}"


def drawn(page: Page, fact: str) -> None:
    """A fact's picture is drawn, once it is in sight."""
    plot = page.locator(f"[data-fact={fact}] > figure cs-plot")
    plot.scroll_into_view_if_needed()
    expect(plot).to_have_attribute("data-drawn", "")
    expect(plot.locator("svg.main-svg").first).to_be_visible()


@pytest.mark.parametrize(("lang", "size"), [("fr", DESKTOP), ("en", PHONE)], ids=["desktop", "phone"])
def test_the_group_and_each_fact_in_words(open_page: Opener, demo: Service, lang: str, size: tuple[int, int]) -> None:
    page = open_page(f"/{lang}/?client={CLIENT}", size)
    page.locator("a[data-page=compare]").click()
    wait_until_drawn(page)
    group = demo.peers.similar(CLIENT)
    told = page.locator("#compare-told")
    expect(told).to_contain_text(group_words(group, lang))
    expect(told).to_contain_text(paid_words(demo.peers.paid(group), lang))
    for one in group.chosen:
        expect(told).to_contain_text(one.words(lang))
    for fact in FACTS:
        heading = page.locator(f"[data-fact={fact}] h2")
        expect(heading).to_have_text(standing_words(fact, demo.peers.standing(group, fact, CLIENT), lang))
    drawn(page, "income_total")
    drawn(page, "occupation")
    expect(page).to_have_url(re.compile(rf"/{lang}/\?view=compare&client={CLIENT}$"))
    expect(page).to_have_title(re.compile(text(lang, "page.nav.compare")))


def test_another_group_and_another_fact_are_kept_in_the_address(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/{ADDRESS}")
    told = page.locator("#compare-told")
    chosen = [*(name for name in FACTS if name != "occupation"), "car_age"]
    page.get_by_label(text("en", "page.compare.group.nearest")).check()
    expect(told).to_contain_text(group_words(demo.peers.nearest(CLIENT), "en"))
    expect(page.locator("#compare-criteria")).to_be_hidden()
    page.locator("#compare-facts [data-take=occupation]").click()
    page.locator("#compare-facts select").select_option(label=DICTIONARY["car_age"].label.say("en"))
    expect(page.locator("#compare-facts li")).to_have_text([f"{DICTIONARY[name].label.say('en')}×" for name in chosen])
    expect(page.locator("[data-fact=occupation]")).to_have_count(0)
    drawn(page, "car_age")
    expect(page).to_have_url(re.compile("group=nearest.*car_age"))
    page.reload()
    expect(told).to_contain_text(group_words(demo.peers.nearest(CLIENT), "en"))
    drawn(page, "car_age")
    page.get_by_label(text("en", "page.compare.group.all")).check()
    expect(told).to_contain_text(group_words(demo.peers.everyone(CLIENT), "en"))


@LANGUAGES
def test_is_their_income_high_for_their_age_in_three_clicks(open_page: Opener, demo: Service, lang: str) -> None:
    page = open_page(f"/{lang}/")
    page.locator("#examples a").first.click()
    expect(page.locator("#identity h1")).to_be_visible()
    client = int(page.locator("#identity h1").inner_text().split()[-1])
    page.locator("a[data-page=compare]").click()
    wait_until_drawn(page)
    page.locator("#compare-criteria").get_by_text(DICTIONARY["age_years"].label.say(lang), exact=True).click()
    group = demo.peers.similar(client, ["contract_type", "income_type", "credit_amount", "age_years"])
    expect(page.locator("#compare-told")).to_contain_text(group_words(group, lang))
    expect(page.locator("[data-fact=income_total] h2")).to_have_text(
        standing_words("income_total", demo.peers.standing(group, "income_total", client), lang)
    )
    # A group chosen by age tells no outcome.
    expect(page.locator("#compare-told")).to_contain_text(text(lang, "peers.paid.sensitive"))
    expect(page.locator("#compare-told svg")).to_have_count(0)


def test_difficulties_along_a_fact_but_not_along_age(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/{ADDRESS}&group=all")
    income = page.locator("[data-fact=income_total] .cs-along")
    income.locator("summary").first.click()
    expect(income.locator("cs-plot")).to_have_attribute("data-drawn", "")
    expect(income.locator("h3")).to_contain_text("Difficulties:")
    age = page.locator("[data-fact=age_years] .cs-along")
    age.locator("summary").click()
    expect(age).to_contain_text(text("en", "page.compare.along.sensitive"))
    expect(age.locator("cs-plot")).to_have_count(0)
    page.locator("[data-fact=occupation] > figure summary").click()
    rows = page.locator("[data-fact=occupation] > figure tbody tr")
    expect(rows).to_have_count(len(demo.peers.categories(demo.peers.everyone(CLIENT), "occupation").codes))


def test_a_selection_of_nobody_or_that_is_none_is_said(open_page: Opener) -> None:
    page = open_page(f"/en/{ADDRESS}&group=selection&income_total=abc")
    expect(page.get_by_role("alert")).to_contain_text("The selection in this address can't be read")
    page = open_page(f"/en/{ADDRESS}&group=selection&income_total=1..2")
    expect(page.locator("#compare-told")).to_contain_text(text("en", "page.compare.empty"))
    page.get_by_label(text("en", "page.compare.group.all")).check()
    drawn(page, "income_total")


def test_by_keyboard_alone_in_light_and_dark(open_page: Opener, demo: Service) -> None:
    page = open_page(f"/en/{ADDRESS}")
    drawn(page, "income_total")
    page.locator("#compare-kind input").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#compare-told")).to_contain_text(group_words(demo.peers.nearest(CLIENT), "en"))
    page.locator("[data-fact=income_total] > figure summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-fact=income_total] > figure table")).to_be_visible()
    drawn(page, "income_total")
    bar = page.locator("[data-fact=income_total] > figure cs-plot .bars path").first
    light = bar.evaluate("one => getComputedStyle(one).fill")
    page.evaluate("document.body.classList.add('dark')")
    expect(bar).not_to_have_css("fill", light)
