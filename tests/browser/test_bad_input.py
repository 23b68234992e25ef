"""What goes wrong is said in the user's language, with what to do: no traceback, blank picture or endless spinner."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.portfolios import write_choice
from scoring.data.tables.column_types import ID_COLUMN
from scoring.i18n import text
from scoring.model.artefacts import PORTFOLIO_FILE, read_artefacts
from scoring.portfolio.clients import OUTCOME, ROLE_COLUMN
from scoring.service import Service
from scoring.settings import DEMO
from tests.browser.conftest import DESKTOP, PHONE, Opener, wait_until_drawn
from tests.browser.server import Server

pytestmark = pytest.mark.browser
LANGUAGES = ("fr", "en")
BOTH = pytest.mark.parametrize("lang", LANGUAGES)
CLIENT = 100002
PAGES = {
    "decision": "#waterfall",
    "client": "#client-decision",
    "simulate": ".cs-map",
    "compare": "[data-fact=income_total] cs-plot[data-drawn]",
    "explore": "#explore-plane cs-plot[data-drawn]",
}
"""What each page about a client shows once it is drawn."""
RAW = re.compile(r"\b(nan|None|null|undefined|NaN|Traceback|Error)\b")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """Artefacts in which one client lacks all that any client lacks."""
    folder = tmp_path_factory.mktemp("bare")
    held = read_artefacts(DEMO)
    clients = pl.read_parquet(held.portfolio)
    lacking = [
        name for name in clients.columns if clients[name].null_count() and name not in (ID_COLUMN, ROLE_COLUMN, OUTCOME)
    ]
    assert len(lacking) > len(clients.columns) / 2
    emptied = [pl.when(pl.col(ID_COLUMN) != CLIENT).then(pl.col(name)).alias(name) for name in lacking]
    clients.with_columns(emptied).write_parquet(folder / PORTFOLIO_FILE)
    for made in DEMO.glob("*.json"):
        shutil.copy(made, folder)
    write_choice(held.champion, folder)
    return folder, CLIENT


@pytest.fixture(scope="module")
def server(browser: Browser, bare: tuple[Path, int]) -> Iterator[Server]:
    """A service of its own, which the tests end and start again."""
    served = Server(CLAIRSCORE_ARTEFACTS=str(bare[0]))
    try:
        served.start()
        yield served
    finally:
        served.forget()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Pages whose connection a test may break; an error in a page's own scripts still fails it."""
    wrong: list[str] = []
    contexts = []

    def page_at(address: str, size: tuple[int, int] = DESKTOP) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address)
        page.wait_for_selector("h1")
        wait_until_drawn(page)
        return page

    yield page_at
    for context in contexts:
        context.close()
    assert wrong == []


def said(page: Page, lang: str, kind: str) -> None:
    """The page says, over everything, what happened."""
    expect(page.locator("#cs-connection")).to_contain_text(text(lang, f"connection.{kind}"), timeout=30_000)


def test_a_client_of_whom_almost_nothing_is_known(
    server: Server, bare: tuple[Path, int], new_page: Callable[..., Page]
) -> None:
    folder, client = bare
    service = Service(read_artefacts(folder))
    assessment = service.assess(client)
    for lang, size in (("fr", DESKTOP), ("en", PHONE)):
        page = new_page(f"{server.address}/{lang}/", size)
        for name, drawn in PAGES.items():
            page.evaluate("(query) => window.clairscore.go(query)", f"view={name}&client={client}")
            wait_until_drawn(page)
            expect(page.locator(drawn).first).to_be_attached(timeout=30_000)
            shown = page.locator(f"#page-{name}").inner_text()
            assert not RAW.search(shown), (name, RAW.search(shown))
            expect(page.locator(".cs-alert:visible")).to_have_count(0)
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
            if name == "decision":
                expect(page.locator("#decision")).to_have_attribute("data-decision", assessment.decision.outcome)
                page.locator("#missing summary").click()
                expect(page.locator("#missing li")).to_have_count(len(assessment.missing))


@BOTH
def test_filters_that_match_nobody(open_page: Opener, demo: Service, lang: str) -> None:
    page = open_page(f"/{lang}/?view=clients&income_total=1..2&decision=decline")
    expect(page.locator("#clients")).to_have_text(text(lang, "page.clients.none"))
    expect(page.locator("#after")).to_be_disabled()
    page.locator("#reset").click()
    expect(page.locator("#clients tbody tr")).to_have_count(25)
    page.goto(page.url.split("?")[0] + f"?view=explore&client={CLIENT}&income_total=1..2")
    expect(page.locator("#explore-whom")).to_contain_text(text(lang, "explore.nobody"))
    expect(page.locator("cs-plot")).to_have_count(0)
    page.goto(page.url.split("?")[0] + f"?view=compare&client={CLIENT}&group=selection&income_total=1..2")
    expect(page.locator("#compare-told")).to_contain_text(text(lang, "page.compare.empty"))
    expect(page.locator("cs-plot")).to_have_count(0)


