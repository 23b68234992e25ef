"""What if over the API: the service's own simulation, recorded only where asked for."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.explain.counterfactuals import Changes
from scoring.i18n import LANGUAGES
from scoring.service import Service


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def test_a_simulation_is_the_service_s(client: TestClient, demo: Service) -> None:
    for client_id in demo.portfolio.examples().values():
        changes = {"amount": 200_000, "payments": 18, "down_payment": 10_000, "document_8": True}
        answer = client.post("/api/simulate?lang=en", json={"client_id": client_id, "changes": changes})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        said = answer.json()
        expected = demo.simulate(demo.assess(client_id), Changes(**changes))
        assert said["points"] == expected.assessment.decision.points
        assert said["decision"] == expected.assessment.decision.outcome
        assert said["simulated"]["credit"] == 190_000
        assert said["simulated"]["annuity"] == pytest.approx(190_000 / 18)
        assert [one["feature"] for one in said["moved"]] == list(expected.moved)
        assert said["simulation_id"] is None


def test_nothing_changed_says_what_a_decision_says(client: TestClient) -> None:
    simulated = client.post("/api/simulate", json={"client_id": 100002}).json()
    decided = client.get("/api/predict/100002").json()
    for name in ("pd", "points", "decision", "level", "reasons", "threshold"):
        assert simulated[name] == decided[name]
    assert simulated["moved"] == []
    assert simulated["asked"] == simulated["simulated"]


def test_a_simulation_is_recorded_where_asked_for(client: TestClient, recorder: Recorder) -> None:
    before = recorder.head.seq
    body = {"client_id": 100002, "changes": {"amount": 100_000}}
    client.post("/api/simulate", json=body)
    assert recorder.head.seq == before
    said = client.post("/api/simulate?record=true", json=body).json()
    assert recorder.head.seq == before + 1
    assert said["simulation_id"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_offers_are_the_service_s_in_words(client: TestClient, demo: Service, lang: str) -> None:
    for outcome, client_id in demo.portfolio.examples().items():
        answer = client.get(f"/api/clients/{client_id}/offers?lang={lang}&map=true").json()
        offers = demo.offers(demo.assess(client_id))
        assert answer["decision"] == outcome
        assert [one["kind"] for one in answer["choices"]] == [choice.kind for choice in offers.choices]
        assert (answer["room"] is None) == (outcome != "accept")
        assert len(answer["map"]["decisions"]) == len(answer["map"]["amounts"])
        assert answer["texts"]
        assert not any("{" in text for text in answer["texts"])
        assert "map" in answer
    assert client.get(f"/api/clients/{client_id}/offers").json()["map"] is None


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"client_id": 1}, 404, "unknown-client"),
        ({}, 422, "bad-input"),
        ({"client_id": 100002, "application": {}}, 422, "bad-input"),
        ({"client_id": 100002, "changes": {"amount": -5}}, 422, "bad-request"),
        ({"client_id": 100002, "changes": {"price": 5}}, 422, "bad-request"),
        ({"client_id": 100002, "changes": {"amount": "1e3"}}, 422, "bad-request"),
        ({"client_id": 100002, "changes": {"down_payment": 1e8}}, 422, "bad-input"),
    ],
)
def test_what_cannot_be_simulated_is_a_problem(client: TestClient, body: dict, status: int, kind: str) -> None:
    answer = client.post("/api/simulate", json=body)
    assert answer.status_code == status
    assert answer.json()["type"] == f"/problems/{kind}"
    assert client.get("/api/clients/1/offers").status_code == 404
