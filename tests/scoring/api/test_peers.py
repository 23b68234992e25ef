"""The route over similar clients: the service's own answer, in both languages, and no outcome of one person."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api.peers import DESCRIBED, make_peers_router
from scoring.api.problems import add_problems
from scoring.audit.audited_decisions import Recorder
from scoring.i18n import LANGUAGES
from scoring.portfolio.peers import KINDS, Paid, group_words, paid_words
from scoring.service import Service

PATH = "/api/clients/100002/peers"


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI()
    add_problems(app)
    app.include_router(make_peers_router(demo, recorder))
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_says_what_the_service_finds(client: TestClient, demo: Service, kind: str, lang: str) -> None:
    answer = client.get(PATH, params={"group": kind, "lang": lang}).json()
    peers = demo.peers
    made = {"all": peers.everyone, "similar": peers.similar, "nearest": peers.nearest}
    group = made[kind](100002)
    told = peers.paid(group)
    assert answer["size"] == group.size
    assert answer["texts"] == [group_words(group, lang), paid_words(told, lang)]
    assert isinstance(told, Paid)
    assert answer["paid"] == {"known": told.known, "share": told.share, "low": told.low, "high": told.high}
    assert answer["paid_withheld"] is None
    assert [one["feature"] for one in answer["standing"]] == list(DESCRIBED)
    assert answer["language"] == lang
    assert answer["synthetic"] is True


def test_criteria_and_features_are_the_callers(client: TestClient, demo: Service) -> None:
    answer = client.get(PATH, params={"criteria": ["occupation", "age_years"], "features": ["gender"]}).json()
    assert [one["feature"] for one in answer["criteria"]] == ["occupation", "age_years"]
    assert answer["paid"] is None
    assert answer["paid_withheld"] == "sensitive"
    assert [one["feature"] for one in answer["standing"]] == ["gender"]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"criteria": "gender"}, 422, "A criterion must be one of"),
        ({"features": "TARGET"}, 422, "A feature must be one that describes clients; got TARGET"),
        ({"features": "OUTCOME"}, 422, "got OUTCOME"),
        ({"group": "selection"}, 422, "A group must be one of all, similar, nearest"),
        ({"group": "<b>"}, 422, "at query.group"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(client: TestClient, asked: dict[str, str], status: int, said: str) -> None:
    answer = client.get(PATH, params={"lang": "en", **asked})
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_an_unknown_client_is_a_problem(client: TestClient) -> None:
    assert client.get("/api/clients/7/peers").status_code == 404
