"""JSON bodies are weighed before they are parsed, by every operation that takes one."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from scoring.api import add_api
from scoring.api.request_validation import MOST_ROWS, MOST_VALUES, check_json
from scoring.api.requests import PredictRequest
from scoring.audit.audited_decisions import Recorder
from scoring.errors import InputError
from scoring.i18n import text
from scoring.service import Service

JSON = "application/json"
HEAVY = {
    "rows": b'{"application": {}, "history": {"bureau": [' + b"{}," * 2_600_000 + b"{}]}}",
    "lists": b"[" * 30_000,
    "names": b"{" + b",".join(b'"%d":1' % at for at in range(MOST_VALUES + 2)) + b"}",
    "values": b'{"application": [' + b"1," * (MOST_VALUES + 1) + b"1]}",
    "in UTF-16": ('{"application": [' + "[]," * 30_000 + "[]]}").encode("utf-16"),
}


@pytest.fixture(scope="module")
def app(demo: Service, recorder: Recorder) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    return app


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened


@pytest.mark.parametrize("body", HEAVY.values(), ids=HEAVY)
def test_a_heavy_body_is_refused_unparsed(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    async def parsed(_: Request) -> None:
        raise AssertionError

    monkeypatch.setattr(Request, "json", parsed)
    asked = [
        path
        for path, operations in app.openapi()["paths"].items()
        if set(operations.get("post", {}).get("requestBody", {}).get("content", ())) == {JSON}
    ]
    assert {"/api/predict", "/api/simulate"} <= set(asked)
    for path in asked:
        for lang in ("fr", "en"):
            answer = client.post(path, content=body, headers={"Content-Type": JSON, "Accept-Language": lang})
            assert answer.status_code == 422
            said = text(lang, "problem.said.json-parts", values=MOST_VALUES, rows=MOST_ROWS)
            assert answer.json()["detail"] == said


WRONG = dict.fromkeys(map(str, range(150)), True)
FAULTY: dict[str, dict[str, Any]] = {
    "a row": dict.fromkeys(map(str, range(100_000)), True),
    "an application": {"application": dict.fromkeys(map(str, range(100_000)), True)},
    "rows": {"application": {}, "history": {"bureau": [WRONG] * 1_000}},
    "tables": {"application": {}, "history": {str(at): [WRONG] for at in range(1_000)}},
}


@pytest.mark.parametrize("body", FAULTY.values(), ids=FAULTY)
def test_faults_that_are_found_are_bounded(client: TestClient, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as found:
        TypeAdapter(PredictRequest).validate_python(body)
    assert found.value.error_count() <= 1_000
    assert client.post("/api/predict", json=body).json()["type"] == "/problems/bad-request"


def test_the_longest_history_is_taken() -> None:
    row = b'{"SK_ID_CURR": 1, "DAYS_CREDIT": -1, "CREDIT_ACTIVE": "Active"}'
    body = b'{"application": {"SK_ID_CURR": 1}, "history": {"bureau": [' + b", ".join([row] * MOST_ROWS) + b"]}}"
    check_json(body)
    with pytest.raises(InputError):
        check_json(body + b"{" * 100)
