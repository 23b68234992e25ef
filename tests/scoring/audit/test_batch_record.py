"""A batch: recorded part by part, each row a decision that is found, made again and erased alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError

from scoring.audit.client_history import history_of
from scoring.audit.reader import read_decision, replay
from scoring.audit.record import Made, batch_payload, circumstances, row_of
from scoring.audit.store.database import PARTS, PAYLOADS, engine_of
from scoring.audit.store.entries import Salted, name_in_batch
from scoring.audit.store.group_commit import Adder
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import KeyInUseError, UnknownDecisionError
from scoring.service import Service

BATCH_ID = "0e37df36-f698-41e6-a49e-ccd29eb9d3a8"
Add = Callable[[int, list[int]], None]


@pytest.fixture
def add(own: Journal, demo: Service) -> Add:
    """Record a part of a batch, from a row's number on."""

    def part(first: int, clients: list[int]) -> None:
        rows = []
        for client in clients:
            one = demo.assess(client)
            rows.append(row_of(demo.model, Made(one.facts, one.decision, one.explanation), client))
        salted = [Salted.of(row.client_id, row) for row in rows]
        around = circumstances(source="batch", client_id=None, asked_by="nightly", role="script", purpose="campaign")
        payload = batch_payload(demo.model, around, first, (one.commitment for one in salted))
        own.record("batch", payload, model=demo.model, rows=salted, entry_id=BATCH_ID).wait()

    return part


@pytest.fixture
def two_parts(add: Add, clients: list[int]) -> list[int]:
    add(0, clients[:2])
    add(2, clients[2:])
    return clients


def make_version_2(engine: Engine) -> None:
    """Take out of a journal what version 3 added."""
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE journal_parts")
        for index in PAYLOADS.indexes:
            connection.exec_driver_sql(f"DROP INDEX {index.name}")
        for column in ("kind", "waits"):
            connection.exec_driver_sql(f"ALTER TABLE journal_payloads DROP COLUMN {column}")
        connection.exec_driver_sql("UPDATE journal_schema SET version = 2")


def test_each_row_is_a_decision(two_parts: list[int], url: str, demo: Service) -> None:
    engine = engine_of(url)
    for position, client in enumerate(two_parts):
        decision_id = name_in_batch(BATCH_ID, position)
        payload = read_decision(engine, decision_id).payload
        assert payload is not None
        assert payload["client_id"] == client
        assert (payload["asked_by"], payload["role"], payload["purpose"]) == ("nightly", "script", "campaign")
        assert payload["pd"] == demo.assess(client).decision.pd
        assert replay(engine, decision_id).same
    found = verify(engine)
    assert (found.entries, found.rows, found.erased, found.faults) == (2, 4, 0, ())
    with pytest.raises(UnknownDecisionError):
        read_decision(engine, name_in_batch(BATCH_ID, 4))


def test_one_client_is_erased_out_of_it(two_parts: list[int], own: Journal, url: str) -> None:
    engine, erased = engine_of(url), two_parts[1]
    own.erase(erased)
    found = verify(engine, anchors=[own.head])
    assert (found.entries, found.rows, found.erased, found.faults) == (3, 4, 1, ())
    assert read_decision(engine, name_in_batch(BATCH_ID, 1)).payload is None
    assert replay(engine, name_in_batch(BATCH_ID, 0)).same
    assert history_of(engine, erased) == ()
    written = b"".join(path.read_bytes() for path in Path(url.removeprefix("sqlite:///")).parent.iterdir())
    assert str(erased).encode() not in written


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE journal_rows SET row = replace(row, 'accept', 'decline') WHERE position = 0", "its rows were changed"),
        ("UPDATE journal_rows SET client_id = 1 WHERE position = 0", "what its row 0 is found by was changed"),
        ("UPDATE journal_rows SET position = 9 WHERE position = 1", "rows of it are missing, added or out of order"),
        ("DELETE FROM journal_rows WHERE position = 1", "rows of it are missing, added or out of order"),
        ("UPDATE journal_rows SET row = NULL, commitment = '00' WHERE position = 1", "its rows were changed"),
        ("DELETE FROM journal_entries WHERE seq = 2", "it has no entry"),
    ],
)
def test_what_was_changed_in_a_row_shows(two_parts: list[int], url: str, statement: str, what: str) -> None:
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert any(what in fault.what for fault in verify(engine).faults)


@pytest.mark.parametrize("first", [0, 1, 3, 100])
def test_a_part_that_does_not_follow_on_is_refused(two_parts: list[int], add: Add, url: str, first: int) -> None:
    with pytest.raises(KeyInUseError):
        add(first, two_parts)
    add(4, two_parts)
    found = verify(engine_of(url))
    assert (found.entries, found.rows, found.faults) == (3, 8, ())


def test_one_position_is_of_one_part_in_the_store_too(two_parts: list[int], url: str) -> None:
    with engine_of(url).begin() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(PARTS).values(batch_id=BATCH_ID, first=2, next=9, seq=9))


@pytest.mark.parametrize(
    ("first", "what"),
    [
        (0, "its rows begin at 0 of their batch and overlap those before, which end at 2"),
        (1, "its rows begin at 1 of their batch and overlap those before, which end at 2"),
        (3, "its rows begin at 3 of their batch and leave a gap after those before, which end at 2"),
    ],
)
def test_parts_that_overlap_or_leave_a_gap_show(
    add: Add, clients: list[int], url: str, first: int, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an earlier version could write them; bringing its journal up to this one does not hide them."""
    monkeypatch.setattr(Adder, "_claim_positions", lambda *_: None)
    add(0, clients[:2])
    add(first, clients[:2])
    engine = engine_of(url)
    make_version_2(engine)
    assert [str(fault) for fault in verify(engine).faults] == [f"entry 2: {what}"]


def test_a_batch_of_version_2_is_gone_on_with(two_parts: list[int], add: Add, url: str) -> None:
    engine = engine_of(url)
    make_version_2(engine)
    assert verify(engine).faults == ()
    with pytest.raises(KeyInUseError):
        add(2, two_parts)
    add(4, two_parts)
    assert verify(engine).faults == ()


@pytest.mark.parametrize(
    "statement", ["UPDATE journal_parts SET next = 9 WHERE first = 2", "DELETE FROM journal_parts"]
)
def test_a_claim_that_was_changed_shows(two_parts: list[int], url: str, statement: str) -> None:
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert {fault.what for fault in verify(engine).faults} == {"the positions of its rows in their batch were changed"}


def test_a_part_that_was_erased_whole_keeps_its_positions(
    two_parts: list[int], add: Add, own: Journal, url: str
) -> None:
    own.retain(datetime.now(UTC))
    with pytest.raises(KeyInUseError):
        add(0, two_parts)
    add(4, two_parts)
    assert verify(engine_of(url)).faults == ()


def test_a_row_emptied_without_an_erasure_shows(two_parts: list[int], url: str) -> None:
    engine = engine_of(url)
    with engine.begin() as connection:
        row = connection.exec_driver_sql("SELECT salt, row FROM journal_rows WHERE position = 1").one()
        made = Salted(None, row.salt, row.row).commitment
        connection.exec_driver_sql(
            "UPDATE journal_rows SET client_id = NULL, salt = NULL, row = NULL, commitment = ? WHERE position = 1",
            (made,),
        )
    assert [str(fault) for fault in verify(engine).faults] == [
        "entry 1: the values of its row 1 were removed, and no erasure says so"
    ]
