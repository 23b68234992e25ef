"""The door: who gets in to what, by key or by login; what another site's page can't do; how often one may ask."""

from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from scoring.server.access.policy import Policy, may_read
from tests.scoring.server.conftest import SITE, KeyMaker, Opener

LogIn = Callable[..., Any]
PROBLEM = "application/problem+json"


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


WHAT = {
    "/api/predict/100002": {"officer", "validator", "owner", "decide"},
    "/api/clients": {"officer", "validator", "owner", "clients"},
    "/api/clients/100002/peers": {"officer", "validator", "owner", "clients"},
    "/api/clients/100002/offers": {"officer", "validator", "owner", "clients"},
    "/api/clients/100002/letter": {"officer", "validator", "owner", "decide"},
    "/api/simulate": {"officer", "validator", "owner", "decide"},
    "/api/model": {"validator", "owner", "model"},
    "/api/scorecard": {"validator", "owner", "model"},
    "/api/decisions/1": {"officer", "validator", "owner", "journal"},
    "/api/something-new": {"owner"},
    "/something-new": {"owner"},
    "/docs": {"officer", "validator", "owner"},
    "/openapi.json": {"officer", "validator", "owner"},
    "/fr/": {"officer", "validator", "owner"},
    "/fr/gradio_api/heartbeat/abc": {"officer", "validator", "owner"},
    "/fr/clients.csv": {"officer", "validator", "owner"},
    "/fr/modele/": {"validator", "owner"},
    "/en/model/gradio_api/queue/data": {"validator", "owner"},
    "/health": {"anyone", "officer", "validator", "owner", "decide", "clients", "model", "journal", "metrics"},
    "/metrics": {"owner", "metrics"},
}


@pytest.mark.parametrize("path", WHAT)
def test_each_may_have_what_is_theirs(guarded: Opener, new_key: KeyMaker, path: str) -> None:
    client = guarded()
    askers = {role: bearer(new_key(role, role)) for role in ("officer", "validator", "owner")}
    askers |= {scope: bearer(new_key(scope, "script", scope)) for scope in ("decide", "clients", "model", "journal")}
    askers |= {"metrics": bearer(new_key("metrics", "script", "metrics")), "anyone": {}}
    got = {who for who, headers in askers.items() if client.get(path, headers=headers).status_code == 200}
    assert got == WHAT[path]


def test_the_model_of_made_up_clients_is_everyones(guarded: Opener, new_key: KeyMaker) -> None:
    new_key("anna", "owner")
    client = guarded(synthetic=True)
    assert client.get("/fr/modele/").status_code == 200
    assert client.get("/fr/").status_code == 401
    assert client.get("/api/model").status_code == 401


def test_an_open_service_asks_nobody(guarded: Opener) -> None:
    client = guarded(auth=None, synthetic=True)
    for path in ("/api/predict/1", "/fr/", "/docs", "/something-new"):
        assert client.get(path, headers=bearer("clair_x")).json()["role"] == "anonymous"


GRADIO_CLOSED = [
    "monitoring",
    "custom_component/1",
    "file=/etc/passwd",
    "file/etc/passwd",
    "file=..%2f..%2f..%2fetc%2fpasswd",
    "upload",
    "upload_progress",
    "proxy=https://evil.example/",
    "stream/a",
    "component_server",
    "run/other",
    "call/other",
    "api/predict",
    "vibe-edit",
    "user",
    "token",
    "openapi.json",
    "dev/reload",
    "run-history/connect",
    "process_recording",
    "profiling/traces",
    "deep_link",
    "assets/" + "a" * 300,
    "static/" + "é" * 100,
]


@pytest.mark.parametrize("path", GRADIO_CLOSED)
@pytest.mark.parametrize("auth", [None, "keys"])
def test_gradios_other_routes_are_closed(guarded: Opener, new_key: KeyMaker, path: str, auth: str | None) -> None:
    owner = new_key("anna", "owner")
    client = guarded(auth=auth, synthetic=True)
    for start in ("/fr/", "/en/", "/fr/modele/", "/fr/gradio_api/", "/en/model/gradio_api/"):
        answer = client.get(start + path, headers=bearer(owner))
        assert answer.status_code == 404
        assert answer.headers["content-type"] == PROBLEM
        assert client.post(start + path, headers=bearer(owner)).status_code == 404


