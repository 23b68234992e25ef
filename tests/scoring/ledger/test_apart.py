"""The writer in a process of its own: nothing is answered before it is on the disk, whatever becomes of the process."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scoring.access.identity import ANONYMOUS
from scoring.errors import JournalError
from scoring.journal import Journal, engine_of, verify
from scoring.ledger import apart
from scoring.recording import Decided, Recorder
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
        "import sys, scoring.ledger.__main__; print(sorted({'polars', 'pandas', 'numpy', 'gradio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
