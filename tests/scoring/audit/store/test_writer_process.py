"""The writer in a process of its own: nothing is answered before it is on the disk, whatever becomes of the process."""

import asyncio
import errno
import os
import resource
import signal
import sqlite3
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import cast

import pytest

from scoring.audit.audited_decisions import Decided, Recorder
from scoring.audit.store import writer_process as apart
from scoring.audit.store.chain import Head
from scoring.audit.store.database import engine_of
from scoring.audit.store.writer_frames import heard_answers
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import JournalError
from scoring.server.identity import ANONYMOUS
from scoring.service import Service
from tests.running import run

CLIENT = 100002
pytestmark = pytest.mark.skipif(not apart.AVAILABLE, reason="the writer has a process of its own on POSIX systems only")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'journal.sqlite'}"


@pytest.fixture
def own(demo: Service, url: str) -> Iterator[Recorder]:
    journal = Journal(url, apart=True)
    yield Recorder(demo, journal)
    journal.close()


def writer_of(recorder: Recorder) -> "subprocess.Popen[bytes]":
    process = recorder.journal._apart
    assert process is not None
    assert process._process is not None
    return process._process


async def decide(recorder: Recorder) -> Decided:
    return await recorder.decide_known_async(CLIENT, who=ANONYMOUS, source="api")


def test_what_many_ask_at_once_is_one_chain_with_what_threads_record(own: Recorder, url: str) -> None:
    async def ask() -> list[Decided]:
        first = await decide(own)
        assert own.replay(first.decision_id).same
        noted = asyncio.to_thread(own.note, CLIENT, "from a thread", ANONYMOUS)
        blocking = asyncio.to_thread(own.decide_known, CLIENT, who=ANONYMOUS, source="page")
        many = await asyncio.gather(*(decide(own) for _ in range(100)), blocking, noted)
        own.decide_known(CLIENT, who=ANONYMOUS, source="page")  # in the loop itself: it must not wait for itself
        return [first, *(one for one in many if isinstance(one, Decided))]

    made = run(ask())
    found = verify(engine_of(url), anchors=[own.head])
    assert (found.entries, found.faults) == (104, ())
    assert len({one.decision_id for one in made}) == 102


def test_a_writer_that_is_killed_is_replaced_and_nothing_answered_is_lost(own: Recorder, url: str) -> None:
    async def ask() -> tuple[int, int]:
        await decide(own)
        first = writer_of(own)
        asking = [asyncio.ensure_future(decide(own)) for _ in range(20)]
        await asyncio.sleep(0)
        first.kill()
        told = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(one, Decided | JournalError) for one in told)
        after = await decide(own)
        assert writer_of(own).pid != first.pid
        assert own.replay(after.decision_id).same
        return sum(isinstance(one, Decided) for one in told) + 2, 22

    answered, asked = run(ask())
    found = verify(engine_of(url))
    assert found.faults == ()
    assert answered <= found.entries <= asked


