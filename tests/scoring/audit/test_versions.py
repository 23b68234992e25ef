"""A journal that an earlier version wrote: read, verified, replayed and carried on, with the digests that it had."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from scoring.audit.audited_decisions import Recorder, made_of
from scoring.audit.client_history import history_of
from scoring.audit.entry_list import Wanted, listing
from scoring.audit.reader import export, read_decision, replay
from scoring.audit.record import row_of
from scoring.audit.store.chain import Head
from scoring.audit.store.database import SCHEMA_VERSION, engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import JournalError
from scoring.server.identity import ANONYMOUS
from scoring.service import Service
from tests.scoring.audit.conftest import Record

VERSION_1 = Path(__file__).parent / "data" / "version-1.sqlite.gz"
"""Five decisions on four clients of the demo of its day, one of them erased by the sixth entry."""
HEAD = Head(6, "0d7ec459557bd2d1b2b31815102bad079d5862a6c11e43f0e873419d8fc6c973")


@pytest.fixture
def old(tmp_path: Path) -> str:
    file = tmp_path / "journal.sqlite"
    file.write_bytes(gzip.decompress(VERSION_1.read_bytes()))
    return f"sqlite:///{file}"


def test_it_verifies_with_the_head_that_was_noted_then(old: str) -> None:
    found = verify(engine_of(old), anchors=[HEAD])
    assert (found.entries, found.erased, found.head, found.faults) == (6, 1, HEAD, ())


def test_its_decisions_are_made_again_by_the_model_it_keeps(old: str) -> None:
    engine = engine_of(old)
    decisions = [line for line in listing(engine, Wanted(kind="decision")).lines if line.payload is not None]
    assert len(decisions) == 4
    assert all(replay(engine, one.entry_id).same for one in decisions)
    assert {one.payload["version"] for one in decisions if one.payload} == {1}


def test_it_is_found_by_client_and_by_model(old: str) -> None:
    engine = engine_of(old)
    [one] = history_of(engine, 100002)
    assert (one.purpose, one.source, one.asked_by) == ("première", "portfolio", "")
    assert len(listing(engine, Wanted(model=one.model_version)).lines) == 4


def test_the_chain_goes_on(old: str, record: Record) -> None:
    journal = Journal(old)
    entry = record(journal, 100002)
    journal.erase(100002)
    journal.close()
    engine = engine_of(old)
    assert entry.link.previous == HEAD.digest
    found = verify(engine, anchors=[HEAD])
    assert (found.entries, found.erased, found.faults) == (8, 3, ())
    assert read_decision(engine, entry.entry_id).payload is None
    assert len(list(export(engine))) == 8


def as_version_2(engine: Engine) -> None:
    """Take away what version 3 added."""
    with engine.begin() as connection:
        for index in ("payloads_model", "payloads_client", "payloads_waits"):
            connection.exec_driver_sql(f"DROP INDEX ix_journal_{index}")
        for column in ("kind", "waits"):
            connection.exec_driver_sql(f"ALTER TABLE journal_payloads DROP COLUMN {column}")
        connection.exec_driver_sql("DROP TABLE journal_parts")
        connection.exec_driver_sql("UPDATE journal_schema SET version = 2")


def test_a_batch_of_version_2_whose_beginning_was_erased_is_whole_and_goes_on(own: Journal, demo: Service) -> None:
    row = row_of(demo.model, made_of(demo.assess(100002)), 100002)
    batch = Recorder(demo, own).batch(who=ANONYMOUS)
    batch.add([row] * 3)
    between = datetime.now(UTC)
    batch.add([row] * 2)
    own.retain(between)
    as_version_2(own.engine)
    assert verify(own.engine).faults == ()
    batch.add([row])
    found = verify(own.engine)
    assert (found.entries, found.rows, found.faults) == (4, 3, ())


def test_a_batch_of_version_2_that_was_changed_is_a_fault_not_a_failure(own: Journal, demo: Service) -> None:
    Recorder(demo, own).batch(who=ANONYMOUS).add([row_of(demo.model, made_of(demo.assess(100002)), 100002)])
    as_version_2(own.engine)
    with own.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE journal_payloads SET payload = 'changed'")
    assert {fault.what for fault in verify(own.engine).faults} == {"its values were changed"}


def test_one_of_a_newer_version_is_refused(url: str, own: Journal, record: Record) -> None:
    record(own, 100002)
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE journal_schema SET version = :v"), {"v": SCHEMA_VERSION + 1})
    with pytest.raises(JournalError, match=f"of version {SCHEMA_VERSION} at most; got {SCHEMA_VERSION + 1}"):
        verify(engine)
