"""Decisions by the API over the committed demo: answers, languages, what cannot be decided on."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from scoring.api import KnownClientShortcut, add_api
from scoring.api.answers import PredictAnswer
from scoring.api.head_requests import HeadRequests
from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.explain.counterfactuals import Changes
from scoring.i18n import LANGUAGES
from scoring.service import Service

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def test_health(client: TestClient, demo: Service) -> None:
    answer = client.get("/health").json()
    assert answer == {
        "status": "ok",
        "model_version": demo.model.model_version,
        "clients": len(demo.portfolio),
        "synthetic": True,
    }


def test_get_and_post_give_the_same_answer(client: TestClient) -> None:
    got = client.get("/api/predict/100002?lang=en")
    posted = client.post("/api/predict?lang=en", json={"client_id": 100002})
    assert got.status_code == posted.status_code == 200
    first, second = got.json(), posted.json()
    assert first.pop("decision_id") != second.pop("decision_id")  # two decisions, each recorded
    assert first.pop("decided_at") <= second.pop("decided_at")
    assert first == second
    assert got.headers["cache-control"] == "no-store"


def test_the_answer_says_what_was_computed(client: TestClient, demo: Service) -> None:
    for outcome, client_id in demo.portfolio.examples().items():
        answer = client.get(f"/api/predict/{client_id}").json()
        assessment = demo.assess(client_id)
        assert answer["client_id"] == client_id
        assert answer["decision"] == outcome
        assert answer["pd"] == assessment.decision.pd
        assert answer["points"] == assessment.decision.points
        assert answer["threshold"] == demo.model.rule.threshold
        assert answer["model_version"] == demo.model.model_version
        assert [reason["text"] for reason in answer["reasons"]] == [
            reason.sentence("fr") for reason in assessment.explanation.principal
        ]
        if outcome != "review":
            assert (answer["pd"] > answer["threshold"]) == (outcome == "decline")


def test_an_answer_is_what_the_documentation_says(client: TestClient, demo: Service) -> None:
    for client_id in demo.portfolio.examples().values():
        for asked in ("", "?contributions=true"):
            answer = client.get(f"/api/predict/{client_id}{asked}")
            read = TypeAdapter(PredictAnswer).validate_json(answer.content, strict=True)
            assert read == answer.json()
            assert (read["contributions"] is None) == (not asked)


def test_contributions_add_up_to_the_score(client: TestClient, demo: Service) -> None:
    for client_id in demo.portfolio.examples().values():
        answer = client.get(f"/api/predict/{client_id}?contributions=true").json()
        parts = answer["contributions"]
        assert len(parts) == len(demo.model.terms)
        total = answer["constant"]["log_odds"]
        for part in parts:
            total += part["log_odds"]
        assert total == answer["log_odds"]
        points = answer["constant"]["points"] + sum(part["points"] for part in parts)
        assert points == pytest.approx(answer["points"], abs=1e-9)
        usual = answer["constant"]["points"] + sum(part["usual_points"] for part in parts)
        assert usual == pytest.approx(answer["reference_points"], abs=1e-9)


def test_a_known_client_with_another_request_is_decided_on_that_request(client: TestClient, demo: Service) -> None:
    client_id = demo.portfolio.examples()["decline"]
    body = {"client_id": client_id, "changes": {"amount": 100_000.0, "payments": 12}}
    answer = client.post("/api/predict?purpose=counter", json=body).json()
    expected = demo.simulate(demo.assess(client_id), Changes(amount=100_000.0, payments=12)).assessment.decision
    assert (answer["pd"], answer["decision"]) == (expected.pd, expected.outcome)
    record = client.get(f"/api/decisions/{answer['decision_id']}").json()["record"]
    assert record["changes"] == {"amount": 100_000.0, "payments": 12.0}
    assert record["inputs"] != demo.artefacts.champion.portfolio.digest
    assert client.get(f"/api/decisions/{answer['decision_id']}/replay").json()["same"]
    unchanged = client.post("/api/predict", json={"client_id": client_id, "changes": {}}).json()
    assert unchanged["pd"] == demo.assess(client_id).decision.pd


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_bare_address_tells_the_right_call(client: TestClient, demo: Service, lang: str) -> None:
    answer = client.get(f"/api/predict?lang={lang}")
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/client-missing"
    told = re.search(r"/api/predict/\d+", answer.json()["detail"])
    assert told
    assert client.get(told[0]).status_code == 200


@pytest.mark.parametrize(
    ("header", "query", "language"),
    [(None, "", "fr"), ("en-GB,en;q=0.9", "", "en"), ("en", "?lang=fr", "fr"), ("de", "", "fr"), (";;q=x,,", "", "fr")],
)
def test_languages(client: TestClient, header: str | None, query: str, language: str) -> None:
    headers = {"accept-language": header} if header else {}
    answer = client.get(f"/api/predict/100002{query}", headers=headers).json()
    assert answer["language"] == language


def test_codes_are_the_same_in_both_languages(client: TestClient) -> None:
    french, english = (client.get(f"/api/predict/100002?lang={lang}").json() for lang in ("fr", "en"))
    texts = [[reason.pop("text") for reason in answer["reasons"]] for answer in (french, english)]
    assert french.pop("language") != english.pop("language")
    assert french.pop("decision_id") != english.pop("decision_id")
    assert french.pop("decided_at") <= english.pop("decided_at")
    assert french == english
    assert texts[0] != texts[1]


@pytest.mark.parametrize("client_id", [0, -1, 99, 2**63, 10**30])
def test_an_unknown_client_is_404(client: TestClient, client_id: int) -> None:
    for answer in (client.get(f"/api/predict/{client_id}"), client.post("/api/predict", json={"client_id": client_id})):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == PROBLEM
        body = answer.json()
        assert body["status"] == 404
        assert body["type"] == "/problems/unknown-client"
        assert str(client_id) in body["detail"]


BAD_BODIES: list[Any] = [
    [],
    "100002",
    100002,
    {},
    {"client_id": "100002"},
    {"client_id": 100002.5},
    {"client_id": True},
    {"client_id": None},
    {"client_id": 100002, "extra": 1},
    {"application": []},
    {"application": {}},
    {"application": {"AMT_CREDIT": {"nested": 1}}},
    {"application": {"NO_SUCH_COLUMN": 1}},
    {"application": {}, "history": {"no_such_table": [{}]}},
    {"AMT_CREDIT": 1000.0},
    {"NAME_CONTRACT_TYPE": ["Cash loans"]},
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=repr)
def test_a_bad_body_is_422(client: TestClient, body: Any) -> None:
    answer = client.post("/api/predict", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b'{"client_id": NaN}', b'{"application": {"AMT_CREDIT": Infinity}}', b"[" * 100_000],
)
def test_what_is_no_json_is_422(client: TestClient, content: bytes) -> None:
    answer = client.post("/api/predict", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == PROBLEM


def test_a_path_that_is_no_number_is_422(client: TestClient) -> None:
    answer = client.get("/api/predict/abc")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM
    assert "abc" not in answer.json()["detail"]


def test_an_unknown_route_and_a_wrong_method_are_problems(client: TestClient) -> None:
    for answer, status in ((client.get("/api/nothing"), 404), (client.put("/api/predict"), 405)):
        assert answer.status_code == status
        assert answer.headers["content-type"] == PROBLEM


def test_the_documentation_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "://" not in page
    for name in ("docs/swagger-ui-bundle.js", "docs/swagger-ui.css"):
        assert name in page
        answer = client.get(f"/{name}")
        assert answer.status_code == 200
        assert len(answer.content) > 100_000
    assert client.get("/docs/../secret").status_code == 404
    schema = client.get("/openapi.json").json()
    assert {"/health", "/api/predict", "/api/predict/{client_id}"} <= set(schema["paths"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/predict/100002?purpose=x", 200),
        ("/api/predict/100002?contributions=true", 200),
        ("/api/predict/100002?lang=de", 422),
        ("/api/predict/1", 404),
        ("/api/predict/-1", 404),
        ("/api/predict/abc", 422),
        ("/api/predict/" + "9" * 40, 404),
        ("/api/predict/100002/", 307),
        ("/api/predict/", 307),
    ],
)
def test_status_of_unusual_addresses(client: TestClient, path: str, status: int) -> None:
    assert client.get(path, follow_redirects=False).status_code == status


def test_other_methods_are_refused(client: TestClient) -> None:
    assert client.delete("/api/predict/100002").status_code == 405


def test_decision_that_cannot_be_recorded_is_503_with_retry_after(demo: Service, tmp_path: Path) -> None:
    place = tmp_path / "journal"
    place.write_text("a file where a folder must be")
    journal = Journal(f"sqlite:///{place / 'journal.sqlite'}")
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, Recorder(demo, journal))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/api/predict/100002")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "5"
        assert answer.headers["content-type"] == "application/problem+json"
    journal.close()


def test_compressed_decision_is_the_same(client: TestClient) -> None:
    plain = client.get("/api/predict/100002", headers={"accept-encoding": "identity"})
    with client.stream("GET", "/api/predict/100002", headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert len(raw) == int(answer.headers["content-length"])
    own = {"decision_id": "", "decided_at": ""}
    assert json.loads(gzip.decompress(raw)) | own == plain.json() | own
    assert answer.headers["vary"] == plain.headers["vary"] == "Accept-Language, Accept-Encoding"


@pytest.mark.parametrize("path", ["100002", "100002?lang=en&contributions=true", "7", "x", "100002?lang=de", "100002/"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_shortcut_and_framework_give_the_same(demo: Service, recorder: Recorder, method: str, path: str) -> None:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    app.add_middleware(HeadRequests)
    shortened = FastAPI(docs_url=None, redoc_url=None)
    route = add_api(shortened, demo, recorder)
    shortened.add_middleware(KnownClientShortcut, route=route, handlers=shortened.exception_handlers)
    shortened.add_middleware(HeadRequests)
    answers = []
    for one in (app, shortened):
        with TestClient(one, raise_server_exceptions=False) as opened:
            answer = opened.request(method, f"/api/predict/{path}", follow_redirects=False)
        body = answer.json() if method == "GET" and answer.status_code != 307 else {}
        answers.append(
            (
                answer.status_code,
                {name: body[name] for name in body if name not in ("decision_id", "decided_at")},
                {name: answer.headers[name] for name in answer.headers if name != "content-length"},
            )
        )
    assert answers[0] == answers[1]
