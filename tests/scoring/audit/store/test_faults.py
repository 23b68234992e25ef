"""A place that fails for a while: what was answered is on the disk, the rest was refused, and it goes on by itself."""

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Connection

from scoring.audit.anchors import FileAnchor, heads_in, last_noted
from scoring.audit.store import database as store
from scoring.audit.store import group_commit as adding
from scoring.audit.store.chain import Head
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal, Recorded
from scoring.errors import ConflictError, JournalError
from tests.scoring.audit.conftest import clients, payload, record

__all__ = ["clients", "payload", "record"]
Decide = Callable[[Journal, int], Recorded]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def own(file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    monkeypatch.setattr(store, "PATIENCE", 0.2)
    opened = Journal(f"sqlite:///{file}")
    yield opened
    opened.close()


def is_whole(file: Path, entries: int) -> None:
    found = verify(engine_of(f"sqlite:///{file}"))
    assert (found.entries, found.faults) == (entries, ())


def test_a_journal_that_another_program_locks(own: Journal, file: Path, record: Decide) -> None:
    record(own, 100002)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError, match="got database is locked from the journal"):
        record(own, 100002)
    with pytest.raises(JournalError, match="got database is locked from the journal"):
        own.check()
    other.execute("ROLLBACK")
    own.check()
    assert record(own, 100002).link.seq == 2
    other.close()
    is_whole(file, 2)


def test_a_disk_that_is_full(own: Journal, file: Path, record: Decide) -> None:
    record(own, 100002)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    grown = max(one.stat().st_size for one in file.parent.iterdir())
    resource.setrlimit(resource.RLIMIT_FSIZE, (grown + 8192, hard))
    try:
        with pytest.raises(JournalError, match="must be recorded before it is given"):
            for _ in range(50):
                record(own, 100002)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    last = own.head.seq
    assert record(own, 100002).link.seq == last + 1
    is_whole(file, last + 1)


def test_a_disk_without_room_is_not_ready(own: Journal, record: Decide, monkeypatch: pytest.MonkeyPatch) -> None:
    record(own, 100002)
    own.check()
    monkeypatch.setattr(store, "LEAST_ROOM", 1 << 62)
    with pytest.raises(JournalError, match=r"must have \d+ bytes free"):
        own.check()


def put_in_place(copy: Path, file: Path) -> None:
    """Put another file where the journal lies, as a restore does."""
    for part in ("-wal", "-shm"):
        file.with_name(file.name + part).unlink(missing_ok=True)
    copy.replace(file)


def copy_of(file: Path, name: str) -> Path:
    copy = file.with_name(name)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy


def test_a_journal_replaced_by_an_older_copy_is_refused_until_it_is_restored(
    own: Journal, file: Path, record: Decide
) -> None:
    record(own, 100002)
    older = copy_of(file, "older")
    record(own, 100002)
    whole = copy_of(file, "whole")
    put_in_place(older, file)
    for _ in range(2):
        with pytest.raises(JournalError, match=r"must go on from entry 2, .* an older copy"):
            record(own, 100002)
    with pytest.raises(JournalError, match="must go on from entry 2"):
        own.check()
    put_in_place(whole, file)
    assert record(own, 100002).link.seq == 3
    own.check()
    is_whole(file, 3)


def cut(file: Path, after: int) -> None:
    """Delete the entries after one, as somebody who may write the file can."""
    with closing(sqlite3.connect(file)) as other, other:
        for table in ("journal_entries", "journal_payloads"):
            other.execute(f"DELETE FROM {table} WHERE seq > ?", (after,))  # noqa: S608  # ours


def test_an_end_that_was_cut_is_refused_until_it_is_restored(own: Journal, file: Path, record: Decide) -> None:
    for _ in range(3):
        record(own, 100002)
    whole = copy_of(file, "whole")
    cut(file, 1)
    for _ in range(2):
        with pytest.raises(JournalError, match="must go on from entry 3"):
            record(own, 100002)
        with pytest.raises(JournalError, match="must go on from entry 3"):
            own.check()
    put_in_place(whole, file)
    assert record(own, 100002).link.seq == 4
    is_whole(file, 4)


