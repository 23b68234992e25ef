"""Whatever is sent, no answer is an error of ours, and every answer is as the OpenAPI document says.

A few cases an operation here; `make fuzz` tries many (CLAIRSCORE_FUZZ says how many an operation).
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.specs.openapi import checks

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.service import Service

CASES = int(os.environ.get("CLAIRSCORE_FUZZ", "12"))
SHARDS = 6
ROWS = ("POST /api/predict", "POST /api/simulate")
"""Operations whose bodies hold rows of 121 columns: a case takes a second to make up, so a short run tries few."""
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@dataclass(frozen=True)
class Described:
    """The operations of the app's own document, and what its service knows."""

    operations: list[schemathesis.APIOperation]
    clients: list[int]
    decisions: list[str]

    def known(self, case: schemathesis.Case) -> schemathesis.Case:
        """The case, asking for something that there is, where it asked for some number or id."""
        for place in (case.path_parameters, case.body if isinstance(case.body, dict) else None):
            if place and isinstance(place.get("client_id"), int) and place["client_id"] % 4:
                place["client_id"] = self.clients[place["client_id"] % len(self.clients)]
            if place and isinstance(place.get("decision_id"), str) and place["decision_id"][0] in "01234567":
                place["decision_id"] = self.decisions[len(place["decision_id"]) % len(self.decisions)]
        return case


@pytest.fixture(scope="module")
def described(demo: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Described]:
    """Its journal is apart, for it grows."""
    journal = Journal(f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'journal.sqlite'}")
    app = FastAPI(title="Clairscore", docs_url=None, redoc_url=None)
    add_api(app, demo, Recorder(demo, journal))
    clients = demo.portfolio.frame(["client_id"])["client_id"].to_list()
    with TestClient(app) as opened:
        decisions = [opened.get(f"/api/predict/{client}").json()["decision_id"] for client in clients[:5]]
        lines = opened.post("/api/predict/batch", json=clients[:5]).text.splitlines()
    decisions += [json.loads(line)["decision_id"] for line in lines]
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    yield Described([found.ok() for found in schema.get_all_operations()], clients, decisions)
    journal.close()


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_request_breaks_the_service(described: Described, shard: int) -> None:
    tried: Counter[tuple[str, int]] = Counter()
    for operation in described.operations[shard::SHARDS]:
        for mode in schemathesis.GenerationMode:
            try:
                _holds(described, operation, mode, tried)
            except Unsatisfiable:  # nothing about this operation can be wrong
                assert mode is schemathesis.GenerationMode.NEGATIVE
    print(f"{sum(tried.values())} requests: {dict(tried)}")  # noqa: T201  # `make fuzz` shows it


def _holds(
    described: Described,
    operation: schemathesis.APIOperation,
    mode: schemathesis.GenerationMode,
    tried: Counter[tuple[str, int]],
) -> None:
    cases = operation.as_strategy(generation_mode=mode)
    if mode is schemathesis.GenerationMode.POSITIVE:
        cases = cases.map(described.known)

    @given(case=cases)
    @settings(
        max_examples=3 if operation.label in ROWS and CASES < 100 else CASES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    def holds(case: schemathesis.Case) -> None:
        answer = case.call()
        tried[operation.label, answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    holds()
