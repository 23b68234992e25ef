"""What was answered is on the disk, once and in order, whoever else writes; what can't be written is not answered."""

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from scoring.audit import writer as writing
from scoring.audit.audited_decisions import Decided, Recorder
from scoring.audit.reader import read_decision
from scoring.audit.store.chain import Head
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import JournalError, SettingsError
from scoring.server.identity import ANONYMOUS
from scoring.service import Service
from tests.running import run
from tests.scoring.audit.conftest import Record


def test_a_recorded_decision_is_there_after_the_journal_is_closed(url: str, record: Record, clients: list[int]) -> None:
    journal = Journal(url)
    entries = [record(journal, client) for client in clients]
    journal.close()
    assert [entry.link.seq for entry in entries] == [1, 2, 3, 4]
    for entry, client in zip(entries, clients, strict=True):
        kept = read_decision(engine_of(url), entry.entry_id)
        assert kept.link == entry.link
        assert kept.payload is not None
        assert kept.payload["client_id"] == client
    assert verify(engine_of(url)).faults == ()
    assert journal.head == Head(4, entries[-1].link.digest)


def test_the_chain_goes_on_when_the_journal_is_opened_again(url: str, record: Record, clients: list[int]) -> None:
    for client in clients:
        journal = Journal(url)
        record(journal, client)
        journal.close()
    assert verify(engine_of(url)).entries == len(clients)
    assert verify(engine_of(url)).faults == ()


def test_many_threads_and_two_journals_write_one_chain(url: str, record: Record, clients: list[int]) -> None:
    journals = [Journal(url), Journal(url)]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda i: record(journals[i % 2], clients[i % len(clients)]), range(200)))
    for journal in journals:
        journal.close()
    assert sorted(entry.link.seq for entry in made) == list(range(1, 201))
    found = verify(engine_of(url))
    assert (found.entries, found.faults) == (200, ())


