"""Pages for the browser tests; each fails when the console shows an error or anything is asked of another host."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from scoring.service import Service
from tests.browser.server import chromium, find_chromium, serving

Opener = Callable[..., Page]
DESKTOP, PHONE = (1440, 900), (390, 844)


def wait_until_drawn(page: Page) -> None:
    """Wait until one of our pages is as it stays: before, what is typed into it may be drawn over."""
    if page.locator(".gradio-container").count():
        page.wait_for_selector("body[data-shown]", state="attached")


def write(page: Page, field: str, words: str) -> None:
    """Fill a box of text once it stays as it is.

    Drawing a page empties its forms; and what a folded part hid is mounted when the part is opened, and set to its
    value a frame later (`render_previously_invisible_children` of Gradio's page).
    """
    wait_until_drawn(page)
    box = page.locator(f"#{field} textarea")
    box.wait_for()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null))))")
    box.fill(words)


@pytest.fixture(scope="session")
def examples(demo: Service) -> dict[str, int]:
    """One client of each decision."""
    found = {str(outcome): client for outcome, client in demo.portfolio.examples().items()}
    assert set(found) == {"accept", "review", "decline"}
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        reason = "browser tests need a Chromium on this machine (Debian: apt-get install chromium-headless-shell)"
        if os.environ.get("CLAIRSCORE_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with chromium(executable) as opened:
        yield opened


@pytest.fixture(scope="session")
def address(browser: Browser) -> Iterator[str]:
    with serving() as served:
        yield served


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[Callable[[str, str], BrowserContext]]:
    """One context for each theme and language, so that a page finds the files of the page before in its cache."""
    made: dict[tuple[str, str], BrowserContext] = {}

    def context(scheme: str, language: str) -> BrowserContext:
        if (scheme, language) not in made:
            made[scheme, language] = browser.new_context(
                color_scheme="dark" if scheme == "dark" else "light", locale=language
            )
        return made[scheme, language]

    yield context
    for one in made.values():
        one.close()


@pytest.fixture
def open_page(contexts: Callable[[str, str], BrowserContext], address: str) -> Iterator[Opener]:
    wrong: list[str] = []
    pages: list[Page] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            wrong.append(f"external request: {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            wrong.append(f"{response.status} {response.url}")

    def open_at(path: str, size: tuple[int, int] = DESKTOP, scheme: str = "light", language: str = "fr-FR") -> Page:
        context = contexts(scheme, language)
        if not pages:
            context.clear_cookies()  # no language chosen by the test before
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("console", heard)
        page.on("request", asked)
        page.on("response", answered)
        page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        # Pages share a cache, where Chromium holds a request back for up to 20 s while another page writes it.
        page.set_default_timeout(30_000)
        page.goto(address + path)
        page.wait_for_selector("h1")
        wait_until_drawn(page)
        return page

    yield open_at
    for page in pages:
        page.close()
    assert wrong == []
