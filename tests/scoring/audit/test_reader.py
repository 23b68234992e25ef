"""Any change, removal or new order shows, and where; what was erased verifies; a decision is made again exactly."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from scoring.audit.reader import export, read_decision, replay
from scoring.audit.store.chain import Head, Link, commitment
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal, Recorded
from scoring.errors import ErasedError, JournalError, UnknownDecisionError
from tests.scoring.audit.conftest import Record


@pytest.fixture
def made(own: Journal, record: Record, clients: list[int]) -> list[Recorded]:
    return [record(own, client) for client in clients]


@pytest.fixture
def engine(url: str, made: list[Recorded]) -> Engine:
    return engine_of(url)


def tamper(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statements", "seq", "what"),
    [
        (["UPDATE journal_entries SET at = '1999' WHERE seq = 2"], 2, "it was changed"),
        (["UPDATE journal_entries SET decision_id = 'x' WHERE seq = 2"], 2, "it was changed"),
        (["UPDATE journal_entries SET commitment = 'x' WHERE seq = 2"], 2, "it was changed"),
        (["UPDATE journal_entries SET digest = 'x' WHERE seq = 2"], 3, "does not hold the entry before it"),
        (["UPDATE journal_entries SET previous = 'x' WHERE seq = 2"], 2, "does not hold the entry before it"),
        (["DELETE FROM journal_entries WHERE seq = 2"], 3, "its number should be 2"),
        (["DELETE FROM journal_entries WHERE seq = 1"], 2, "its number should be 1"),
        (
            [
                "UPDATE journal_entries SET seq = 9 WHERE seq = 2",
                "UPDATE journal_entries SET seq = 2 WHERE seq = 3",
                "UPDATE journal_entries SET seq = 3 WHERE seq = 9",
            ],
            2,
            "does not hold the entry before it",
        ),
        (
            ["UPDATE journal_payloads SET payload = replace(payload, '\"pd\":0.', '\"pd\":0.0') WHERE seq = 3"],
            3,
            "its values were changed",
        ),
        (["DELETE FROM journal_payloads WHERE seq = 3"], 3, "no erasure says so"),
        (["UPDATE journal_payloads SET kind = 'note' WHERE seq = 3"], 3, "what it is found by was changed"),
        (["UPDATE journal_payloads SET waits = 1 WHERE seq = 3"], 3, "it is no review that could wait"),
    ],
)
def test_what_was_changed_shows_and_where(engine: Engine, statements: list[str], seq: int, what: str) -> None:
    assert verify(engine).faults == ()
    tamper(engine, *statements)
    assert any(fault.seq == seq and what in fault.what for fault in verify(engine).faults)


def test_an_entry_of_another_kind_shows_whatever_its_values_are(engine: Engine) -> None:
    tamper(engine, "UPDATE journal_entries SET kind = 'erasure' WHERE seq = 2")
    assert [fault.what for fault in verify(engine).faults] == ["it was changed"]


def test_a_cut_end_shows_against_a_head_noted_outside(engine: Engine, own: Journal) -> None:
    noted = own.head
    assert verify(engine, anchors=[noted]).faults == ()
    tamper(engine, "DELETE FROM journal_payloads WHERE seq = 4", "DELETE FROM journal_entries WHERE seq = 4")
    assert verify(engine).faults == ()  # nothing inside can tell
    [fault] = verify(engine, anchors=[noted]).faults
    assert fault.seq == 4
    assert "the end was cut" in fault.what


def test_a_journal_written_anew_shows_against_a_head_noted_outside(engine: Engine, own: Journal) -> None:
    noted = own.head
    with engine.begin() as connection:
        entry = connection.execute(text("SELECT * FROM journal_entries WHERE seq = 4")).one()
        forged = Link(entry.seq, "2020", entry.kind, entry.decision_id, entry.commitment, entry.previous)
        connection.execute(
            text("UPDATE journal_entries SET at = :at, digest = :digest WHERE seq = 4"),
            {"at": forged.at, "digest": forged.digest},
        )
    assert verify(engine).faults == ()
    assert "written anew" in verify(engine, anchors=[noted]).faults[0].what


def test_erased_values_are_gone_and_the_chain_holds(
    own: Journal, engine: Engine, made: list[Recorded], clients: list[int], url: str
) -> None:
    erased = clients[1]
    kept = read_decision(engine, made[1].entry_id).payload
    assert kept is not None
    own.erase(erased)
    found = verify(engine, anchors=[own.head])
    assert (found.entries, found.erased, found.faults) == (5, 1, ())
    assert read_decision(engine, made[1].entry_id).payload is None
    with pytest.raises(ErasedError, match="erased can't be made again"):
        replay(engine, made[1].entry_id)
    file = Path(url.removeprefix("sqlite:///"))
    points = str(kept["points"]).encode()
    written = b"".join(path.read_bytes() for path in file.parent.iterdir())
    assert points not in written, "what was erased must not lie in the file or its log"
    assert str(erased).encode() not in written


def test_a_decision_made_again_is_the_same(engine: Engine, made: list[Recorded]) -> None:
    for entry in made:
        again = replay(engine, entry.entry_id)
        assert again.same
        assert again.recorded["reasons"]


def test_a_record_that_does_not_follow_from_its_values_shows(
    own: Journal, engine: Engine, payload: Callable[[int], dict], clients: list[int], demo
) -> None:
    wrong = payload(clients[0]) | {"pd": 0.5}
    entry = own.record("decision", wrong, model=demo.model).wait()
    assert not replay(engine, entry.entry_id).same


def test_an_unknown_decision(engine: Engine) -> None:
    with pytest.raises(UnknownDecisionError, match="got none of id nobody"):
        read_decision(engine, "nobody")


def test_no_journal_yet(tmp_path: Path) -> None:
    engine = engine_of(f"sqlite:///{tmp_path / 'none.sqlite'}")
    with pytest.raises(JournalError, match="got none there yet"):
        verify(engine)
    assert list(tmp_path.iterdir()) == []


def test_an_export_is_enough_to_verify_elsewhere(engine: Engine, own: Journal, clients: list[int]) -> None:
    own.erase(clients[0])
    previous = Head().digest
    for entry in map(json.loads, map(json.dumps, export(engine))):
        link = Link(*(entry[name] for name in ("seq", "at", "kind", "decision_id", "commitment", "previous")))
        assert link.previous == previous
        assert link.digest == entry["digest"]
        if entry["kept"] is not None:
            assert commitment(entry["kept"]["salt"], entry["kept"]["payload"]) == link.commitment
        previous = link.digest