def test_what_waits_together_is_written_together(
    own: Journal, payload: Callable[[int], dict], demo: Service, clients: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    groups: list[int] = []
    write, started, go = own._write, threading.Event(), threading.Event()

    def slow(group: list) -> None:
        started.set()
        go.wait(10)
        groups.append(len(group))
        write(group)

    monkeypatch.setattr(own, "_write", slow)
    record_of = payload(clients[0])
    first = own.record("decision", record_of, model=demo.model)
    started.wait(10)
    others = [own.record("decision", record_of, model=demo.model) for _ in range(300)]
    go.set()
    assert [one.wait().link.seq for one in (first, *others)] == list(range(1, 302))
    assert groups == [1, writing.MOST_IN_A_GROUP, 300 - writing.MOST_IN_A_GROUP]


def test_too_many_that_wait_are_refused(
    own: Journal, payload: Callable[[int], dict], demo: Service, clients: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go, started = threading.Event(), threading.Event()
    write = own._write

    def slow(group: list) -> None:
        started.set()
        go.wait(10)
        write(group)

    monkeypatch.setattr(own, "_write", slow)
    monkeypatch.setattr(writing, "MOST_WAITING", 2)
    record_of = payload(clients[0])
    waiting = [own.record("decision", record_of, model=demo.model)]
    started.wait(10)
    waiting += [own.record("decision", record_of, model=demo.model) for _ in range(2)]
    with pytest.raises(JournalError, match="may wait to be recorded; got more"):
        own.record("decision", record_of, model=demo.model)
    go.set()
    assert [one.wait().link.seq for one in waiting] == [1, 2, 3]


def test_a_journal_that_cannot_write_answers_nothing_and_recovers(
    tmp_path: Path, record: Record, clients: list[int]
) -> None:
    place = tmp_path / "later"
    place.write_text("a file where a folder must be")
    journal = Journal(f"sqlite:///{place / 'journal.sqlite'}")
    with pytest.raises(JournalError, match="must be recorded before it is given"):
        record(journal, clients[0])
    with pytest.raises(JournalError):
        journal.check()
    place.unlink()
    assert record(journal, clients[0]).link.seq == 1
    journal.check()
    journal.close()


def test_a_message_never_holds_the_address(tmp_path: Path, record: Record, clients: list[int]) -> None:
    journal = Journal("postgresql://someone:secret-word@127.0.0.1:1/nothing")
    with pytest.raises(JournalError) as refused:
        record(journal, clients[0])
    journal.close()
    assert "secret-word" not in str(refused.value)
    assert "127.0.0.1" not in str(refused.value)


@pytest.mark.parametrize("address", ["", "mysql://a@b/c", "journal.sqlite", "sqlite://", "sqlite:///:memory:"])
def test_another_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="journal"):
        Journal(address)


def test_after_the_end_nothing_is_taken(url: str, record: Record, clients: list[int]) -> None:
    journal = Journal(url)
    journal.close()
    with pytest.raises(JournalError, match="must be open"):
        record(journal, clients[0])


KILLED = """
import os, sys
from scoring.model.artefacts import read_artefacts
from scoring.audit.record import Made, circumstances, payload_of
from scoring.audit.writer import Journal
from scoring.service import Service
from scoring.settings import DEMO

service, journal = Service(read_artefacts(DEMO)), Journal(sys.argv[1])
one = service.assess(100002)
made = Made(one.facts, one.decision, one.explanation)
payload = payload_of(service.model, made, circumstances(source="portfolio", client_id=100002))
for i in range(int(sys.argv[2])):
    print(journal.record("decision", payload, model=service.model).wait().entry_id, flush=True)
journal.record("decision", payload, model=service.model)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("answered", [1, 7])
def test_a_process_killed_at_once_has_lost_nothing_that_it_answered(url: str, answered: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(answered)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == -9, done.stderr
    ids = done.stdout.split()
    assert len(ids) == answered
    found = verify(engine_of(url))
    assert found.faults == ()
    assert answered <= found.entries <= answered + 1
    for decision_id in ids:
        assert read_decision(engine_of(url), decision_id).payload is not None


CLIENT = 100002


@pytest.fixture
def recorder(demo: Service, own: Journal) -> Recorder:
    return Recorder(demo, own)


async def decide(recorder: Recorder) -> Decided:
    return await recorder.decide_known_async(CLIENT, who=ANONYMOUS, source="api")


def test_event_loop_and_threads_write_one_chain(recorder: Recorder, url: str) -> None:
    async def ask() -> list[Decided]:
        first = await decide(recorder)
        assert recorder.replay(first.decision_id).same
        noted = asyncio.to_thread(recorder.note, CLIENT, "from a thread", ANONYMOUS)
        blocking = asyncio.to_thread(recorder.decide_known, CLIENT, who=ANONYMOUS, source="page")
        many = await asyncio.gather(*(decide(recorder) for _ in range(100)), blocking, noted)
        recorder.decide_known(CLIENT, who=ANONYMOUS, source="page")  # in the loop itself: it must not wait for itself
        return [first, *(one for one in many if isinstance(one, Decided))]

    made = run(ask())
    found = verify(engine_of(url), anchors=[recorder.head])
    assert (found.entries, found.faults) == (104, ())
    assert len({one.decision_id for one in made}) == 102


def test_event_loop_is_refused_where_the_journal_cannot_be_written_and_served_after(
    demo: Service, tmp_path: Path
) -> None:
    place = tmp_path / "later"
    place.write_text("a file where a folder must be")
    journal = Journal(f"sqlite:///{place / 'journal.sqlite'}")
    recorder = Recorder(demo, journal)

    async def ask() -> None:
        with pytest.raises(JournalError, match="must be recorded before it is given"):
            await decide(recorder)
        place.unlink()
        made = await decide(recorder)
        assert recorder.replay(made.decision_id).same

    run(ask())
    journal.close()


def test_writer_that_hangs_fails_who_waits_and_the_probe_in_time(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    write = recorder.journal._writer.write

    def hang(entries: list) -> list:
        released.wait(30.0)
        return write(entries)

    async def ask() -> None:
        await recorder.journal.check_writer()
        await decide(recorder)
        await recorder.journal.check_writer()
        assert recorder.head.seq == 1
        with monkeypatch.context() as patched:
            patched.setattr(recorder.journal._writer, "write", hang)
            patched.setattr(writing, "PATIENCE", 0.1)
            patched.setattr(writing, "PROBE_PATIENCE", 0.1)
            with pytest.raises(JournalError, match="TimeoutError"):
                await decide(recorder)
            with pytest.raises(JournalError, match="TimeoutError"):
                await recorder.journal.check_writer()
            released.set()
        assert await decide(recorder)
        with monkeypatch.context() as patched:
            patched.setattr(recorder.journal._writer, "write", lambda entries: [JournalError("not now")] * len(entries))
            with pytest.raises(JournalError, match="not now"):
                await recorder.journal.check_writer()

    run(ask())


def test_thread_goes_on_after_a_group_it_failed_to_answer(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(recorder.journal, "_note", None)
        with pytest.raises(JournalError, match="TypeError"):
            recorder.decide_known(CLIENT, who=ANONYMOUS, source="page")
    assert recorder.decide_known(CLIENT, who=ANONYMOUS, source="page")


def test_cut_end_is_refused_in_the_event_loop_and_by_the_probe(recorder: Recorder, url: str) -> None:
    async def ask() -> None:
        for _ in range(3):
            await decide(recorder)
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other, other:
            for table in ("journal_entries", "journal_payloads"):
                other.execute(f"DELETE FROM {table} WHERE seq = 3")  # noqa: S608  # ours
        for _ in range(2):
            with pytest.raises(JournalError, match="must go on from entry 3"):
                await decide(recorder)
        with pytest.raises(JournalError, match="must go on from entry 3"):
            await recorder.journal.check_writer()

    run(ask())


def test_a_file_that_may_not_be_changed_is_left_alone_until_it_may_again(
    own: Journal, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite maps a part of it into memory: a write that the system refuses there would end the process."""
    record(own, 100002)
    usual = os.access

    def refused(path: str, mode: int) -> bool:
        return not str(path).endswith("-shm") and usual(path, mode)

    with monkeypatch.context() as frozen:
        frozen.setattr(os, "access", refused)
        for ask in (lambda: record(own, 100003), own.check, lambda: own.engine):
            with pytest.raises(JournalError, match=r"must be writable; got journal\.sqlite-shm that is not"):
                ask()
    assert record(own, 100003).link.seq == 2
    assert verify(own.engine).faults == ()