@pytest.mark.parametrize("path", ["/fr/..%2fapi%2fpredict%2f1", "/fr//gradio_api/file=x", "/FR/", "/api/..%2fhealth"])
def test_other_spellings_of_a_path_open_nothing(guarded: Opener, new_key: KeyMaker, path: str) -> None:
    officer = new_key("anna", "officer")
    answer = guarded().get(path, headers=bearer(officer))
    assert answer.status_code in (403, 404)


def test_nobody_is_told_why_a_key_is_none(guarded: Opener, new_key: KeyMaker) -> None:
    good = new_key("anna", "officer")
    expired = new_key("ben", "officer", days=1e-9)
    client = guarded()
    answers = [
        client.get("/api/predict/1", headers=bearer(key)) for key in (good[:-1], good[:19] + "A" * 43, "x", expired)
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert all("Bearer" in answer.headers["www-authenticate"] for answer in answers)


@pytest.mark.parametrize("value", ["Basic YTpi", "Bearer", "bearer  ", "Bearer clair_", "Bearer \x7f", "Token x"])
def test_what_is_no_key_is_no_key(guarded: Opener, new_key: KeyMaker, value: str) -> None:
    new_key("anna", "owner")
    assert guarded().get("/api/predict/1", headers={"Authorization": value}).status_code == 401


def test_two_keys_in_one_request_are_none(guarded: Opener, new_key: KeyMaker) -> None:
    headers = [("Authorization", f"Bearer {new_key('anna', 'officer')}"), ("Authorization", "Bearer x")]
    assert guarded().get("/api/predict/1", headers=headers).status_code == 421


def test_keys_that_are_tried_out_are_slowed_down(guarded: Opener, new_key: KeyMaker) -> None:
    good = bearer(new_key("anna", "officer"))
    client = guarded()
    statuses = [client.get("/api/predict/1", headers=bearer(f"clair_{'a' * 12}_{n}")).status_code for n in range(30)]
    assert statuses.count(401) == 20
    assert statuses[-1] == 429
    assert client.get("/api/predict/1", headers=good).status_code == 200  # whoever has a key is not kept out


def test_a_key_never_counts_in_the_clear(guarded: Opener, new_key: KeyMaker) -> None:
    key = bearer(new_key("anna", "officer"))
    client = guarded(url="http://scores.example")
    answer = client.get("/api/predict/1", headers=key)
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/plain-http"
    assert (
        guarded(url="http://scores.example", address="127.0.0.1").get("/api/predict/1", headers=key).status_code == 200
    )
    on_purpose = guarded(url="http://scores.example", public_url="http://scores.example")
    assert on_purpose.get("/api/predict/1", headers=key).status_code == 200


def test_a_page_leads_to_the_login_and_back(guarded: Opener, new_key: KeyMaker, log_in: LogIn) -> None:
    key = new_key("anna", "officer")
    client = guarded()
    answer = client.get("/fr/?client=100002", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Ffr%2F%3Fclient%3D100002"
    assert log_in(client, key).headers["location"] == "/fr/"
    assert client.get("/fr/").json() == {"name": "anna", "role": "officer", "body": "", "origin": None}


def test_a_login_ends_with_its_key(
    guarded: Opener, new_key: KeyMaker, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key("anna", "officer")
    client = guarded()
    log_in(client, key)
    assert client.get("/fr/").status_code == 200
    good = client.app.keys.is_good  # type: ignore[attr-defined]
    monkeypatch.setattr(client.app.keys, "is_good", lambda id_: False)  # type: ignore[attr-defined]
    assert client.get("/fr/").status_code == 401
    monkeypatch.setattr(client.app.keys, "is_good", good)  # type: ignore[attr-defined]
    assert client.get("/fr/").status_code == 401  # ended, not asleep


class TestOtherSites:
    """What a page of another site can make the browser of somebody who is logged in ask."""

    @pytest.fixture
    def officer(self, guarded: Opener, new_key: KeyMaker, log_in: LogIn) -> TestClient:
        client = guarded(frames="'self' https://huggingface.co")
        log_in(client, new_key("anna", "officer"))
        return client

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
            {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "https://scores.example.evil.example"},
            {"Origin": "https://["},
            {},
        ],
        ids=str,
    )
    def test_nothing_is_changed(self, officer: TestClient, headers: dict[str, str]) -> None:
        for path in ("/fr/gradio_api/run/predict", "/api/predict", "/logout"):
            answer = officer.post(path, headers=headers, json={})
            assert answer.status_code == 403, path
            assert answer.json()["type"] == "/problems/other-site"

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}], ids=str)
    def test_nothing_is_decided_under_ones_name(self, officer: TestClient, headers: dict[str, str]) -> None:
        for path in ("/api/predict/100002", "/api/clients", "/fr/clients.csv", "/en/clients.csv?facts=income_total"):
            for method in ("GET", "HEAD"):
                assert officer.request(method, path, headers=headers).status_code == 403

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": SITE}], ids=str)
    def test_our_own_pages_may(self, officer: TestClient, headers: dict[str, str]) -> None:
        assert officer.post("/fr/gradio_api/run/predict", headers=headers, json={}).status_code == 200
        assert officer.get("/api/predict/100002", headers=headers).status_code == 200
        assert officer.get("/fr/clients.csv", headers=headers).status_code == 200

    def test_a_link_to_a_page_works(self, officer: TestClient) -> None:
        assert officer.get("/fr/?client=1", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200

    def test_pages_are_not_shared_by_gradio(self, officer: TestClient) -> None:
        assert officer.get("/fr/", headers={"Origin": SITE}).json()["origin"] is None
        preflight = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        assert officer.options("/fr/gradio_api/run/predict", headers=preflight).status_code == 404


def test_the_api_is_shared_with_named_sites_and_by_key_alone(guarded: Opener, new_key: KeyMaker, log_in: LogIn) -> None:
    friend, key, anna = "https://friend.example", new_key("script", "script", "decide"), new_key("anna", "officer")
    client = guarded(origins=(friend,))
    preflight = {
        "Origin": friend,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "Authorization",
    }
    assert client.options("/api/predict", headers=preflight).headers["access-control-allow-origin"] == friend
    cross = {"Origin": friend, "Sec-Fetch-Site": "cross-site"}
    shared = client.post("/api/predict", headers={**cross, **bearer(key)}, json={})
    assert shared.status_code == 200
    assert shared.headers["access-control-allow-origin"] == friend
    assert "access-control-allow-credentials" not in shared.headers
    stranger = client.post("/api/predict", headers={**bearer(key), **cross, "Origin": "https://evil.example"}, json={})
    assert stranger.status_code == 403
    log_in(client, anna)
    assert client.post("/api/predict", headers=cross, json={}).status_code == 403  # not with a cookie


def test_a_service_of_this_machine_answers_to_its_own_name_alone(guarded: Opener) -> None:
    local = {"auth": "none", "host": "127.0.0.1", "public_url": None, "address": "127.0.0.1"}
    assert guarded(url="http://evil.example", **local).get("/api/predict/1").status_code == 421
    for name in ("localhost:7860", "127.0.0.1", "[::1]:7860"):
        assert guarded(url=f"http://{name}", **local).get("/api/predict/1").status_code == 200


@pytest.mark.parametrize("proxies", [(), ("127.0.0.0/8",)])
def test_no_proxys_word_stands_for_the_services_name(guarded: Opener, proxies: tuple[str, ...]) -> None:
    local = {"auth": "none", "host": "127.0.0.1", "public_url": None, "address": "127.0.0.1", "proxies": proxies}
    rebound = guarded(url="http://evil.example", **local)
    for name in ("X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "X-Forwarded-Proto"):
        for value in ("198.51.100.7", "localhost", "https"):
            assert rebound.get("/api/predict/1", headers={name: value}).status_code == 421
    named = guarded(url="http://scores.example", **{**local, "public_url": SITE})
    assert named.get("/api/predict/1", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 200


def test_a_service_with_a_public_name_answers_to_no_other(guarded: Opener) -> None:
    service: dict[str, Any] = {"auth": None, "synthetic": True}
    for url in ("https://evil.example", "https://scores.example.evil.example", "https://evil.example."):
        assert guarded(url=url, **service).get("/api/predict/1").status_code == 421
    for url in (SITE, f"{SITE}:8443", "http://10.0.0.1:7860", "http://[2001:db8::1]:7860", "http://clairscore:7860"):
        assert guarded(url=url, **service).get("/api/predict/1").status_code == 200


class TestHowOften:
    def test_each_identity_has_its_own_share(self, guarded: Opener, new_key: KeyMaker) -> None:
        client = guarded(rate=50)
        anna, ben = bearer(new_key("anna", "officer")), bearer(new_key("ben", "officer"))
        statuses = [client.get("/api/predict/1", headers=anna).status_code for _ in range(8)]
        assert statuses == [200] * 5 + [429] * 3
        assert client.get("/api/predict/1", headers=ben).status_code == 200
        slowed = client.get("/api/predict/1", headers={**anna, "Accept-Language": "en"})
        assert int(slowed.headers["retry-after"]) >= 1
        assert slowed.json()["detail"].startswith("Too many requests. Wait ")

    def test_each_address_has_its_own_where_nobody_is_known(self, guarded: Opener) -> None:
        client = guarded(rate=50, auth=None, synthetic=True, proxies=("198.51.100.0/24",))
        for address in ("203.0.113.1", "203.0.113.2", "2001:db8::1"):
            via = {"X-Forwarded-For": address}
            assert [client.get("/api/predict/1", headers=via).status_code for _ in range(6)] == [200] * 5 + [429]
        assert client.get("/api/predict/1", headers={"X-Forwarded-For": "2001:db8::ffff"}).status_code == 429

    def test_each_visitor_of_a_space_has_its_own(self, guarded: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SPACE_ID", "owner/name")
        for edge in ("10.16.3.80", "192.0.2.44"):
            client = guarded(rate=50, auth=None, synthetic=True, address=edge)
            for visitor in ("203.0.113.1", "203.0.113.2"):
                made_up = [{"X-Forwarded-For": f"198.51.100.{n}, {visitor}"} for n in range(7)]
                statuses = [client.get("/api/predict/1", headers=one).status_code for one in made_up]
                assert statuses == [200] * 5 + [429] * 2

    def test_proxies_that_are_named_are_all_there_are(self, guarded: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SPACE_ID", "owner/name")
        client = guarded(rate=50, auth=None, synthetic=True, address="192.0.2.44", proxies=("10.0.0.0/8",))
        made_up = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(7)]
        assert [client.get("/api/predict/1", headers=one).status_code for one in made_up] == [200] * 5 + [429] * 2

    def test_pages_too_but_not_their_files(self, guarded: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("scoring.server.access.authorization.A_MINUTE_ON_PAGES", 60.0)
        client = guarded(auth=None, synthetic=True)
        assert {client.get("/fr/assets/index.js").status_code for _ in range(20)} == {200}
        statuses = [client.get("/fr/").status_code for _ in range(3)]
        statuses += [client.post("/fr/gradio_api/run/predict", json={}).status_code for _ in range(5)]
        assert statuses == [200] * 6 + [429] * 2

    def test_an_address_that_is_made_up_is_no_way_around(self, guarded: Opener) -> None:
        client = guarded(rate=50, auth=None, synthetic=True)
        statuses = [
            client.get("/api/predict/1", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(9)
        ]
        assert statuses.count(200) == 5

    def test_a_service_of_this_machine_counts_nobody(self, guarded: Opener) -> None:
        local: dict[str, Any] = {"auth": "none", "host": "127.0.0.1", "public_url": None, "rate": 10}
        client = guarded(url="http://127.0.0.1", address="127.0.0.1", **local)
        assert {client.get("/api/predict/1").status_code for _ in range(20)} == {200}


def test_figures_are_for_whom_the_setting_says(guarded: Opener, new_key: KeyMaker) -> None:
    owner = bearer(new_key("anna", "owner"))
    assert guarded(metrics="off").get("/metrics", headers=owner).status_code == 404
    assert guarded(metrics="open").get("/metrics").status_code == 200
    assert guarded(address="127.0.0.1").get("/metrics").status_code == 200
    assert guarded().get("/metrics").status_code == 401
    open_service = guarded(auth=None, synthetic=True)
    assert open_service.get("/metrics").status_code == 404
    through_proxy = guarded(address="127.0.0.1").get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"})
    assert through_proxy.status_code == 401


def test_websockets_are_refused(guarded: Opener) -> None:
    with pytest.raises(WebSocketDisconnect) as refused, guarded().websocket_connect("/fr/"):
        pass
    assert refused.value.code == 1008


def test_decisions_are_read_by_who_asked_and_by_who_oversees() -> None:
    assert may_read("officer", "anna", "anna")
    assert not may_read("officer", "anna", "ben")
    assert may_read("validator", "cleo", "ben")
    assert may_read("owner", "dan", "ben")
    assert not may_read("script", "nightly", "ben")
    assert may_read("anonymous", "", "")
    assert not may_read("anonymous", "", "ben")


def test_what_is_not_named_is_an_owners() -> None:
    need = Policy(synthetic=False, open=False).need("/api/made-up")
    assert need is not None
    assert [need.lets(role, ()) for role in ("anonymous", "script", "officer", "validator", "owner")] == [
        False,
        False,
        False,
        False,
        True,
    ]
