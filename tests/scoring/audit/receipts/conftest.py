"""Receipts of the demo's decisions, one alone and one out of a batch."""

from pathlib import Path

import pytest

from scoring.audit.audited_decisions import Recorder
from scoring.audit.receipts import Receipt, written
from scoring.audit.record import Made, row_of
from scoring.server.identity import Identity
from scoring.service import Service

SCRIPT = Identity("nightly", "script")


@pytest.fixture(scope="session")
def receipts(recorder: Recorder, demo: Service) -> list[Receipt]:
    """One decision of each outcome, then the first client out of a batch, and one of whom nothing is known."""
    clients = [*demo.portfolio.examples().values()]
    alone = [recorder.decide_known(one, who=SCRIPT, source="api", purpose="été").decision_id for one in clients]
    unknown = demo._assess(None, dict.fromkeys(demo.model.features))
    assessed = [demo.assess(clients[0]), unknown]
    rows = [row_of(demo.model, Made(one.facts, one.decision, one.explanation), one.client_id) for one in assessed]
    return [recorder.receipt(one) for one in [*alone, *recorder.batch(who=SCRIPT).add(rows)]]


@pytest.fixture
def file(receipts: list[Receipt], tmp_path: Path) -> Path:
    """A receipt as somebody keeps it."""
    path = tmp_path / "receipt.json"
    path.write_text(written(receipts[0]), encoding="utf-8")
    return path
