"""Every decision that the API gives was recorded before; what can't be recorded is not given."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.service import Service

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def test_what_was_answered_is_what_was_recorded(client: TestClient, demo: Service) -> None:
    answer = client.get("/api/predict/100002?purpose=counter").json()
    kept = client.get(f"/api/decisions/{answer['decision_id']}")
    assert kept.headers["cache-control"] == "no-store"
    record = kept.json()["record"]
    for name in ("client_id", "pd", "points", "decision", "threshold", "review_because"):
        assert record[name] == answer[name]
    assert record["model"]["version"] == answer["model_version"]
    assert (record["source"], record["purpose"]) == ("api", "counter")
    assert set(record["values"]) == set(demo.model.features)
    assert [reason["points"] for reason in record["reasons"]] == [reason["points"] for reason in answer["reasons"]]


def test_a_decision_is_made_again_from_its_record(client: TestClient) -> None:
    posted = client.post("/api/predict", json={"client_id": 100002}).json()
    again = client.get(f"/api/decisions/{posted['decision_id']}/replay").json()
    assert again["same"] is True
    assert again["recorded"]["pd"] == again["again"]["pd"] == posted["pd"]


@pytest.mark.parametrize("ending", ["", "/replay"])
def test_an_unknown_decision_is_a_problem(client: TestClient, ending: str) -> None:
    answer = client.get(f"/api/decisions/{uuid4()}{ending}")
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/unknown-decision"
    assert answer.headers["content-type"] == PROBLEM


def test_an_id_of_another_form_is_a_problem(client: TestClient) -> None:
    assert client.get("/api/decisions/1").json()["type"] == "/problems/bad-request"


def test_ready_tells_the_head_that_someone_else_may_note(client: TestClient, journal: Journal) -> None:
    client.get("/api/predict/100002")
    answer = client.get("/ready").json()
    assert answer["status"] == "ready"
    assert answer["journal_head"] == str(journal.head)


def test_without_its_journal_the_service_decides_nothing(demo: Service, tmp_path: Path) -> None:
    place = tmp_path / "journal"
    place.write_text("a file where a folder must be")
    journal = Journal(f"sqlite:///{place / 'journal.sqlite'}")
    app = FastAPI()
    add_api(app, demo, Recorder(demo, journal))
    with TestClient(app, raise_server_exceptions=False) as client:
        for answer in (
            client.get("/api/predict/100002"),
            client.post("/api/predict", json={"client_id": 100002}),
            client.get("/ready"),
        ):
            assert answer.status_code == 503
            assert answer.json()["type"] == "/problems/journal"
            assert answer.headers["retry-after"] == "5"
            assert "pd" not in answer.json()
        assert client.get("/health").status_code == 200
        place.unlink()
        assert client.get("/api/predict/100002").status_code == 200
        assert client.get("/ready").status_code == 200
    journal.close()
