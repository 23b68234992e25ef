"""Logging in at a provider: who is let in as what, and the ways in which it, or somebody between, may lie."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey
from starlette.testclient import TestClient

from scoring.i18n import text
from tests.scoring.server.access.provider import CLIENT_ID, CLIENT_SECRET, Misbehaviour, Provider, running
from tests.scoring.server.conftest import KeyMaker, Opener

HERE = "http://localhost:7860"
Enter = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(shared_provider: Provider) -> Provider:
    shared_provider.wrong = Misbehaviour()
    shared_provider.person = {"sub": "248289761001", "email": "Anna@bank.example", "email_verified": True}
    shared_provider.asked.clear()
    return shared_provider


@pytest.fixture
def browser(guarded: Opener, provider: Provider) -> TestClient:
    return guarded(
        auth="oidc",
        public_url=HERE,
        url=HERE,
        address="127.0.0.1",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        provider=provider.address,
        roles=("officer:email:anna@bank.example", "validator:group:risk", "owner:sub:7"),
    )


def agreed(browser: TestClient, next_: str = "/fr/?client=1") -> str:
    """Begin to log in, agree at the provider; gives the address with which the provider sends the browser back."""
    begun = browser.get("/login/start", params={"next": next_})
    assert begun.status_code == 302, begun.text
    back = httpx.get(begun.headers["location"]).headers["location"]
    assert back.startswith(f"{HERE}/login/back?")
    return str(back)


def test_a_person_who_is_named_gets_in(browser: TestClient) -> None:
    page = browser.get("/login?next=/fr/%3Fclient%3D1")
    assert 'href="/login/start?next=%2Ffr%2F%3Fclient%3D1"' in page.text
    answer = browser.get(agreed(browser))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/fr/?client=1"
    who = browser.get("/fr/").json()
    assert (who["name"], who["role"]) == ("anna@bank.example", "officer")


@pytest.mark.parametrize(
    ("person", "role"),
    [
        ({"sub": "1", "email": "ANNA@BANK.EXAMPLE", "email_verified": True}, "officer"),
        ({"sub": "1", "groups": ["risk", "staff"]}, "validator"),
        ({"sub": "1", "roles": ["risk"]}, "validator"),
        ({"sub": "7", "groups": ["risk"]}, "owner"),
    ],
    ids=str,
)
def test_the_highest_role_counts(browser: TestClient, provider: Provider, person: dict[str, Any], role: str) -> None:
    provider.person = person
    browser.get(agreed(browser))
    assert browser.get("/fr/").json()["role"] == role


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "8"},
        {"sub": "8", "email": "anna@bank.example", "email_verified": False},
        {"sub": "8", "email": "anna@bank.example"},
        {"sub": "8", "email": "anna@bank.example", "email_verified": "true"},
        {"sub": "8", "preferred_username": "7"},
        {"sub": "8", "groups": "risk"},
        {"sub": "8", "groups": {"risk": True}},
        {"sub": "07"},
    ],
    ids=str,
)
def test_who_is_not_named_stays_outside(browser: TestClient, provider: Provider, person: dict[str, Any]) -> None:
    provider.person = person
    answer = browser.get(agreed(browser), headers={"Accept-Language": "en"})
    assert answer.status_code == 403
    assert f"whoever keeps this service: {person['sub']}" in answer.text
    assert browser.get("/fr/").status_code == 401


def test_what_is_told_only_when_asked_counts_for_the_same_person(browser: TestClient, provider: Provider) -> None:
    provider.person = {"sub": "1"}
    provider.wrong = Misbehaviour(told={"sub": "1", "groups": ["risk"]})
    browser.get(agreed(browser))
    assert browser.get("/fr/").json()["role"] == "validator"


def test_what_is_told_of_another_person_does_not(browser: TestClient, provider: Provider) -> None:
    provider.person = {"sub": "1"}
    provider.wrong = Misbehaviour(told={"sub": "7", "groups": ["risk"]})
    assert browser.get(agreed(browser)).status_code == 403


ANOTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})
LIES = {
    "signed by another key": Misbehaviour(key=ANOTHER_KEY),
    "signed by nobody": Misbehaviour(algorithm="none"),
    "signed with the shared secret": Misbehaviour(algorithm="HS256", key=OctKey.import_key(CLIENT_SECRET)),
    "a key of its own choice": Misbehaviour(key=ANOTHER_KEY, header={"jwk": ANOTHER_KEY.as_dict(private=False)}),
    "meant for another": Misbehaviour(claims={"aud": "another-service"}),
    "meant for another, by us": Misbehaviour(claims={"aud": "another-service", "azp": CLIENT_ID}),
    "of another provider": Misbehaviour(claims={"iss": "https://evil.example"}),
    "of another login": Misbehaviour(claims={"nonce": "another"}),
    "of no login": Misbehaviour(without=("nonce",)),
    "over": Misbehaviour(claims={"iat": 1_000_000_000, "exp": 1_000_000_060}),
    "without an end": Misbehaviour(without=("exp",)),
    "of nobody": Misbehaviour(without=("sub",)),
    "not there": Misbehaviour(no_token=True),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_lets_nobody_in(browser: TestClient, provider: Provider, lie: str) -> None:
    provider.wrong = LIES[lie]
    answer = browser.get(agreed(browser), headers={"Accept-Language": "en"})
    assert answer.status_code == 502, lie
    assert text("en", "access.login.failed") in answer.text
    assert browser.get("/fr/").status_code == 401


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": ""},
        {"token_endpoint": "ftp://127.0.0.1/token"},
    ],
    ids=str,
)
def test_a_provider_that_is_another_is_not_gone_to(
    browser: TestClient, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.wrong = Misbehaviour(metadata=metadata)
    assert browser.get("/login/start").status_code == 502
    assert "/token" not in provider.asked
    provider.wrong = Misbehaviour()
    assert browser.get("/login/start").status_code == 302


def test_a_provider_that_is_broken_is_no_stack_trace(browser: TestClient, provider: Provider) -> None:
    provider.wrong = Misbehaviour(broken=True)
    answer = browser.get("/login/start")
    assert answer.status_code == 502
    assert "Traceback" not in answer.text
    provider.wrong = Misbehaviour()
    assert browser.get("/login/start").status_code == 302


def test_a_code_works_once(browser: TestClient) -> None:
    back = agreed(browser)
    assert browser.get(back).status_code == 303
    browser.cookies.clear()
    assert browser.get(back).status_code == 502


def test_a_code_works_in_the_browser_that_began(browser: TestClient, guarded: Opener) -> None:
    """Whoever sends a victim to the end of their own login does not log the victim in."""
    back = agreed(browser)
    attackers = browser.cookies.jar
    browser.cookies.clear()
    assert attackers is not None
    assert browser.get(back).status_code == 502
    assert browser.get("/fr/").status_code == 401


@pytest.mark.parametrize("change", ["state", "code", "no state", "two states", "error"])
def test_what_comes_back_is_what_was_sent(browser: TestClient, change: str) -> None:
    parts = urlsplit(agreed(browser))
    sent = {name: values[0] for name, values in parse_qs(parts.query).items()}
    changed: Any = {
        "state": {**sent, "state": "x" * 30},
        "code": {**sent, "code": "x" * 22},
        "no state": {"code": sent["code"]},
        "two states": [*sent.items(), ("state", "x")],
        "error": {"error": "access_denied", "error_description": "<script>alert(1)</script>", "state": sent["state"]},
    }[change]
    answer = browser.get("/login/back", params=changed)
    assert answer.status_code == 502
    assert "<script" not in answer.text
    assert browser.get("/fr/").status_code == 401


@pytest.mark.parametrize("next_", ["https://evil.example", "//evil.example", "/\\evil.example", "/login/start"])
def test_afterwards_it_goes_nowhere_else(browser: TestClient, next_: str) -> None:
    assert browser.get(agreed(browser, next_)).headers["location"] == "/"


def test_keys_are_for_scripts_where_people_have_accounts(browser: TestClient, new_key: KeyMaker) -> None:
    person, script = new_key("ben", "owner"), new_key("nightly", "script", "decide")
    assert browser.get("/api/predict/1", headers={"Authorization": f"Bearer {person}"}).status_code == 401
    assert browser.get("/api/predict/1", headers={"Authorization": f"Bearer {script}"}).status_code == 200
    assert browser.post("/login", data={"key": person}, headers={"Origin": HERE}).status_code == 405


def test_logging_in_is_slowed_down(browser: TestClient) -> None:
    statuses = [browser.get("/login/back?code=x&state=y").status_code for _ in range(25)]
    assert statuses.count(429) == 5


def test_the_provider_is_asked_with_proof(browser: TestClient) -> None:
    begun = browser.get("/login/start")
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{HERE}/login/back"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["state"][0]) >= 20
    assert len(asked["nonce"][0]) >= 20
    assert CLIENT_SECRET not in begun.headers["location"]
