"""The writer in a process of its own, as the service sees it: it takes groups from the event loop, and answers there.

The rule: the loop never waits for the disk, nor for an interpreter that another thread holds. A writer that ends, or
does not answer in time, fails what it had at once. A new one is started, again and again with growing delays where that
fails; until there is one, whatever comes is refused at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable

from scoring.audit.store.chain import Head
from scoring.audit.store.entries import Answer
from scoring.audit.store.group_commit import failed, not_recorded
from scoring.audit.store.waiters import Waiting
from scoring.audit.store.writer_frames import Frames, frame, heard_answers, said_entries
from scoring.settings import ROOT

_log = logging.getLogger(__name__)
PATIENCE = 15.0
"""Seconds that the writer has for a group."""
TO_END = 10.0
"""Seconds that it has to end."""
FIRST_DELAY, LONGEST_DELAY = 0.1, 5.0
"""Seconds before the second attempt to start a writer; each further one waits twice as long, up to the longest."""
_AT_ONCE = 1 << 20
AVAILABLE = hasattr(socket, "AF_UNIX") and sys.platform != "win32"
"""Whether this system can hand a socket to a process."""


class Apart:
    """The writer's process. Everything but the making and `close` happens in one event loop's thread.

    Parameters
    ----------
    url : the journal's address; it goes over the socket, for it may hold a password
    known : what tells the head that the journal must hold
    told : what takes a group's answers, and the new head
    """

    def __init__(
        self, url: str, known: Callable[[], Head], told: Callable[[list[Waiting], list[Answer], Head], None]
    ) -> None:
        self._url, self._known, self._told = url, known, told
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: deque[Waiting] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ended: list[subprocess.Popen[bytes]] = []
        self._closed = False
        self._starts = 0
        """Attempts to start a writer since one last answered."""
        self._start()

    def hand(self, group: list[Waiting]) -> None:
        """Give the writer a group; refuse it where there is no writer. Whatever happens, the group is answered."""
        try:
            self._hand(group)
        except Exception as error:  # noqa: BLE001  # what can't be said must not be waited for
            self._told(group, [failed(error)] * len(group), Head())

    def close(self) -> None:
        """End the writer, when it has written what it has."""
        self._closed = True
        process, self._process = self._process, None
        if process is not None:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.remove_reader(self._link)
            self._link.close()
            self._ended.append(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(TO_END)
        for one in self._ended:
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.kill()
                one.wait(TO_END)

    def _hand(self, group: list[Waiting]) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            if self._process is None:
                self._start_later()
            else:
                self._loop.add_reader(self._link, self._hear)
        if self._process is None:
            self._told(group, [not_recorded("no writer")] * len(group), Head())
            return
        new = {one.entry.model.digest: one.entry.model for one in group if one.entry.model is not None}
        models = {digest: new[digest].document() for digest in new.keys() - self._sent}
        known, entries = self._known(), said_entries([one.entry for one in group])
        data = frame({"models": models, "known": (known.seq, known.digest), "entries": entries})
        self._send(data)
        self._sent |= new.keys()
        self._under_way += group
        if self._timer is None:
            self._timer = self._loop.call_later(PATIENCE, self._lose, "it did not answer in time")

    def _start(self) -> None:
        """Try to start a writer; where that fails, for whatever reason, try again later."""
        self._starts += 1
        self._ended = [one for one in self._ended if one.poll() is None]
        try:
            self._link, self._process = _started()
        except Exception as error:  # noqa: BLE001  # such as no descriptor, no memory, no process left
            _log.error("the journal's writer could not be started: %s", type(error).__name__)
            self._start_later()
            return
        self._frames = Frames()
        self._unsent = bytearray()
        self._sent: set[str] = set()
        known = self._known()
        self._send(frame({"url": self._url, "known": (known.seq, known.digest)}))
        if self._loop is not None:
            self._loop.add_reader(self._link, self._hear)

    def _start_later(self) -> None:
        """Start a writer after a delay; before there is a loop to wait in, the first group begins it."""
        if self._loop is not None:
            delay = min(FIRST_DELAY * 2.0 ** min(self._starts - 1, 10), LONGEST_DELAY)
            self._loop.call_later(delay, self._start_again)

    def _start_again(self) -> None:
        if self._process is None and not self._closed:
            self._start()

    def _send(self, data: bytes) -> None:
        """Send without waiting; what the socket does not take at once goes when it can."""
        if not self._unsent:
            sent = self._sent_of(data)
            if sent == len(data) or self._loop is None:
                return
            data = data[sent:]
            self._loop.add_writer(self._link, self._send_more)
        self._unsent += data

    def _send_more(self) -> None:
        del self._unsent[: self._sent_of(self._unsent)]
        if not self._unsent and self._loop is not None:
            self._loop.remove_writer(self._link)

    def _sent_of(self, data: bytes | bytearray) -> int:
        try:
            return self._link.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)  # the end shows to the reader

    def _hear(self) -> None:
        try:
            data = self._link.recv(_AT_ONCE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose("it ended")
            return
        try:
            for message in self._frames.take(data):
                self._starts = 0
                self._answer(heard_answers(message["answers"]), Head(*message["head"]))
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody may wait for an answer that can't be read
            self._lose(f"its answer could not be read: {type(error).__name__}")

    def _lose(self, why: str) -> None:
        """Give the writer up: who waits for it is answered first, then a new one is started."""
        _log.error("the journal's writer is started again: %s", why)
        process, self._process = self._process, None
        if self._loop is not None:
            self._loop.remove_reader(self._link)
            self._loop.remove_writer(self._link)
        self._link.close()
        if process is not None:
            process.kill()
            self._ended.append(process)  # its end is not waited for here: it may hang in the disk
        try:
            self._answer([not_recorded("loss of the writer")] * len(self._under_way), Head())
        finally:
            if self._starts:  # it never answered: not at once, or one that can't live is started without end
                self._start_later()
            else:
                self._start()

    def _answer(self, answers: list[Answer], head: Head) -> None:
        """Tell those who waited longest; the clock starts again for the others."""
        if len(answers) > len(self._under_way):
            raise ValueError(f"at most {len(self._under_way)} answers may come; got {len(answers)}")
        group = [self._under_way.popleft() for _ in answers]
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._under_way and self._loop is not None:
            self._timer = self._loop.call_later(PATIENCE, self._lose, "it did not answer in time")
        self._told(group, answers, head)


def _started() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """A new writer and our end of its socket; where it can't be started, nothing stays open."""
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = subprocess.Popen(  # ourselves
                [sys.executable, "-m", "scoring.audit.store"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                process_group=0,  # what is typed at a terminal is for the service
            )
    except BaseException:
        ours.close()
        raise
    ours.setblocking(False)
    return ours, process