def test_a_writer_that_stands_still_is_replaced(own: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        await decide(own)
        monkeypatch.setattr(apart, "PATIENCE", 0.2)
        os.kill(writer_of(own).pid, signal.SIGSTOP)
        with pytest.raises(JournalError, match="must be recorded before it is given"):
            await decide(own)
        monkeypatch.setattr(apart, "PATIENCE", 15.0)
        assert await decide(own)

    run(ask())


def test_a_place_that_cannot_be_written_refuses_and_recovers(demo: Service, tmp_path: Path) -> None:
    place = tmp_path / "later"
    place.write_text("a file where a folder must be")
    journal = Journal(f"sqlite:///{place / 'journal.sqlite'}", apart=True)
    own = Recorder(demo, journal)

    async def ask() -> None:
        with pytest.raises(JournalError, match="must be recorded before it is given"):
            await decide(own)
        place.unlink()
        made = await decide(own)
        assert own.replay(made.decision_id).same

    run(ask())
    journal.close()


def test_a_group_larger_than_the_socket_goes_piece_by_piece(own: Recorder) -> None:
    purpose = "x" * 100_000

    async def ask() -> None:
        await asyncio.gather(
            *(own.decide_known_async(CLIENT, who=ANONYMOUS, source="api", purpose=purpose) for _ in range(30))
        )

    run(ask())
    assert len(own.history_of(CLIENT)) == 30


def test_it_ends_with_the_service(own: Recorder, lines: Callable[[int], list[str]]) -> None:
    run(decide(own))
    process = writer_of(own)
    own.journal.close()
    assert process.poll() == 0


@pytest.fixture
def lines() -> Callable[[int], list[str]]:
    return lambda pid: Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def test_the_address_is_in_no_command_line(own: Recorder, url: str, lines: Callable[[int], list[str]]) -> None:
    if sys.platform != "linux":
        pytest.skip("command lines are read where Linux shows them")
    assert url not in "".join(lines(writer_of(own).pid))


def test_it_loads_little(own: Recorder) -> None:
    code = (
        "import sys, scoring.audit.store.__main__;"
        "print(sorted({'polars', 'pandas', 'numpy', 'gradio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def recovered(recorder: Recorder) -> Decided:
    """The first decision that is given again."""
    for _ in range(500):
        try:
            return await decide(recorder)
        except JournalError:
            await asyncio.sleep(0.02)
    raise AssertionError("no decision was given again")


@contextmanager
def no_descriptor_left() -> Iterator[None]:
    """Every descriptor of this process in use: what is open stays open, nothing more can be opened."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())), before[1]))
    held: list[int] = []
    try:
        with suppress(OSError):
            while True:
                held.append(os.dup(0))
        yield
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.skipif(sys.platform != "linux", reason="open descriptors are counted where Linux shows them")
def test_a_writer_killed_with_all_descriptors_in_use_fails_who_waits_at_once_and_comes_back(own: Recorder) -> None:
    async def ask() -> None:
        await decide(own)
        first = writer_of(own)
        with no_descriptor_left():
            asking = [asyncio.ensure_future(decide(own)) for _ in range(20)]
            await asyncio.sleep(0)
            first.kill()
            async with asyncio.timeout(apart.PATIENCE / 2):
                told = await asyncio.gather(*asking, return_exceptions=True)
                assert all(isinstance(one, Decided | JournalError) for one in told)
                for _ in range(3):
                    with pytest.raises(JournalError, match="must be recorded before it is given"):
                        await decide(own)
                with pytest.raises(JournalError):
                    await own.journal.check_writers()
        assert own.replay((await recovered(own)).decision_id).same
        await own.journal.check_writers()

    run(ask())


@pytest.mark.parametrize(
    "failure", [OSError(errno.EMFILE, ""), OSError(errno.ENOMEM, ""), BlockingIOError(), MemoryError(), RuntimeError()]
)
def test_whatever_keeps_a_writer_from_starting_is_survived(
    own: Recorder, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = 0

    def fails() -> None:
        nonlocal attempts
        attempts += 1
        raise failure

    async def ask() -> None:
        await decide(own)
        monkeypatch.setattr(apart, "FIRST_DELAY", 0.001)
        with monkeypatch.context() as broken:
            broken.setattr(apart, "_started", fails)
            writer_of(own).kill()
            while attempts < 4:
                with suppress(JournalError):
                    await decide(own)
                await asyncio.sleep(0.001)
        assert await recovered(own)

    run(ask())


def test_a_service_that_starts_without_a_writer_gets_one(
    demo: Service, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise OSError(errno.EMFILE, "")

    with monkeypatch.context() as broken:
        broken.setattr(apart, "_started", fails)
        journal = Journal(url, apart=True)
    own = Recorder(demo, journal)

    async def ask() -> None:
        with pytest.raises(JournalError, match="must be recorded before it is given"):
            await decide(own)
        assert await recovered(own)

    run(ask())
    journal.close()


def test_a_writer_that_cannot_live_is_started_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[tuple[float, Callable[[], None]]] = []

    class Loop:
        def call_later(self, delay: float, what: Callable[[], None]) -> None:
            waiting.append((delay, what))

    def fails() -> None:
        raise OSError(errno.EMFILE, "")

    monkeypatch.setattr(apart, "_started", fails)
    made = apart.Apart("", Head, lambda *_: None)
    made._loop = cast("asyncio.AbstractEventLoop", Loop())
    made._start_later()
    for at in range(2_000):  # an hour and more
        waiting[at][1]()
    delays = [delay for delay, _ in waiting]
    assert delays[:7] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0]
    assert set(delays[7:]) == {apart.LONGEST_DELAY}
    made.close()


@pytest.mark.parametrize("answers", [[], [None], "neither", [[1, "", "", ""], [2, "", "", ""], [3, "", "", ""]]])
def test_an_answer_that_cannot_be_read_fails_who_waits(
    own: Recorder, answers: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask() -> None:
        await decide(own)
        monkeypatch.setattr(apart, "PATIENCE", 0.5)  # for an answer that is none
        with monkeypatch.context() as broken:
            broken.setattr(apart, "heard_answers", lambda _: heard_answers(cast("list[object]", answers)))
            with pytest.raises(JournalError, match="must be recorded before it is given"):
                await decide(own)
        monkeypatch.setattr(apart, "PATIENCE", 15.0)
        assert await recovered(own)

    run(ask())


def test_what_cannot_be_handed_to_the_writer_is_refused(own: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        await decide(own)
        for failure in (struct.error(), OSError(errno.ENOSPC, "")):

            def fails(_: object, failure: Exception = failure) -> bytes:
                raise failure

            with monkeypatch.context() as broken:
                broken.setattr(apart, "frame", fails)
                with pytest.raises(JournalError, match="must be recorded before it is given"):
                    await decide(own)
        assert await decide(own)

    run(ask())


def test_a_probe_asks_both_writers_and_adds_nothing(own: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask() -> None:
        await own.journal.check_writers()
        await decide(own)
        await own.journal.check_writers()
        assert own.head.seq == 1
        monkeypatch.setattr("scoring.audit.writer.PROBE_PATIENCE", 0.2)
        os.kill(writer_of(own).pid, signal.SIGSTOP)
        with pytest.raises(JournalError, match="TimeoutError"):
            await own.journal.check_writers()
        os.kill(writer_of(own).pid, signal.SIGCONT)
        monkeypatch.setattr("scoring.audit.writer.PROBE_PATIENCE", 5.0)
        await own.journal.check_writers()
        with monkeypatch.context() as broken:
            broken.setattr(own.journal._writer, "write", lambda entries: [JournalError("not now")] * len(entries))
            with pytest.raises(JournalError, match="not now"):
                await own.journal.check_writers()

    run(ask())


def test_a_thread_that_fails_to_answer_a_group_goes_on(own: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(own.journal, "_note", None)
        with pytest.raises(JournalError, match="TypeError"):
            own.decide_known(CLIENT, who=ANONYMOUS, source="page")
    assert own.decide_known(CLIENT, who=ANONYMOUS, source="page")


def test_an_end_that_was_cut_is_seen_whichever_writer_wrote_it(own: Recorder, url: str) -> None:
    async def ask() -> None:
        await decide(own)
        await asyncio.to_thread(own.decide_known, CLIENT, who=ANONYMOUS, source="page")
        own.journal.record("note", {"version": 1}, inside=lambda _: None).wait()  # by the thread
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as other, other:
            for table in ("journal_entries", "journal_payloads"):
                other.execute(f"DELETE FROM {table} WHERE seq = 3")  # noqa: S608  # ours
        for _ in range(2):
            with pytest.raises(JournalError, match="must go on from entry 3"):
                await decide(own)
        with pytest.raises(JournalError, match="must go on from entry 3"):
            await own.journal.check_writers()

    run(ask())
