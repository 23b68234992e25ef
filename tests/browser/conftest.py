"""Pages for the browser tests; each fails when the console shows an error or anything is asked of another host."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.browser.server import chromium, find_chromium, serving

Opener = Callable[..., Page]
DESKTOP, PHONE = (1440, 900), (390, 844)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        reason = "browser tests need a Chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CLAIRSCORE_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    with chromium(executable) as opened:
        yield opened


@pytest.fixture(scope="session")
def address(browser: Browser) -> Iterator[str]:
    with serving() as served:
        yield served


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Opener]:
    wrong: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            wrong.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            wrong.append(f"external request: {request.url}")

    def open_at(path: str, size: tuple[int, int] = DESKTOP, scheme: str = "light", language: str = "fr-FR") -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale=language,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("request", asked)
        page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
        page.set_default_timeout(15_000)
        page.goto(address + path)
        page.wait_for_selector("h1")
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert wrong == []
