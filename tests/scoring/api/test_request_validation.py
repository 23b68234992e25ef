"""What the OpenAPI document does not name is refused on every route: parameters, content types, idempotency keys."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from scoring.api import add_api
from scoring.api.request_validation import FURTHER, Documented
from scoring.audit.audited_decisions import Recorder
from scoring.audit.store.chain import DECISION
from scoring.audit.store.database import ENTRIES
from scoring.audit.writer import Journal
from scoring.factory import build_app
from scoring.i18n import LANGUAGES
from scoring.service import Service
from tests.running import run


@pytest.fixture(scope="module")
def app(demo: Service, recorder: Recorder) -> FastAPI:
    async def built() -> FastAPI:  # in a loop, for Gradio makes and leaves one where none runs
        return build_app(demo, recorder)

    return run(built())


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    headers = {"accept-encoding": "identity"}
    with TestClient(app, raise_server_exceptions=False, headers=headers) as opened:
        yield opened


@pytest.fixture(scope="module")
def decision(client: TestClient) -> str:
    return str(client.get("/api/predict/100002").json()["decision_id"])


@pytest.fixture(scope="module")
def operations(app: FastAPI, decision: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every documented operation: its method, an address, its documentation."""
    found = [
        (method.upper(), path.format(client_id=100002, decision_id=decision), operation)
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]
    assert {method for method, _, _ in found} == {"GET", "POST"}
    return found


BODIES: dict[str, Any] = {"/api/predict/batch": [100002]}


def sent(client: TestClient, method: str, path: str, query: str = "", **headers: str) -> Any:
    body = {"json": BODIES.get(path, {"client_id": 100002})} if method == "POST" else {}
    return client.request(method, f"{path}?lang=en{query}", headers=headers, **body)


def test_a_parameter_that_no_route_knows_is_refused_by_every_route(
    client: TestClient, operations: list[tuple[str, str, dict[str, Any]]], journal: Journal
) -> None:
    head = journal.head
    for method, path, operation in operations:
        answer = sent(client, method, path, "&contribution=true")
        assert answer.status_code == 422, (method, path)
        if FURTHER in operation:
            assert "got contribution" in answer.json()["detail"]
        else:
            told = {"where": "query.contribution", "message": "there is no such field"}
            assert answer.json()["errors"] == [told], (method, path)
    assert journal.head == head


@pytest.mark.parametrize("lang", ["de", ""])
def test_a_language_that_is_none_of_ours_is_refused_by_every_route(
    client: TestClient, operations: list[tuple[str, str, dict[str, Any]]], lang: str
) -> None:
    for method, path, _ in operations:
        answer = client.request(method, f"{path}?lang={lang}", headers={"content-type": "application/json"})
        assert answer.status_code == 422, (method, path)
        assert answer.json()["errors"][0]["where"] == "query.lang", (method, path)


