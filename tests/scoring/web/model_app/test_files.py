"""What is taken away: the models, the journal for whoever may read it, and the files that the tour names, no others."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.reports.brief import files
from scoring.reports.folder import KINDS, ReportsNow
from scoring.server.identity import ANONYMOUS, OPEN_KEY, SCOPE_KEY, Identity, Role
from scoring.service import Service
from scoring.settings import ROOT
from scoring.web.model_app.files import add_files

CLOSED = {OPEN_KEY: False}


class Door:
    """Leaves in the scope what the real one would."""

    def __init__(self, app: FastAPI) -> None:
        self.app, self.leaves = app, dict[str, Any]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app({**scope, **self.leaves}, receive, send)


@pytest.fixture(scope="module")
def door(demo: Service, journal: Journal) -> Door:
    app = FastAPI()
    add_files(app, ReportsNow(lambda: demo.artefacts), Recorder(demo, journal))
    return Door(app)


@pytest.fixture
def client(door: Door) -> Iterator[TestClient]:
    door.leaves = {}
    with TestClient(door) as opened:
        yield opened


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("form", "begins"),
    [("csv", b"\xef\xbb\xbfvariable,name,bin"), ("json", b"{"), ("xlsx", b"PK"), ("sql", b"WITH "), ("pmml", b"<?xml")],
)
def test_models_are_taken_away(client: TestClient, demo: Service, kind: str, form: str, begins: bytes) -> None:
    answer = client.get(f"/fr/modele/files/{kind}.{form}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert f"clairscore-{kind}-" in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ["scorecard.exe", "other.csv", "scorecard", ".csv"])
def test_nothing_else_is(client: TestClient, name: str) -> None:
    assert client.get(f"/en/model/files/{name}").status_code == 404


def test_the_files_that_the_tour_names_are_shown(client: TestClient) -> None:
    for path in files():
        answer = client.get("/en/model/files/source", params={"path": path})
        assert answer.status_code == (200 if (ROOT / path).is_file() else 404), path


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "data/demo/champion.json", "scoring////README.md", ""]
)
def test_no_other_file_of_this_machine_is(client: TestClient, path: str) -> None:
    assert client.get("/en/model/files/source", params={"path": path}).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("validator", 200), ("owner", 200), ("script", 403)])
def test_the_journal_is_for_validators_and_owners(client: TestClient, door: Door, role: Role, status: int) -> None:
    door.leaves = {**CLOSED, SCOPE_KEY: Identity("somebody", role)}
    assert client.get("/fr/modele/files/journal.jsonl").status_code == status


def test_the_journal_is_everyones_where_nothing_is_closed(
    client: TestClient, door: Door, demo: Service, journal: Journal
) -> None:
    Recorder(demo, journal).decide_known(100001, who=ANONYMOUS, source="test")
    lines = client.get("/fr/modele/files/journal.jsonl").text.splitlines()
    assert [json.loads(line)["kind"] for line in lines[-2:]] == ["decision", "consultation"]
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    door.leaves = {**CLOSED, SCOPE_KEY: ANONYMOUS}
    assert client.get("/fr/modele/files/journal.jsonl").status_code == 403