def test_an_older_copy_that_another_wrote_on_is_refused_and_its_heads_are_a_fault(
    own: Journal, file: Path, record: Decide, tmp_path: Path
) -> None:
    noting = FileAnchor(tmp_path / "heads.jsonl")
    record(own, 100002)
    older = copy_of(file, "older")
    record(own, 100002)
    noting.note(own.head, "then")
    put_in_place(older, file)
    other = Journal(f"sqlite:///{file}")
    for _ in range(2):
        record(other, 100002)
        noting.note(other.head, "later")
    other.close()
    with pytest.raises(JournalError, match="must go on from entry 2"):  # there is an entry 2, but another one
        record(own, 100002)
    found = verify(engine_of(f"sqlite:///{file}"), anchors=list(heads_in(noting.path)))
    assert [str(fault) for fault in found.faults] == [
        "entry 2: different entries were noted outside: an older copy was put back and written on"
    ]


def test_a_start_again_does_not_go_on_before_the_head_that_was_noted(
    own: Journal, file: Path, record: Decide, tmp_path: Path
) -> None:
    noting = FileAnchor(tmp_path / "heads.jsonl")
    stated = f"file:{noting.path}"
    assert last_noted(stated) == last_noted("log") == last_noted("") == Head()
    for _ in range(3):
        record(own, 100002)
        noting.note(own.head, "now")
    assert last_noted(stated) == own.head
    cut(file, 1)
    again = Journal(f"sqlite:///{file}", known=last_noted(stated))
    for refused in (again.check, lambda: record(again, 100002)):
        with pytest.raises(JournalError, match="must go on from entry 3"):
            refused()
    again.close()
    noting.path.rename(tmp_path / "accepted.jsonl")  # the operator's word
    accepted = Journal(f"sqlite:///{file}", known=last_noted(stated))
    assert record(accepted, 100002).link.seq == 2
    accepted.close()


def test_what_is_refused_inside_leaves_nothing_behind(own: Journal, file: Path, record: Decide) -> None:
    record(own, 100002)

    def refuses(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM journal_payloads")
        raise ConflictError("too late")

    with pytest.raises(ConflictError, match="too late"):
        own.record("note", {"version": 1}, inside=refuses).wait()
    is_whole(file, 1)


def test_a_journal_that_was_removed_is_not_begun_anew(own: Journal, file: Path, record: Decide) -> None:
    record(own, 100002)
    for part in file.parent.glob("journal.sqlite*"):
        part.unlink()
    with pytest.raises(JournalError, match="must go on from entry 1"):
        record(own, 100002)


def test_a_clock_that_jumps_breaks_no_chain(
    own: Journal, file: Path, record: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [datetime.now(UTC)]

    class Clock:
        @staticmethod
        def now(_zone: object) -> datetime:
            return now[0]

    monkeypatch.setattr(adding, "datetime", Clock)
    for jump in (timedelta(days=400), timedelta(days=-4000), timedelta(0)):
        now[0] += jump
        record(own, 100002)
    is_whole(file, 3)


def test_one_entry_that_cannot_be_written_takes_no_other_with_it(
    own: Journal, file: Path, payload: Callable[[int], dict]
) -> None:
    good, bad = payload(100002), payload(100002) | {"client_id": 10**30}
    waiting = [own.record("decision", one) for one in (good, bad, good)]
    assert waiting[0].wait().link.kind == waiting[2].wait().link.kind == "decision"
    with pytest.raises(JournalError, match="OverflowError"):
        waiting[1].wait()
    is_whole(file, 2)


def test_many_threads_leave_no_connection_behind(own: Journal, file: Path, record: Decide) -> None:
    for _ in range(5):
        record(own, 100002)
    held = [one for one in psutil.Process().open_files() if one.path.startswith(str(file))]
    assert len(held) <= 6
