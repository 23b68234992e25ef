"""The same journal on a real PostgreSQL server: written, verified, erased, two writers at once."""

import gzip
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg import sql
from sqlalchemy import Column, MetaData, Table, event, insert

from benchmarks.engines import postgres, postgres_binaries
from scoring.audit.audited_decisions import BatchRecord, Recorder, made_of
from scoring.audit.client_history import history_of
from scoring.audit.reader import read_decision, replay
from scoring.audit.record import Row, row_of
from scoring.audit.store.database import ENTRIES, MODELS, PAYLOADS, VERSIONS, engine_of
from scoring.audit.store.entries import new_id
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import JournalError, KeyInUseError
from scoring.server.identity import ANONYMOUS
from scoring.service import Service
from tests.scoring.audit.conftest import Record
from tests.scoring.audit.test_versions import HEAD, VERSION_1


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A connection to a server of our own."""
    binaries = postgres_binaries()
    if binaries is None:
        if os.environ.get("CLAIRSCORE_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL must be on the machine; got no initdb below /usr/lib/postgresql. Install it.")
        pytest.skip("PostgreSQL is not on the machine: install it")
    with postgres(binaries) as connection:
        yield connection


@pytest.fixture
def url(server: Any) -> str:
    """An empty database of each test's own: what one leaves behind is no other's."""
    name = f"journal_{uuid4().hex}"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"postgresql://clairscore@/{name}?host={server.info.host}"


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


def test_the_end_that_each_write_extends_is_checked_inside_it(url: str, record: Record) -> None:
    own, other, engine = Journal(url), Journal(url), engine_of(url)
    record(own, 100002)
    last = record(other, 100002).link.seq
    assert record(own, 100002).link.seq == last + 1  # what another wrote meanwhile is gone on after
    with engine.begin() as connection:
        for table in ("journal_entries", "journal_payloads"):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE seq = {last + 1}")  # noqa: S608  # ours
    assert record(other, 100002).link.seq == last + 1  # which knows nothing of it, and takes the number again
    for _ in range(2):
        with pytest.raises(JournalError, match=f"must go on from entry {last + 1}"):
            record(own, 100002)
        with pytest.raises(JournalError, match=f"must go on from entry {last + 1}"):
            own.check()
    assert {fault.what for fault in verify(engine, anchors=[own.head, other.head]).faults} == {
        "different entries were noted outside: an older copy was put back and written on"
    }
    own.close()
    other.close()
    engine.dispose()


def test_a_part_of_a_batch_is_recorded_once(url: str, demo: Service) -> None:
    journals, engine = [Journal(url), Journal(url)], engine_of(url)
    row = row_of(demo.model, made_of(demo.assess(100002)), 100002)
    batches = [Recorder(demo, one).batch(who=ANONYMOUS, batch_id=new_id()) for one in journals]
    batches[1].batch_id = batches[0].batch_id
    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(lambda batch: _names_or_error(batch, [row] * 10), batches))
    assert sorted(isinstance(one, KeyInUseError) for one in told) == [False, True]
    assert verify(engine).faults == ()
    for journal in journals:
        journal.close()
    engine.dispose()


def _names_or_error(batch: BatchRecord, rows: list[Row]) -> list[str] | KeyInUseError:
    try:
        return batch.add(rows)
    except KeyInUseError as refused:
        return refused


def test_what_changes_during_a_check_is_no_fault(url: str, demo: Service) -> None:
    own, engine = Journal(url), engine_of(url)
    recorder = Recorder(demo, own)
    review = recorder.ask_review(100003, "why", ANONYMOUS)
    row = row_of(demo.model, made_of(demo.assess(100003)), 100003)
    recorder.batch(who=ANONYMOUS).add([row])
    changes: list[Callable[[], object]] = [
        lambda: recorder.close_review(review.review_id, "accept", "called", ANONYMOUS),
        lambda: own.retain(datetime.now(UTC) + timedelta(days=2)),
    ]

    @event.listens_for(engine, "after_cursor_execute")
    def between(*executed: Any) -> None:
        if changes and "FROM journal_payloads" in executed[2]:
            changes.pop(0)()

    for _ in range(2):
        assert verify(engine).faults == ()
    assert not changes
    assert verify(engine).faults == ()
    own.close()
    engine.dispose()
