"""Logging in and out by key: what sets a cookie, what a cookie is like, and what never works."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from starlette.testclient import TestClient

from scoring.i18n import LANGUAGES, text
from tests.scoring.server.conftest import SITE, KeyMaker, Opener

LogIn = Callable[..., Any]
COOKIE = "__Host-clairscore-session"


def token_of(page: str) -> str:
    return page.partition('name="token" value="')[2].partition('"')[0]


def post(client: TestClient, path: str = "/login", **fields: str) -> Any:
    return client.post(path, data=fields, headers={"Origin": SITE})


@pytest.mark.parametrize("role", ["officer", "validator", "owner"])
def test_a_persons_key_lets_in(guarded: Opener, new_key: KeyMaker, log_in: LogIn, role: str) -> None:
    client = guarded()
    answer = log_in(client, f"  {new_key('anna', role)} ")  # pasted with spaces
    assert answer.status_code == 303
    assert client.get("/fr/").json()["role"] == role


def test_the_cookie_is_for_us_alone(guarded: Opener, new_key: KeyMaker, log_in: LogIn) -> None:
    answer = log_in(guarded(), new_key("anna", "officer"))
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE))
    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {"path=/", "secure", "httponly", "samesite=lax"}
    framed = log_in(guarded(frames="'self' https://huggingface.co"), new_key("ben", "officer"))
    assert all(
        "samesite=none" in one.lower() and "secure" in one.lower() for one in framed.headers.get_list("set-cookie")
    )


def test_a_login_is_always_a_new_session(guarded: Opener, new_key: KeyMaker, log_in: LogIn) -> None:
    """Whoever plants a cookie in somebody's browser does not share the login that follows."""
    anna, ben = new_key("anna", "officer"), new_key("ben", "officer")
    attacker = guarded()
    log_in(attacker, ben)
    planted = attacker.cookies[COOKIE]
    attacker.cookies.clear()
    victim = attacker
    victim.cookies.set(COOKIE, planted, domain="scores.example")
    log_in(victim, ben)
    assert victim.cookies[COOKIE] != planted
    victim.cookies.clear()
    victim.cookies.set(COOKIE, planted, domain="scores.example")
    assert victim.get("/fr/").status_code == 401
    assert anna


def test_a_script_does_not_log_in(guarded: Opener, new_key: KeyMaker, log_in: LogIn) -> None:
    client = guarded()
    answer = log_in(client, new_key("nightly", "script", "decide", "clients"))
    assert answer.status_code == 403
    assert COOKIE not in client.cookies


@pytest.mark.parametrize("key", ["", "x", "clair_aaaaaaaaaaaa_" + "A" * 43, "' OR 1=1 --", "\x00", "é" * 50])
def test_what_opens_nothing_is_told_alike(guarded: Opener, new_key: KeyMaker, log_in: LogIn, key: str) -> None:
    new_key("anna", "owner")
    client = guarded()
    answer = log_in(client, key, **{"Accept-Language": "en"})
    assert answer.status_code == 403
    assert text("en", "access.login.wrong") in answer.text
    assert COOKIE not in client.cookies
    assert key not in answer.text or key in ("", "x")


def test_a_form_of_elsewhere_does_not_log_in(guarded: Opener, new_key: KeyMaker) -> None:
    key = new_key("anna", "officer")
    client = guarded()
    good = token_of(client.get("/login").text)
    for token in ("", "x", good[:-1]):
        assert post(client, token=token, key=key).status_code == 400
    other = guarded()
    assert post(other, token=good, key=key).status_code == 400  # the token of another browser
    assert post(client, token=good, key=key).status_code == 303
    assert post(client, token=good, key=key).status_code == 400  # used


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_another_kind_of_form_does_not_log_in(guarded: Opener, new_key: KeyMaker, kind: str) -> None:
    client = guarded()
    body = f"token={token_of(client.get('/login').text)}&key={new_key('anna', 'officer')}"
    answer = client.post("/login", content=body, headers={"Origin": SITE, "Content-Type": kind})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "next_",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/fr/\r\nX: y", "é", "/login"],
)
def test_a_login_leads_nowhere_else(guarded: Opener, new_key: KeyMaker, next_: str) -> None:
    client = guarded()
    token = token_of(client.get("/login", params={"next": next_}).text)
    answer = post(client, token=token, key=new_key("anna", "officer"), next=next_)
    assert answer.headers["location"] == "/"
    assert "x" not in answer.headers


def test_logging_in_is_slowed_down(guarded: Opener, new_key: KeyMaker) -> None:
    client = guarded()
    statuses = []
    for _ in range(25):
        statuses.append(post(client, token=token_of(client.get("/login").text), key="x").status_code)
    assert statuses == [403] * 20 + [429] * 5
    answer = post(client, token="", key="")
    assert int(answer.headers["retry-after"]) >= 1
    assert 'role="alert"' in answer.text


def test_logging_out_ends_it_for_good(guarded: Opener, new_key: KeyMaker, log_in: LogIn) -> None:
    client = guarded()
    log_in(client, new_key("anna", "officer"))
    kept = client.cookies[COOKIE]
    page = client.get("/logout")
    assert text("fr", "access.role.officer") in page.text
    assert client.get("/fr/").status_code == 200  # a link does not log out
    forged = {"token": "x" * 43}
    assert post(client, "/logout", **forged).status_code == 400
    done = post(client, "/logout", token=token_of(page.text))
    assert text("fr", "access.logout.done") in done.text
    assert "cache" in done.headers["clear-site-data"]
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, kept, domain="scores.example")
    assert client.get("/fr/").status_code == 401


def test_logging_in_wants_https(guarded: Opener, new_key: KeyMaker) -> None:
    key = new_key("anna", "officer")
    client = guarded(url="http://scores.example")
    answer = client.get("/login", headers={"Accept-Language": "en"})
    assert f"Open {SITE}." in answer.text
    assert "<form" not in answer.text
    assert client.post("/login", data={"key": key}, headers={"Origin": "http://scores.example"}).status_code == 403
    plain = guarded(url="http://scores.example", public_url="http://scores.example")
    assert "<form" in plain.get("/login").text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("auth", ["keys", None])
def test_the_page_is_plain_and_in_both_languages(
    guarded: Opener, new_key: KeyMaker, lang: str, auth: str | None
) -> None:
    new_key("anna", "owner")
    answer = guarded(auth=auth, synthetic=True).get(f"/login?lang={lang}&next=/fr/%22><script>")
    assert f'<html lang="{lang}">' in answer.text
    assert "<script" not in answer.text
    assert not re.search(r"(src|href|action)=\"?(https?:)?//", answer.text)
    assert text(lang, "access.login.title") in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    for other in LANGUAGES:
        assert f'hreflang="{other}"' in answer.text


def test_the_key_field_suits_a_password_keeper(guarded: Opener, new_key: KeyMaker) -> None:
    new_key("anna", "owner")
    page = guarded().get("/login").text
    assert re.search(r'<input id="key"[^>]* type="password"[^>]* autocomplete="current-password"', page)


def test_an_open_service_has_no_way_to_log_in(guarded: Opener) -> None:
    client = guarded(auth=None, synthetic=True)
    assert text("fr", "access.open") in unescape(client.get("/login").text)
    assert post(client, key="x").status_code in (404, 405)
    assert post(client, "/logout").status_code in (404, 405)
    assert client.get("/login/start").status_code == 404
