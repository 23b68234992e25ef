"""Consultations: each is on the disk before it is answered, once in a while, and erasable for each client alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scoring.audit.audited_decisions import MOST_NAMED, WINDOW, Consultations, Shown
from scoring.audit.entry_list import Wanted, listing
from scoring.audit.reader import export
from scoring.audit.record import fingerprint
from scoring.audit.store.chain import CONSULTATION
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import JournalError
from scoring.server.identity import Identity

ANNA, BEN = Identity("anna", "officer"), Identity("ben", "officer")
MODEL = {"version": "ebm-1", "digest": "sha256:00"}
PORTFOLIO = "sha256:11"
MANY = range(100_001, 100_002 + MOST_NAMED)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    yield opened
    opened.close()


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def shown(*clients: int, page: str = "decision", about: str | None = None) -> Shown:
    return Shown(clients, page, PORTFOLIO, about=about)


def entries(journal: Journal, client_id: int | None = None) -> int:
    return len(listing(journal.engine, Wanted(kind=CONSULTATION, client_id=client_id)).lines)


def test_what_is_looked_at_again_within_the_window_is_one_consultation(journal: Journal) -> None:
    clock = Clock()
    consultations = Consultations(journal, clock=clock)
    for _ in range(50):
        consultations.record(shown(100_001, page="simulate"), ANNA, MODEL)
    assert entries(journal) == 1
    clock.now += WINDOW - 1
    consultations.record(shown(100_001, page="simulate"), ANNA, MODEL)
    assert entries(journal) == 1
    clock.now += 1
    consultations.record(shown(100_001, page="simulate"), ANNA, MODEL)
    assert entries(journal) == 2


def test_another_identity_page_client_or_decision_is_another_consultation(journal: Journal) -> None:
    consultations = Consultations(journal)
    for what, who in (
        (shown(100_001), ANNA),
        (shown(100_001), BEN),
        (shown(100_001), Identity("anna", "owner")),
        (shown(100_001, page="api"), ANNA),
        (shown(100_002), ANNA),
        (shown(100_001, about="d" * 8), ANNA),
        (shown(), ANNA),
    ):
        before = entries(journal)
        consultations.record(what, who, MODEL)
        consultations.record(what, who, MODEL)
        assert entries(journal) == before + 1, (what, who)


def test_several_clients_are_one_entry_that_is_found_and_erased_by_each(journal: Journal) -> None:
    consultations = Consultations(journal)
    consultations.record(shown(100_001, 100_002, 100_003, 100_002), ANNA, MODEL)
    assert entries(journal) == 1
    assert [entries(journal, one) for one in (100_001, 100_002, 100_003, 100_004)] == [1, 1, 1, 0]
    assert verify(journal.engine).faults == ()
    journal.erase(100_002)
    assert [entries(journal, one) for one in (100_001, 100_002, 100_003)] == [1, 0, 1]
    found = verify(journal.engine)
    assert (found.faults, found.rows, found.erased) == ((), 3, 1)
    (entry,) = [one for one in export(journal.engine) if one["kind"] == CONSULTATION]
    assert [row["row"] for row in entry["rows"]] == ["[100001]", None, "[100003]"]
    assert "100002" not in str(entry)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("UPDATE journal_rows SET row = '[100009]', client_id = 100009 WHERE position = 1", "its rows were changed"),
        ("UPDATE journal_rows SET client_id = 100009 WHERE position = 1", "what its row 1 is found by was changed"),
        ("DELETE FROM journal_rows WHERE position = 1", "rows of it are missing, added or out of order"),
        ("UPDATE journal_rows SET row = NULL, salt = NULL WHERE position = 1", "its rows were changed"),
    ],
)
def test_a_changed_row_shows(journal: Journal, change: str, fault: str) -> None:
    Consultations(journal).record(shown(100_001, 100_002, 100_003), ANNA, MODEL)
    with journal.engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert fault in {one.what for one in verify(journal.engine).faults}


def test_only_those_who_are_new_in_a_list_are_named(journal: Journal) -> None:
    consultations = Consultations(journal)
    consultations.record(shown(100_001, 100_002), ANNA, MODEL)
    consultations.record(shown(100_002, 100_003, 100_004), ANNA, MODEL)
    consultations.record(shown(100_004, 100_001), ANNA, MODEL)
    assert [entries(journal, one) for one in range(100_001, 100_005)] == [1, 1, 1, 1]
    assert entries(journal) == 2


def test_more_than_are_named_are_one_entry_without_anybodys_number(journal: Journal) -> None:
    consultations = Consultations(journal)
    many = Shown(MANY, "clients.csv", PORTFOLIO, filters={"decision": "decline"}, facts=["income_total"])
    for _ in range(3):
        consultations.record(many, ANNA, MODEL)
    (line,) = listing(journal.engine, Wanted(kind=CONSULTATION)).lines
    payload = line.payload or {}
    assert payload["clients"] == len(MANY) == MOST_NAMED + 1
    assert payload["clients_digest"] == fingerprint(list(MANY))
    assert (payload["filters"], payload["facts"]) == ({"decision": "decline"}, ["income_total"])
    assert payload["portfolio"] == PORTFOLIO
    assert str(MANY[0]) not in str(payload)
    consultations.record(Shown(MANY, "clients.csv", PORTFOLIO, facts=["credit_amount"]), ANNA, MODEL)
    assert entries(journal) == 2


def test_nothing_is_shown_that_could_not_be_recorded(tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    consultations = Consultations(journal)
    consultations.record(shown(100_001), ANNA, MODEL)
    journal.close()
    for _ in range(2):  # what failed is not remembered as done
        with pytest.raises(JournalError):
            consultations.record(shown(100_002), ANNA, MODEL)
    assert len(listing(engine_of(f"sqlite:///{tmp_path / 'journal.sqlite'}"), Wanted()).lines) == 1


def test_memory_is_bounded(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.audit.audited_decisions.MOST_REMEMBERED", 3)
    consultations = Consultations(journal)
    consultations.record(shown(100_001, 100_002, 100_003, 100_004), ANNA, MODEL)
    consultations.record(shown(100_004), ANNA, MODEL)
    assert entries(journal) == 1
    consultations.record(shown(100_001), ANNA, MODEL)  # forgotten first, so recorded again
    assert entries(journal) == 2
