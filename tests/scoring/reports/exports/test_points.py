"""A client's points added up from the printed table, by nothing but the table, equal the API's answer."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence

import polars as pl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.files import BYTE_ORDER_MARK
from scoring.model.additive_model import Lookup, read_model
from scoring.reports.exports.points import points_csv
from scoring.service import Service
from scoring.settings import DEMO

Row = Mapping[str, str]
Value = float | int | str | None


def _holds(row: Row, part: str, facts: Mapping[str, Value], known: set[str]) -> bool:
    """Whether a client's value lies in the bin that a row of the table prints for one feature."""
    name = row[f"feature_{part}"]
    if not name:
        return True
    value, kind = facts[name], row[f"kind_{part}"]
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    if kind == "missing" or missing:
        return kind == "missing" and missing
    if kind == "codes":
        return value in json.loads(row[f"codes_{part}"])
    if kind == "other":
        return value not in known
    low, below = row[f"from_{part}"], row[f"below_{part}"]
    return (not low or float(low) <= float(value)) and (not below or float(value) < float(below))


def add_up(table: Sequence[Row], facts: Mapping[str, Value]) -> float:
    """The constant and one row of each term, as a person with the printed table would add them."""
    total = 0.0
    for term in dict.fromkeys(row["term"] for row in table):
        rows = [row for row in table if row["term"] == term]
        known = {
            code for row in rows for part in "12" if row[f"codes_{part}"] for code in json.loads(row[f"codes_{part}"])
        }
        found = [row for row in rows if all(_holds(row, part, facts, known) for part in "12")]
        assert len(found) == 1, f"{term}: {len(found)} rows hold the client"
        total += float(found[0]["points"])
    return total


@pytest.mark.parametrize("kind", ["ebm", "scorecard"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_points_added_up_from_the_printed_table_are_the_score(kind: str, lang: str, demo: Service) -> None:
    model = read_model(DEMO / f"{kind}.json")
    table = list(csv.DictReader(io.StringIO(points_csv(model, lang).removeprefix(BYTE_ORDER_MARK))))
    lookup = Lookup(model)
    for client in range(100001, 100041):
        facts = demo.portfolio.features_of(client) if kind == demo.model.kind else _facts(client, model.features)
        assert add_up(table, facts) == pytest.approx(model.scale.points(lookup.score(facts).log_odds), abs=1e-9)


def test_the_printed_table_and_the_api_give_the_same_points(demo: Service, recorder: Recorder) -> None:
    app = FastAPI()
    add_api(app, demo, recorder)
    table = list(csv.DictReader(io.StringIO(points_csv(demo.model, "fr").removeprefix(BYTE_ORDER_MARK))))
    with TestClient(app) as client:
        answer = client.get("/api/predict/100002").json()
    assert add_up(table, demo.portfolio.features_of(100002)) == pytest.approx(answer["points"], abs=1e-9)


def _facts(client: int, features: Mapping[str, object]) -> dict[str, Value]:
    frame = pl.read_parquet(DEMO / "portfolio.parquet").filter(pl.col("SK_ID_CURR") == client)
    return frame.select(list(features)).row(0, named=True)