def test_a_parameter_may_come_once_where_it_is_no_list(client: TestClient) -> None:
    answer = client.get("/api/predict/100002?purpose=a&purpose=b&lang=en")
    told = {"where": "query.purpose", "message": "this parameter may be given once"}
    assert (answer.status_code, answer.json()["errors"]) == (422, [told])
    assert client.get("/api/clients/100002/peers?features=age_years&features=income_total").status_code == 200
    assert client.get("/api/clients?role=new&role=test").status_code == 200


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/vnd.api+json"])
def test_a_body_of_another_type_is_415_on_every_route(
    client: TestClient, operations: list[tuple[str, str, dict[str, Any]]], kind: str
) -> None:
    headers = {"content-type": kind} if kind else {}
    posts = [path for method, path, _ in operations if method == "POST"]
    assert posts
    for path in posts:
        answer = client.post(path, content=b"[100002]", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (415, "/problems/wrong-type"), path
        assert sent(client, "POST", path).status_code == 200
        headers_with_charset = {"content-type": "Application/JSON; charset=utf-8"}
        answer = client.post(path, json=BODIES.get(path, {"client_id": 100002}), headers=headers_with_charset)
        assert answer.status_code == 200, path


def test_a_key_is_refused_where_no_route_looks_at_it(
    client: TestClient, operations: list[tuple[str, str, dict[str, Any]]], journal: Journal
) -> None:
    taken = []
    for method, path, _ in operations:
        head = journal.head
        answer = sent(client, method, path, **{"idempotency-key": f"documented {path}"})
        if answer.status_code == 200:
            taken.append((method, path))
            continue
        assert answer.status_code == 422, (method, path)
        assert answer.json()["errors"][0]["where"] == "header.Idempotency-Key"
        assert journal.head == head
    assert taken == [("POST", "/api/predict"), ("POST", "/api/predict/batch")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_key_for_another_query_says_so(client: TestClient, lang: str) -> None:
    headers = {"idempotency-key": f"other query {lang}"}
    assert client.post("/api/predict", json={"client_id": 100002}, headers=headers).status_code == 200
    answer = client.post(f"/api/predict?purpose=x&lang={lang}", json={"client_id": 100002}, headers=headers)
    assert answer.json()["type"] == "/problems/key-reused"
    assert {"fr": "de corps ou de paramètres différents", "en": "its body or its parameters"}[lang] in answer.json()[
        "detail"
    ]


def test_an_operation_of_the_document_says_what_it_takes() -> None:
    taken = Documented.of(
        {
            "parameters": [
                {"name": "one", "in": "query", "schema": {"type": "string"}},
                {"name": "many", "in": "query", "schema": {"anyOf": [{"type": "array"}, {"type": "null"}]}},
                {"name": "Idempotency-Key", "in": "header", "schema": {}},
            ],
            "requestBody": {"content": {"text/csv": {}}},
        }
    )
    assert taken.parameters == {"one": False, "many": True, "lang": False}
    assert (taken.types, taken.keyed, taken.further) == ({"text/csv"}, True, False)


def test_head_is_get_without_its_body_and_decides_nothing(
    client: TestClient, operations: list[tuple[str, str, dict[str, Any]]], journal: Journal
) -> None:
    pages = ["/", "/docs", "/openapi.json", "/receipt", "/problems", "/favicon.ico", "/fr/clients.csv", "/nothing"]
    for path in [*(path for method, path, _ in operations if method == "GET"), *pages]:
        got = client.get(path, follow_redirects=False)
        decided = _decisions(journal)
        head = client.head(path, follow_redirects=False)
        assert _decisions(journal) == decided, path
        assert (head.status_code, head.content) == (got.status_code, b""), path
        of_body = set() if "content-length" in head.headers else {"content-length", "x-decision-id", "vary"}
        differing = {*got.headers.items()} ^ {*head.headers.items()}
        assert {name for name, _ in differing} <= of_body, path
    assert client.head("/api/predict/7").status_code == 404
    assert client.head("/api/clients/100002/letter?payments=12.5").status_code == 422


def _decisions(journal: Journal) -> int:
    with journal.engine.connect() as connection:
        return connection.execute(
            select(func.count()).select_from(ENTRIES).where(ENTRIES.c.kind == DECISION)
        ).scalar_one()


@pytest.mark.parametrize(
    ("method", "path", "where"),
    [
        ("POST", "/api/predict", "body.changes.payments"),
        ("POST", "/api/simulate", "body.changes.payments"),
        ("GET", "/api/clients/100002/letter?payments=12.5", "query.payments"),
    ],
)
def test_payments_are_whole(client: TestClient, method: str, path: str, where: str) -> None:
    body = {"json": {"client_id": 100002, "changes": {"payments": 12.5}}} if method == "POST" else {}
    answer = client.request(method, path, headers={"accept-language": "en"}, **body)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"where": where, "message": "a whole number is expected"}]
    if method == "POST":
        assert client.post(path, json={"client_id": 100002, "changes": {"payments": 12.0}}).status_code == 200


def test_without_the_documentation_page_requests_are_checked_all_the_same(demo: Service, recorder: Recorder) -> None:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_api(app, demo, recorder)
    with TestClient(app) as opened:
        assert opened.get("/health?x=1").status_code == 422
