"""One client, three ways out: the batch's row, the API's answer and the officer's page say the same."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from scoring.__main__ import BETWEEN_REASONS, COLUMNS, cli
from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.audit.client_history import history_of
from scoring.audit.reader import replay
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.data.tables import HISTORY, TABLES, fingerprint, read_tables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.service import Service
from scoring.settings import DEMO
from scoring.web.pages.decision import decision_html
from training.data.synthetic import write_portfolio
from training.provenance import code_fingerprint

pytestmark = pytest.mark.integration
CLIENTS = 200


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, demo: Service) -> Path:
    """The demo's raw tables, written again from what its model says of them."""
    folder = tmp_path_factory.mktemp("demo_tables")
    made = demo.model.provenance.settings["portfolio"]
    write_portfolio(made["clients"], made["seed"], folder)
    return folder


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> dict[int, dict[str, str]]:
    folder = tmp_path_factory.mktemp("batch")
    out, journal = folder / "decisions.csv", f"sqlite:///{folder / 'journal.sqlite'}"
    words = ["batch", "--artefacts", str(DEMO), "--tables", str(tables), "--out", str(out), "--purpose", "campaign"]
    done = CliRunner().invoke(cli, words, env={"CLAIRSCORE_JOURNAL_URL": journal})
    assert done.exit_code == 0, done.output
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    kept = verify(engine_of(journal))
    assert (kept.rows, kept.faults) == (len(rows), ())
    [past] = history_of(engine_of(journal), int(rows[7][ID_COLUMN]))
    assert (past.pd, past.purpose) == (float(rows[7]["pd"]), "campaign")
    assert replay(engine_of(journal), past.decision_id).same
    return {int(row[ID_COLUMN]): row for row in rows}


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI()
    add_api(app, demo, recorder)
    with TestClient(app) as opened:
        yield opened


def test_the_demo_is_fresh(demo: Service, tables: Path) -> None:
    provenance = demo.model.provenance
    assert provenance.code_fingerprint == code_fingerprint(), "the demo is stale: run `make train`"
    with read_tables(tables, labels=True) as raw:
        assert provenance.data_fingerprint == fingerprint(raw), "the demo's tables changed: run `make train`"


def test_batch_api_and_page_agree(demo: Service, batch: dict[int, dict[str, str]], client: TestClient) -> None:
    ids = sorted(batch)
    assert len(ids) == len(demo.portfolio)
    for client_id in ids[:: len(ids) // CLIENTS][:CLIENTS]:
        row = batch[client_id]
        answer = client.get(f"/api/predict/{client_id}?lang=fr").json()
        page = decision_html(demo, demo.assess(client_id), "fr")
        assert answer["client_id"] == client_id
        assert float(row["pd"]) == answer["pd"] == float(_attribute(page, "data-pd"))
        assert float(row["points"]) == answer["points"] == float(_attribute(page, "data-points"))
        assert row["decision"] == answer["decision"] == _attribute(page, "data-decision")
        assert row["reasons"].split(BETWEEN_REASONS) == [reason["text"] for reason in answer["reasons"]]


def test_a_raw_application_with_its_history_is_the_client(demo: Service, tables: Path, client: TestClient) -> None:
    ids = [*demo.portfolio.examples().values(), 100002]
    raw = {name: pl.read_parquet(tables / f"{name}.parquet") for name in TABLES}
    for client_id in ids:
        application = pl.concat([raw["application_train"].drop("TARGET"), raw["application_test"]])
        bureau = raw["bureau"].filter(pl.col(ID_COLUMN) == client_id)["SK_ID_BUREAU"].to_list()
        history = {
            name: raw[name]
            .filter(
                pl.col("SK_ID_BUREAU").is_in(bureau)
                if ID_COLUMN not in raw[name].columns
                else pl.col(ID_COLUMN) == client_id
            )
            .to_dicts()
            for name in HISTORY
        }
        body = {"application": application.filter(pl.col(ID_COLUMN) == client_id).to_dicts()[0], "history": history}
        posted = client.post("/api/predict", json=body)
        assert posted.status_code == 200, posted.text
        assert client.get(f"/api/decisions/{posted.json()['decision_id']}/replay").json()["same"]
        known = client.get(f"/api/predict/{client_id}").json()
        own = {"decision_id": "", "decided_at": ""}
        assert {**posted.json(), **own} == {**known, **own}


def _attribute(html: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', html)
    assert found, f"{name} must be on the page"
    return found[1]
