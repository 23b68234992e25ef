"""An erasure takes all that it names or nothing, says so in the chain, and leaves no text behind unsaid."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from scoring.__main__ import cli
from scoring.audit import erasure as erasing_module
from scoring.audit.audited_decisions import Recorder
from scoring.audit.entry_list import Wanted
from scoring.audit.record import Made, row_of
from scoring.audit.store import database as store
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import ConflictError, JournalError, UnknownDecisionError
from scoring.server.identity import Identity
from scoring.service import Service

CLIENT, OTHER = 100002, 100003
OFFICER = Identity("Claire", "officer")


@pytest.fixture
def recorder(demo: Service, own: Journal) -> Recorder:
    return Recorder(demo, own)


@pytest.fixture
def file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def review_of(recorder: Recorder) -> str:
    review = recorder.ask_review(CLIENT, "why", OFFICER)
    recorder.close_review(review.review_id, "accept", "called", OFFICER)
    return review.review_id


@pytest.mark.parametrize(
    "name",
    [
        review_of,
        lambda recorder: recorder.note(CLIENT, "a word", OFFICER).entry_id,
        lambda recorder: f"{recorder.note(CLIENT, 'a word', OFFICER).entry_id}.0",
        lambda _recorder: "nobody",
        lambda _recorder: "",
    ],
    ids=["review", "note", "row of a note", "nothing", "empty"],
)
def test_an_id_that_is_of_no_decision_erases_nothing(recorder: Recorder, name: Callable[[Recorder], str]) -> None:
    given = name(recorder)
    before = [line.payload for line in recorder.listing(Wanted()).lines]
    with pytest.raises(UnknownDecisionError):
        recorder.journal.erase_decision(given)
    assert [line.payload for line in recorder.listing(Wanted()).lines] == before
    assert recorder.reviews() == ()
    assert verify(recorder.journal.engine).faults == ()


def test_what_is_about_an_erased_decision_can_still_be_erased(recorder: Recorder) -> None:
    made = recorder.decide_known(CLIENT, who=OFFICER, source="api")
    recorder.journal.erase_decision(made.decision_id)
    # As an earlier version allowed it.
    late = {"version": 1, "client_id": CLIENT, "asked_by": "", "role": "officer", "about": made.decision_id}
    recorder.journal.record("review_asked", {**late, "reason": "secret-late"}).wait()
    assert recorder.journal.erase_decision(made.decision_id).entries == 1
    assert recorder.reviews() == ()
    assert verify(recorder.journal.engine).faults == ()


def test_a_review_of_an_erased_decision_is_refused(recorder: Recorder) -> None:
    made = recorder.decide_known(CLIENT, who=OFFICER, source="api")
    recorder.journal.erase_decision(made.decision_id)
    with pytest.raises(ConflictError, match="were erased can't be reviewed"):
        recorder.ask_review(CLIENT, "why", OFFICER, decision_id=made.decision_id)


def test_a_row_of_a_batch_is_erased_once(recorder: Recorder, demo: Service) -> None:
    assessed = [demo.assess(client) for client in (CLIENT, OTHER)]
    rows = [row_of(demo.model, Made(one.facts, one.decision, one.explanation), one.client_id) for one in assessed]
    names = recorder.batch(who=OFFICER).add(rows)
    erased = recorder.journal.erase_decision(names[1])
    assert (erased.entries, erased.rows) == (0, 1)
    with pytest.raises(UnknownDecisionError):
        recorder.journal.erase_decision(names[1])
    assert recorder.read(names[0]).payload is not None
    assert verify(recorder.journal.engine).faults == ()


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(erasing_module, "MOST_AT_ONCE", 2)
    yield


@pytest.mark.usefixtures("few_at_once")
def test_an_erasure_of_much_is_done_in_parts_that_each_say_what_they_took(recorder: Recorder, demo: Service) -> None:
    for _ in range(3):
        recorder.decide_known(CLIENT, who=OFFICER, source="api")
    made = demo.assess(CLIENT)
    row = row_of(demo.model, Made(made.facts, made.decision, made.explanation), CLIENT)
    recorder.batch(who=OFFICER).add([row, row])
    kept = recorder.decide_known(OTHER, who=OFFICER, source="api")
    erased = recorder.journal.erase(CLIENT)
    assert (erased.seqs, erased.entries, erased.rows) == ((6, 7, 8), 3, 2)
    assert "as entries 6 to 8 say" in str(erased)
    assert recorder.history_of(CLIENT) == ()
    assert recorder.read(kept.decision_id).payload is not None
    found = verify(recorder.journal.engine)
    assert (found.erased, found.faults) == (5, ())


@pytest.mark.usefixtures("few_at_once")
def test_a_retention_of_much_is_done_in_parts(recorder: Recorder, demo: Service) -> None:
    for _ in range(3):
        recorder.note(CLIENT, "a word", OFFICER)
    made = demo.assess(CLIENT)
    recorder.batch(who=OFFICER).add([row_of(demo.model, Made(made.facts, made.decision, made.explanation), CLIENT)] * 3)
    erased = recorder.journal.retain(datetime.now(UTC) + timedelta(seconds=1))
    assert (len(erased.seqs), erased.entries) == (3, 4)  # two notes; one note; the batch, which is one entry
    again = recorder.journal.retain(datetime.now(UTC) + timedelta(seconds=1))
    assert (len(again.seqs), again.entries) == (1, 0)
    assert verify(recorder.journal.engine).faults == ()


def test_an_erasure_whose_group_is_rolled_back_leaves_nothing_out(recorder: Recorder, own: Journal) -> None:
    recorder.note(CLIENT, "a word", OFFICER)
    own.check()  # which takes the lock, the first time
    entered, go_on = threading.Event(), threading.Event()

    def hold(_connection: Connection) -> None:
        entered.set()
        go_on.wait(10)

    held = own.record("note", {"text": "x"}, inside=hold)
    assert entered.wait(10)
    with ThreadPoolExecutor(1) as thread:
        erasing = thread.submit(own.retain, datetime.now(UTC) + timedelta(seconds=60))
        while own._queue.qsize() == 0 and not erasing.done():
            time.sleep(0.01)
        bad = own.record("note", {"text": "\ud800"})  # no text: the transaction of its whole group fails
        go_on.set()
        assert held.wait().link.seq == 2
        with pytest.raises(JournalError):
            bad.wait()
        assert erasing.result().entries == 1
    assert recorder.notes_of(CLIENT) == ()
    assert verify(own.engine).faults == ()


def in_files(file: Path, text: bytes) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir() if text in path.read_bytes())


def test_erased_text_that_a_reader_keeps_in_the_log_is_said_to_be_there(
    recorder: Recorder, url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", url)
    monkeypatch.setattr(store, "TO_TRUNCATE", 0.2)
    recorder.note(CLIENT, "secret-note", OFFICER)
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal_entries").fetchone()
        said = CliRunner().invoke(cli, ["journal", "erase", str(CLIENT)])
        assert said.exit_code == 1
        assert "Erased the values of 1 entries" in said.output
        assert "not yet gone from the journal's write-ahead log" in said.output
        assert in_files(file, b"secret-note") != []
        assert CliRunner().invoke(cli, ["journal", "truncate-log"]).exit_code == 1
    said = CliRunner().invoke(cli, ["journal", "truncate-log"])
    assert (said.exit_code, said.output) == (0, "The journal's write-ahead log is empty.\n")
    assert in_files(file, b"secret-note") == []


def test_a_reader_that_ends_in_time_keeps_nothing(recorder: Recorder, file: Path) -> None:
    recorder.note(CLIENT, "secret-note", OFFICER)
    reader = sqlite3.connect(file, check_same_thread=False)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM journal_entries").fetchone()
    end = threading.Timer(0.3, reader.close)
    end.start()
    assert not recorder.journal.erase(CLIENT).in_log
    end.join()
    assert in_files(file, b"secret-note") == []
