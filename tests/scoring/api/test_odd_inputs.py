"""An application that can't be right is refused, or goes to a person who is told why; it is never just decided."""

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from scoring.api import add_api
from scoring.api.answers import PredictAnswer
from scoring.audit.audited_decisions import Recorder
from scoring.data.tables import TABLES, Kind
from scoring.model.additive_model.axis import is_missing
from scoring.service import Service
from tests.scoring.api.raw import APPLICATION

COLUMNS = TABLES["application_test"].by_name
NUMBERS = [name for name, column in COLUMNS.items() if column.dtype != "string" and name != "SK_ID_CURR"]
CODES = [name for name, column in COLUMNS.items() if column.dtype == "string"]
AMOUNTS = [name for name in NUMBERS if COLUMNS[name].kind is Kind.AMOUNT]
DAYS = [name for name in NUMBERS if COLUMNS[name].kind is Kind.DAYS]
ODD_NUMBERS = st.one_of(
    st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, -0.0, 2**63, -(2**63) - 1, 10**400]),
    st.floats(),
    st.integers(-(10**25), 10**25),
)


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@st.composite
def odd(draw: st.DrawFn) -> dict[str, Any]:
    """A likely application in which one to three things went wrong."""
    row = dict(APPLICATION)
    for _ in range(draw(st.integers(1, 3))):
        match draw(st.sampled_from(["number", "unit", "sign", "code", "swapped", "type"])):
            case "number":
                row[draw(st.sampled_from(NUMBERS))] = draw(ODD_NUMBERS)
            case "unit":  # thousands for units, cents for euros, years for days
                name = draw(st.sampled_from(AMOUNTS + DAYS))
                factor = draw(st.sampled_from([100, 1_000, 1 / 365, 1e-3]))
                value = APPLICATION.get(name, 1_000) * factor
                row[name] = int(value) if COLUMNS[name].whole else float(value)
            case "sign":
                name = draw(st.sampled_from(AMOUNTS + DAYS))
                row[name] = -APPLICATION.get(name, 1_000)
            case "code":
                row[draw(st.sampled_from(CODES))] = draw(st.text(max_size=30))
            case "swapped":
                one, other = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(NUMBERS))
                row[one], row[other] = row.get(other), row.get(one)
            case "type":
                wrong = [True, "1000", [], {}, None, "1e3", ""]
                row[draw(st.sampled_from(NUMBERS + CODES))] = draw(st.sampled_from(wrong))
    return row


@given(odd())
@settings(max_examples=120)
def test_what_cannot_be_right_is_refused_or_goes_to_a_person(
    client: TestClient, demo: Service, row: dict[str, Any]
) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/api/predict", content=json.dumps({"application": row}), headers=headers)
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["type"] in ("/problems/bad-request", "/problems/bad-input")
        return
    told = TypeAdapter(PredictAnswer).validate_json(answer.content, strict=True)
    assert 0.0 <= told["pd"] <= 1.0
    assert math.isfinite(told["points"])
    facts = demo.assess_application(row, {}).facts
    strange = [
        name
        for name, seen in demo.model.features.items()
        if seen.kind == "number"
        and not is_missing(facts[name])
        and (seen.low is None or seen.high is None or not seen.low <= float(facts[name] or 0.0) <= seen.high)
    ]
    assert set(strange) <= set(told["outside_training"])
    assert (told["decision"] == "review") >= bool(told["outside_training"])
    assert bool(told["outside_training"]) == ("outside_training" in told["review_because"])


@pytest.mark.parametrize("name", ["NAME_CONTRACT_TYPE", "OCCUPATION_TYPE", "NAME_EDUCATION_TYPE"])
def test_a_code_that_nobody_saw_goes_to_a_person(client: TestClient, demo: Service, name: str) -> None:
    told = client.post("/api/predict", json={"application": {**APPLICATION, name: "never seen"}}).json()
    used = {"NAME_CONTRACT_TYPE": "contract_type", "OCCUPATION_TYPE": "occupation", "NAME_EDUCATION_TYPE": "education"}
    if used[name] in demo.model.features:
        assert (told["decision"], told["outside_training"]) == ("review", [used[name]])


@pytest.mark.parametrize("path", ["/api/predict", "/api/predict/batch", "/api/simulate"])
@pytest.mark.parametrize(
    "said", [{"OCCUPATION_TYPE": "\ud800"}, {"\ud800": 1}, {"AMT_CREDIT": 10**400}, {"OCCUPATION_TYPE": "x" * 1_000}]
)
def test_what_is_no_text_and_no_number_is_refused(client: TestClient, path: str, said: dict[str, Any]) -> None:
    row = {**APPLICATION, **said}
    body = json.dumps([row] if path.endswith("batch") else {"application": row})
    answer = client.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422 or "problem" in answer.json(), answer.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "=1+1", "' OR 1=1 --", "\u0000", "x\r\nSet-Cookie: a=b"])
def test_what_is_sent_is_text_and_nothing_else(client: TestClient, text: str) -> None:
    for answer in (
        client.post("/api/predict", json={"application": {**APPLICATION, "OCCUPATION_TYPE": text}}),
        client.post("/api/predict", json={"application": {**APPLICATION, text: 1}}),
        client.get("/api/predict/100002", params={"purpose": text}),
        client.post("/api/predict", json={"client_id": 100002}, params={"purpose": text}),
    ):
        assert answer.status_code in (200, 422)
        assert answer.headers["content-type"] in ("application/json", "application/problem+json")
        assert "set-cookie" not in answer.headers
