"""A journal in a file of its own, with some decisions of the demo."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scoring.audit.record import Made, circumstances, payload_of
from scoring.audit.writer import Journal, Recorded
from scoring.service import Service

Record = Callable[[Journal, int], Recorded]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'journal.sqlite'}"


@pytest.fixture
def own(url: str) -> Iterator[Journal]:
    opened = Journal(url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def payload(demo: Service) -> Callable[[int], dict]:
    """The record of a decision on a client of the demo."""

    def of(client_id: int) -> dict:
        assessed = demo.assess(client_id)
        made = Made(assessed.facts, assessed.decision, assessed.explanation)
        return payload_of(demo.model, made, circumstances(source="portfolio", client_id=client_id, purpose="test"))

    return of


@pytest.fixture(scope="session")
def record(demo: Service, payload: Callable[[int], dict]) -> Record:
    """Record a decision on a client of the demo, as the API does."""

    def decide(journal: Journal, client_id: int) -> Recorded:
        return journal.record("decision", payload(client_id), model=demo.model).wait()

    return decide


@pytest.fixture(scope="session")
def clients(demo: Service) -> list[int]:
    """One client of each outcome, then one more."""
    return [*demo.portfolio.examples().values(), 100002]
