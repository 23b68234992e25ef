"""The quick way gives what the declared route gives, and takes no request of which there is any doubt."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from scoring.api import add_api
from scoring.api.problems import told
from scoring.api.quick import QuickPredictions
from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.service import Service

CLIENT = 100002
PLAIN = {"accept-encoding": "identity"}


class Watched:
    """Counts what goes on to the declared routes."""

    passed = 0

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        Watched.passed += scope["type"] == "http"
        await self._app(scope, receive, send)


def opened(service: Service, recorder: Recorder) -> TestClient:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, service, recorder)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Watched)
    app.add_middleware(QuickPredictions, recorder=recorder, refused=told)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    Watched.passed = 0
    with opened(demo, recorder) as made:
        yield made


def same(one: Any, other: Any) -> bool:
    """Whether two answers differ in their decision's id and time alone, in what of them is sent on too."""
    bodies = [{**answer.json(), "decision_id": "", "decided_at": ""} for answer in (one, other)]
    headers = [
        {name: value for name, value in answer.headers.items() if name != "content-length"} for answer in (one, other)
    ]
    for header in headers:
        header["vary"] = ", ".join(sorted(header["vary"].split(", ")))
    return bodies[0] == bodies[1] and headers[0] == headers[1] and one.status_code == other.status_code


@pytest.mark.parametrize("query", ["", "?lang=fr", "?lang=en"])
@pytest.mark.parametrize(
    "headers", [PLAIN, {"accept-encoding": "gzip"}, {**PLAIN, "accept-language": "en-GB,en;q=0.9"}]
)
def test_both_ways_give_the_same(client: TestClient, demo: Service, query: str, headers: dict[str, str]) -> None:
    for client_id in demo.portfolio.examples().values():
        quick = client.get(f"/api/predict/{client_id}{query}", headers=headers)
        assert Watched.passed == 0
        declared = client.get(f"/api/predict/{client_id}{query}{'&' if query else '?'}purpose=", headers=headers)
        assert Watched.passed == 1
        assert same(quick, declared)
        Watched.passed = 0


def test_what_is_compressed_is_what_a_reader_unpacks(client: TestClient) -> None:
    with client.stream("GET", f"/api/predict/{CLIENT}", headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert len(raw) == int(answer.headers["content-length"])
    assert b'"decision_id"' in gzip.decompress(raw)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/predict/100002?purpose=x", 200),
        ("/api/predict/100002?contributions=true", 200),
        ("/api/predict/100002?lang=de", 422),
        ("/api/predict/1", 404),
        ("/api/predict/-1", 404),
        ("/api/predict/abc", 422),
        ("/api/predict/٣", 422),
        ("/api/predict/" + "9" * 40, 404),
        ("/api/predict/100002/", 307),
        ("/api/predict/", 307),
    ],
)
def test_a_doubt_goes_on(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path, follow_redirects=False)
    assert Watched.passed == 1
    assert answer.status_code == status


def test_other_methods_go_on(client: TestClient) -> None:
    assert client.delete(f"/api/predict/{CLIENT}").status_code == 405
    assert client.head(f"/api/predict/{CLIENT}").status_code == 405
    assert Watched.passed == 2


def test_what_cannot_be_recorded_is_refused_as_everywhere_and_tried_once(demo: Service, tmp_path: Path) -> None:
    place = tmp_path / "journal"
    place.write_text("a file where a folder must be")
    journal = Journal(f"sqlite:///{place / 'journal.sqlite'}")
    Watched.passed = 0
    with opened(demo, Recorder(demo, journal)) as client:
        answer = client.get(f"/api/predict/{CLIENT}")
        assert Watched.passed == 0
        declared = client.get(f"/api/predict/{CLIENT}?purpose=x")
        assert answer.json() == declared.json()
        assert answer.status_code == declared.status_code == 503
        assert answer.headers["retry-after"] == declared.headers["retry-after"]
        assert answer.headers["content-type"] == "application/problem+json"
    journal.close()
