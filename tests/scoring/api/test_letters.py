"""The letter over the API: recorded first, then given, in the language and form asked for."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.audit.letters import read_sender
from scoring.service import Service


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder, read_sender().model_copy(update={"name": "Caisse du Nord"}))
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize(("lang", "name"), [("fr", "lettre-100002"), ("en", "letter-100002")])
def test_a_letter_is_a_recorded_decision(client: TestClient, recorder: Recorder, lang: str, name: str) -> None:
    before = recorder.head.seq
    answer = client.get(f"/api/clients/100002/letter?format=pdf&lang={lang}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    assert recorder.head.seq == before + 1
    record = client.get(f"/api/decisions/{answer.headers['x-decision-id']}").json()["record"]
    assert record["source"] == "letter"
    assert record["client_id"] == 100002


def test_the_text_says_the_decision_that_was_recorded(client: TestClient, demo: Service) -> None:
    answer = client.get("/api/clients/100002/letter?format=txt", headers={"accept-language": "en"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("Caisse du Nord\n")
    assert answer.headers["x-decision-id"] in answer.text
    assert demo.model.model_version in answer.text


def test_a_letter_on_another_request(client: TestClient) -> None:
    answer = client.get("/api/clients/100002/letter?format=txt&lang=en&amount=150000&payments=15&document_8=1")
    assert "150,000, in 15 monthly payments of 10,000" in answer.text.replace("\n", " ")
    record = client.get(f"/api/decisions/{answer.headers['x-decision-id']}").json()["record"]
    assert record["changes"] == {"amount": 150_000.0, "payments": 15.0, "document_8": 1.0}


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ("1/letter", 404, "unknown-client"),
        ("100002/letter?format=docx", 422, "bad-request"),
        ("100002/letter?amount=-1", 422, "bad-request"),
        ("100002/letter?lang=de", 422, "bad-request"),
        ("100002/letter?down_payment=100000000", 422, "bad-input"),
    ],
)
def test_what_can_be_no_letter_records_nothing(
    client: TestClient, recorder: Recorder, query: str, status: int, kind: str
) -> None:
    before = recorder.head.seq
    answer = client.get(f"/api/clients/{query}")
    assert answer.status_code == status
    assert answer.json()["type"] == f"/problems/{kind}"
    assert recorder.head.seq == before
