"""The same journal on a real PostgreSQL server: written, verified, erased, two writers at once."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks.engines import postgres, postgres_binaries
from scoring.journal import Journal, engine_of, read_decision, replay, verify
from tests.scoring.journal.conftest import Record


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    binaries = postgres_binaries()
    if binaries is None:
        if os.environ.get("CLAIRSCORE_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL must be on the machine; got no initdb below /usr/lib/postgresql. Install it.")
        pytest.skip("PostgreSQL is not on the machine: install it")
    with postgres(binaries) as connection:
        yield f"postgresql://clairscore@/postgres?host={connection.info.host}"


def test_the_journal(url: str, record: Record, clients: list[int]) -> None:
    journals = [Journal(url), Journal(url)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda i: record(journals[i % 2], clients[i % len(clients)]), range(60)))
    engine = engine_of(url)
    assert sorted(entry.link.seq for entry in made) == list(range(1, 61))
    assert replay(engine, made[0].entry_id).same
    journals[0].erase(clients[0])
    found = verify(engine, anchors=[journals[0].head])
    assert (found.entries, found.erased, found.faults) == (61, 15, ())
    assert read_decision(engine, made[0].entry_id).payload is None
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE journal_entries SET at = '1999' WHERE seq = 30")
    assert [fault.seq for fault in verify(engine).faults] == [30]
    for journal in journals:
        journal.close()
    engine.dispose()