@BOTH
def test_a_range_turned_round_is_read_the_other_way_and_said(open_page: Opener, demo: Service, lang: str) -> None:
    page = open_page(f"/{lang}/")
    for place in ("filter", "explore"):
        if place == "explore":
            page.locator("a[data-page=explore]").click()
            wait_until_drawn(page)
            page.locator("#explore-filters summary").first.click()
        page.locator(f"#{place}-age_years-high").fill("30")
        page.locator(f"#{place}-age_years-low").fill("50")
        page.keyboard.press("Tab")
        turned = re.compile(re.escape(text(lang, "page.filters.turned", label="…", low="30", high="50").split("…")[1]))
        expect(page.locator(f"#page-{'clients' if place == 'filter' else place}")).to_contain_text(turned)
        expect(page).to_have_url(re.compile(r"age_years=30\.\.50"))


@pytest.mark.parametrize(("status", "kind"), [(500, "failed"), (409, "outdated"), (403, "other")])
def test_an_answer_that_is_a_refusal(new_page: Callable[..., Page], address: str, status: int, kind: str) -> None:
    lang = "fr" if status == 500 else "en"
    page = new_page(f"{address}/{lang}/?client={CLIENT}")
    page.route(
        "**/gradio_api/run/predict*",
        lambda route: route.fulfill(status=status, body='{"error": "boom"}', headers={"x-request-id": "r-17"}),
    )
    page.locator("a[data-page=simulate]").click()
    told = text(lang, f"connection.{kind}", reference="r-17") if kind == "failed" else text(lang, f"connection.{kind}")
    expect(page.locator("#cs-connection")).to_contain_text(told)
    assert "boom" not in page.locator("body").inner_text()
    expect(page.locator(".toast-wrap:visible, .generating:visible")).to_have_count(0)
    page.unroute("**/gradio_api/run/predict*")
    page.locator("#cs-connection a").click()
    expect(page.locator("#decision")).to_be_visible()
    expect(page.locator("#cs-connection")).to_be_empty()


@BOTH
def test_a_connection_that_is_lost_and_comes_back(new_page: Callable[..., Page], address: str, lang: str) -> None:
    page = new_page(f"{address}/{lang}/?client={CLIENT}")
    expect(page.locator("#decision")).to_be_visible()
    page.context.set_offline(True)
    said(page, lang, "lost")
    page.locator("a[data-page=simulate]").click()
    page.context.set_offline(False)
    expect(page.locator("#simulated")).to_be_visible(timeout=30_000)
    said(page, lang, "back")
    expect(page.locator("#cs-connection")).to_be_empty(timeout=10_000)


def test_the_service_started_again_under_open_pages(
    server: Server, bare: tuple[Path, int], new_page: Callable[..., Page]
) -> None:
    pages = {lang: new_page(f"{server.address}/{lang}/?client={bare[1]}") for lang in LANGUAGES}
    recording = new_page(f"{server.address}/en/?client={bare[1]}")
    typing = new_page(f"{server.address}/fr/?age_years=..40")
    for page in (*pages.values(), recording):
        expect(page.locator("#decision")).to_be_visible()
    typing.locator("#filter-income_total-low").fill("100000")
    server.stop()
    for lang, page in pages.items():
        page.locator("a[data-page=simulate]").click()
        said(page, lang, "lost")
    recording.locator("#keep").click()
    said(recording, "en", "unsure")
    typing.locator("#filter-income_total-high").fill("200000")
    server.start()
    for page in pages.values():
        expect(page.locator("#simulated")).to_be_visible(timeout=30_000)
        expect(page.locator("#cs-connection")).to_be_empty(timeout=15_000)
    # What was typed meanwhile is asked for, with what had been chosen before.
    expect(typing).to_have_url(re.compile(r"age_years=\.\.40.*income_total=100000\.\.200000"), timeout=30_000)
    # What records was not sent a second time.
    said(recording, "en", "unsure")
    recording.locator("#cs-connection a").click()
    expect(recording.locator("#dossier")).to_contain_text(text("en", "page.dossier.none"))
