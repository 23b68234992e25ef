"""The same journal on a real PostgreSQL server: written, verified, erased, two writers at once."""

import gzip
import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, Table, insert

from benchmarks.engines import postgres, postgres_binaries
from scoring.journal import Journal, engine_of, read_decision, replay, verify
from scoring.journal.dossier import history_of
from scoring.ledger.store import ENTRIES, METADATA, MODELS, PAYLOADS, VERSIONS
from tests.scoring.journal.conftest import Record
from tests.scoring.journal.test_versions import HEAD, VERSION_1


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


def test_one_of_version_1_is_brought_up(url: str, record: Record, tmp_path: Path) -> None:
    file = tmp_path / "journal.sqlite"
    file.write_bytes(gzip.decompress(VERSION_1.read_bytes()))
    engine = engine_of(url)
    with closing(sqlite3.connect(file)) as old, engine.begin() as new:
        METADATA.drop_all(new)
        for table in (VERSIONS, ENTRIES, PAYLOADS, MODELS):
            rows = old.execute(f"SELECT * FROM {table.name}")  # noqa: S608  # ours
            names = [column[0] for column in rows.description]
            first = Table(table.name, MetaData(), *(Column(name, table.c[name].type) for name in names))
            first.create(new)
            new.execute(insert(first), [dict(zip(names, row, strict=True)) for row in rows])
    assert verify(engine, anchors=[HEAD]).faults == ()
    [one] = history_of(engine, 100002)
    assert replay(engine, one.decision_id).same
    journal = Journal(url)
    assert record(journal, 100002).link.previous == HEAD.digest
    journal.close()
    found = verify(engine, anchors=[HEAD])
    assert (found.entries, found.erased, found.faults) == (7, 1, ())
    engine.dispose()
