"""Logging in with a real browser; what a page that was broken into can still not do; one login and another."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scoring.access.keys import KeyRole, changing, id_of, make_key
from scoring.language import text
from tests.browser.conftest import DESKTOP, PHONE, wait_until_drawn
from tests.browser.looks import AXE
from tests.browser.server import serving

pytestmark = pytest.mark.browser
Opener = Callable[..., Page]
ROLES: tuple[KeyRole, ...] = ("officer", "validator", "owner")


@pytest.fixture(scope="module")
def keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="module")
def new_key(keys_file: Path) -> Callable[[str, KeyRole], str]:
    def made(name: str, role: KeyRole) -> str:
        key, text = make_key(name, role, days=1)
        with changing(keys_file) as keys:
            keys[key.id] = key
        return text

    return made


@pytest.fixture(scope="module")
def keys(new_key: Callable[[str, KeyRole], str]) -> dict[KeyRole, str]:
    return {role: new_key(f"the {role}", role) for role in ROLES}


@pytest.fixture(scope="module")
def closed(browser: Browser, keys: dict[str, str], keys_file: Path) -> Iterator[str]:
    """The address of a service that wants a key."""
    assert keys
    with serving(CLAIRSCORE_AUTH="keys", CLAIRSCORE_KEYS=str(keys_file)) as address:
        yield address


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    made: list[BrowserContext] = []
    expect.set_options(timeout=15_000)  # each context begins with nothing in its cache

    def context(**options: Any) -> BrowserContext:
        made.append(browser.new_context(locale="fr-FR", **options))
        made[-1].set_default_timeout(15_000)
        return made[-1]

    yield context
    expect.set_options(timeout=5_000)
    for one in made:
        one.close()


def enter(page: Page, address: str, key: str, path: str = "/fr/") -> None:
    page.goto(address + path)
    enter_here(page, key)


def enter_here(page: Page, key: str) -> None:
    page.fill("#key", key)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_the_login_is_for_everyone(
    closed: str, new_context: Callable[..., BrowserContext], size: tuple[int, int], scheme: str
) -> None:
    page = new_context(color_scheme=scheme, viewport={"width": size[0], "height": size[1]}).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{closed}/fr/?client=100002")
    expect(page.locator("#key")).to_be_focused()
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert all(url.startswith(closed) for url in asked)
    found = page.evaluate(f"(() => {{ {AXE}; return axe.run(document); }})()")
    assert [one["id"] for one in found["violations"]] == []


def test_it_works_without_scripts(
    closed: str, new_context: Callable[..., BrowserContext], keys: dict[str, str]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    enter(page, closed, keys["officer"], "/fr/?client=100002")
    assert page.url == f"{closed}/fr/?client=100002"
    page.goto(f"{closed}/logout")
    page.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("La session est fermée.")
    page.goto(f"{closed}/fr/")
    assert "/login" in page.url


def test_a_day_of_an_officer(closed: str, new_context: Callable[..., BrowserContext], keys: dict[str, str]) -> None:
    page = new_context().new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    enter(page, closed, keys["officer"], "/fr/?client=100002")
    expect(page.locator("#decision")).to_be_visible()
    page.locator("a[data-page=clients]").click()
    wait_until_drawn(page)
    expect(page.locator("#clients tbody tr").first).to_be_visible()
    assert wrong == []
    page.goto(f"{closed}/fr/modele/")
    expect(page.locator("h1").first).to_be_visible()  # made-up clients: everyone may see their model
    page.goto(f"{closed}/fr/")
    page.locator(".cs-leave").click()
    expect(page.locator("main")).to_contain_text("the officer")
    page.get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("La session est fermée.")
    for _ in range(3):  # no way back leads to what was shown
        page.evaluate("setTimeout(() => history.back())")  # Playwright's own waits for a page that is replaced
        page.wait_for_timeout(700)
        expect(page.locator("#decision, #clients")).to_have_count(0)
    page.goto(f"{closed}/fr/")
    assert "/login" in page.url


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_whose_key_is_revoked_is_led_to_the_login(
    closed: str,
    new_context: Callable[..., BrowserContext],
    new_key: Callable[[str, KeyRole], str],
    keys_file: Path,
    lang: str,
) -> None:
    key, other = (new_key(f"the visitor {lang} {n}", "officer") for n in (1, 2))
    page = new_context().new_page()
    page.wait_for_timeout(1_100)  # the service looks at its keys once a second
    enter(page, closed, key, f"/{lang}/")
    expect(page.locator("#clients tbody tr").first).to_be_visible()
    with changing(keys_file) as kept:
        revoked = kept[id_of(key) or ""]
        kept[revoked.id] = revoked.model_copy(update={"revoked": datetime.now(UTC)})
    page.wait_for_timeout(1_100)
    page.locator("#clients tbody a").first.click()
    page.wait_for_url(re.compile(r"/login\?ended"))
    expect(page.get_by_role("alert")).to_have_text(text(lang, "access.login.ended"))
    enter_here(page, other)
    expect(page.locator("#clients tbody tr").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", lang)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_of_another_login_says_so(
    closed: str, new_context: Callable[..., BrowserContext], keys: dict[str, str], lang: str
) -> None:
    context = new_context()
    page = context.new_page()
    enter(page, closed, keys["officer"], f"/{lang}/")
    expect(page.locator("#clients tbody tr").first).to_be_visible()
    other = context.new_page()
    other.goto(f"{closed}/logout")
    other.get_by_role("button").click()
    enter(other, closed, keys["validator"])
    page.locator("#clients tbody a").first.click()
    expect(page.locator("#cs-connection")).to_contain_text(text(lang, "connection.other"))
    page.locator("#cs-connection a").click()
    expect(page.locator("#clients tbody tr").first).to_be_visible()
    expect(page.locator("#cs-connection")).to_be_empty()


ATTACKS = {
    "an image that fails": "<img src='/nothing' onerror='window.hacked = 1'>",
    "a frame": "<iframe srcdoc='<script>parent.hacked = 1</script>'></iframe>",
    "a drawing": "<svg onload='window.hacked = 1'></svg>",
    "a details": "<details open ontoggle='window.hacked = 1'><summary>x</summary></details>",
    "an object": "<object data='data:text/html,<script>parent.hacked = 1</script>'></object>",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_that_got_in_runs_nothing(
    closed: str, new_context: Callable[..., BrowserContext], keys: dict[str, str], attack: str
) -> None:
    """The second line: were there a hole in the escaping, the page's policy would still hold."""
    page = new_context().new_page()
    enter(page, closed, keys["officer"], "/fr/?client=100002")
    expect(page.locator("#decision")).to_be_visible()
    page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", ATTACKS[attack])
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None


