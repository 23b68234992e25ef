"""A request repeated with its key gets its first decision: whatever was asked, in any language, at the same time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.audit.idempotency import KEYS, Key
from scoring.audit.writer import Journal
from scoring.server.middleware.rate_limits import ADDRESS, Allowance, Quota
from scoring.service import Service
from tests.scoring.api.raw import APPLICATION

PATH = "/api/predict"


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


BODIES: list[dict[str, Any]] = [
    {"client_id": 100002},
    {"client_id": 100002, "changes": {"amount": 200_000, "payments": 24}},
    {"application": APPLICATION},
    APPLICATION,
]


@pytest.mark.parametrize(("at", "body"), list(enumerate(BODIES)))
def test_the_same_request_is_decided_once(client: TestClient, journal: Journal, at: int, body: dict[str, Any]) -> None:
    key = {"idempotency-key": f"once-{at}"}
    first = client.post(PATH, json=body, headers=key)
    head = journal.head
    again = client.post(PATH, json=body, headers=key)
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()
    told = client.post(f"{PATH}?lang=en&contributions=true", json=body, headers=key).json()
    assert (told["decision_id"], told["pd"]) == (first.json()["decision_id"], first.json()["pd"])
    assert len(told["contributions"]) > 1
    assert journal.head == head
    without = client.post(PATH, json=body).json()
    assert without["decision_id"] != first.json()["decision_id"]


def test_a_key_stands_for_one_request(client: TestClient) -> None:
    key = {"idempotency-key": "one request"}
    assert client.post(PATH, json={"client_id": 100002}, headers=key).status_code == 200
    for path, body in ((PATH, {"client_id": 100003}), (f"{PATH}?purpose=other", {"client_id": 100002})):
        answer = client.post(path, json=body, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/key-reused")


def test_of_many_at_once_one_is_recorded(client: TestClient, journal: Journal) -> None:
    before = journal.head.seq
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: client.post(PATH, json={"client_id": 100003}, headers={"idempotency-key": "at once"}).json(),
                range(24),
            )
        )
    assert journal.head.seq == before + 1
    assert len({answer["decision_id"] for answer in answers}) == 1


def test_what_was_erased_is_not_decided_again(client: TestClient, journal: Journal, demo: Service) -> None:
    client_id = demo.portfolio.examples()["decline"]
    for path, body in ((PATH, {"client_id": client_id}), (f"{PATH}/batch", [client_id])):
        key = {"idempotency-key": f"erased {path}"}
        assert client.post(path, json=body, headers=key).status_code == 200
        journal.erase(client_id)
        answer = client.post(path, json=body, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (410, "/problems/erased")
        with journal.engine.connect() as connection:
            kept = connection.execute(
                select(KEYS).where(KEYS.c.key == Key(f"erased {path}", "\0testclient", "").digest)
            ).one()
        assert (kept.salt, kept.request) == (None, None)


@pytest.mark.parametrize("name", ["", "x" * 256, "é", "a\tb"])
def test_a_key_that_is_none_is_a_problem(client: TestClient, name: str) -> None:
    answer = client.post(PATH, json={"client_id": 100002}, headers={"idempotency-key": name.encode()})
    assert answer.json()["type"] == "/problems/bad-request"


def test_two_callers_may_use_one_name() -> None:
    digests = {Key("k", "a", "").digest, Key("k", "b", "").digest, Key("", "ak", "").digest, Key("ak", "", "").digest}
    assert len(digests) == 4


def test_strangers_do_not_share_a_key(demo: Service, recorder: Recorder) -> None:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    key, found = {"idempotency-key": "strangers"}, []
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"):
        with TestClient(app, client=(address, 1)) as caller:
            found.append(caller.post(PATH, json={"client_id": 100002}, headers=key).json()["decision_id"])
            other = caller.post(PATH, json={"client_id": 100003}, headers=key)
            assert other.json()["type"] == "/problems/key-reused"
    assert len(set(found)) == 3  # the last two are one network of one caller
    assert found[2] == found[3]


def test_a_visitor_who_had_enough_recorded_is_told_when_to_come_back(demo: Service, tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    journal.quota = Quota(Allowance(2, 1e9), Allowance(9, 1e9))
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, Recorder(demo, journal))
    token = ADDRESS.set("192.0.2.1")
    try:
        with TestClient(app) as caller:
            answers = [caller.post(PATH, json={"client_id": 100002}) for _ in range(3)]
    finally:
        ADDRESS.reset(token)
        journal.close()
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["type"] == "/problems/rate-limited"
    assert 1700 < int(answers[2].headers["retry-after"]) <= 1800
    assert journal.head.seq == 2