def test_scripts_that_got_in_do_not_run_nor_send(
    closed: str, new_context: Callable[..., BrowserContext], keys: dict[str, str]
) -> None:
    page = new_context().new_page()
    enter(page, closed, keys["officer"], "/fr/?client=100002")
    expect(page.locator("#decision")).to_be_visible()
    page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.hacked = 1';"
        "document.body.append(one); }"
    )
    page.evaluate(
        "() => { const one = document.createElement('script'); one.src = 'data:text/javascript,window.hacked=1';"
        "document.body.append(one); }"
    )
    page.evaluate("() => Object.assign(document.createElement('a'), {href: 'javascript:window.hacked=1'}).click()")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    elsewhere = "http://127.0.0.1:9/"  # another site
    sent = f"fetch('{elsewhere}').then(() => 'sent', (error) => String(error))"
    assert "TypeError" in page.evaluate(sent)
    refused = page.evaluate(
        "(to) => new Promise((done) => {"
        "addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));"
        "new Image().src = to; })",
        elsewhere,
    )
    assert refused == "img-src"
    assert page.evaluate("document.cookie.includes('session')") is False


def test_one_login_does_not_see_anothers_page(
    closed: str, new_context: Callable[..., BrowserContext], keys: dict[str, str]
) -> None:
    first, second = new_context().new_page(), new_context().new_page()
    events: list[dict[str, Any]] = []
    first.on(
        "request",
        lambda request: events.append(request.post_data_json) if request.url.endswith("run/predict") else None,
    )
    enter(first, closed, keys["officer"])
    expect(first.locator("#clients tbody tr").first).to_be_visible()
    enter(second, closed, keys["validator"])
    expect(second.locator("#clients tbody tr").first).to_be_visible()
    event = events[0]
    ask = """async ([path, body]) => (await fetch(path, body ? {method: 'POST', body: JSON.stringify(body),
        headers: {'content-type': 'application/json'}} : {})).status"""
    named = event["session_hash"]
    start = "/fr/gradio_api"
    assert first.evaluate(ask, [f"{start}/run/predict", event]) == 200
    for path, body in (
        (f"{start}/run/predict", event),
        (f"{start}/queue/data?session_hash={named}", None),
        (f"{start}/heartbeat/{named}", None),
    ):
        assert second.evaluate(ask, [path, body]) == 403, path
