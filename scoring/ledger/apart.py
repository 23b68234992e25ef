"""The writer in a process of its own, as the service sees it: it takes groups from the event loop, and answers there.

The rule: the loop never waits for the disk, nor for an interpreter that another thread holds. A writer that ends, or
does not answer in time, fails the group that it had, and the next group gets a new one.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from scoring.ledger.chain import Head
from scoring.ledger.entries import Answer
from scoring.ledger.frames import Frames, frame, heard_answers, said_entries
from scoring.ledger.groups import failed, not_recorded
from scoring.ledger.waiting import Waiting

_log = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 15.0
"""Seconds that the writer has for a group."""
TO_END = 10.0
"""Seconds that it has to end."""
_AT_ONCE = 1 << 20
AVAILABLE = hasattr(socket, "AF_UNIX") and sys.platform != "win32"
"""Whether this system can hand a socket to a process."""


class Apart:
    """The writer's process. Everything but the making and `close` happens in one event loop's thread.

    Parameters
    ----------
    url : the journal's address; it goes over the socket, for it may hold a password
    told : what takes a group's answers, and the new head
    """

    def __init__(self, url: str, told: Callable[[list[Waiting], list[Answer], Head], None]) -> None:
        self._url, self._told = url, told
        self._head = Head()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: deque[Waiting] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._start()

    def hand(self, group: list[Waiting]) -> None:
        """Give the writer a group."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._link, self._hear)
        new = {one.entry.model.digest: one.entry.model for one in group if one.entry.model is not None}
        try:
            models = {digest: new[digest].document() for digest in new.keys() - self._sent}
            data = frame({"models": models, "entries": said_entries([one.entry for one in group])})
        except (TypeError, ValueError) as error:  # what can't be said must not be waited for
            self._told(group, [failed(error)] * len(group), self._head)
            return
        self._sent |= new.keys()
        self._under_way += group
        if self._timer is None:
            self._timer = self._loop.call_later(PATIENCE, self._late)
        self._send(data)

    def close(self) -> None:
        """End the writer, when it has written what it has."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._link)
        self._link.close()
        try:
            self._process.wait(TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> None:
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # ourselves
                [sys.executable, "-m", "scoring.ledger"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                process_group=0,  # what is typed at a terminal is for the service
            )
        self._frames = Frames()
        self._unsent = bytearray()
        self._sent: set[str] = set()
        self._link.sendall(frame({"url": self._url, "known": (self._head.seq, self._head.digest)}))
        self._link.setblocking(False)

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
            self._lost("it ended")
            return
        for message in self._frames.take(data):
            self._head = Head(*message["head"])
            self._answer(heard_answers(message["answers"]))

    def _late(self) -> None:
        self._lost("it did not answer in time")

    def _lost(self, why: str) -> None:
        """The writer is of no more use: a new one for what comes."""
        _log.error("the journal's writer is started again: %s", why)
        if self._loop is not None:
            self._loop.remove_reader(self._link)
            self._loop.remove_writer(self._link)
        self._link.close()
        self._process.kill()
        self._process.wait()
        self._start()
        if self._loop is not None:
            self._loop.add_reader(self._link, self._hear)
        self._answer([not_recorded("loss of the writer")] * len(self._under_way))

    def _answer(self, answers: list[Answer]) -> None:
        """Tell those who waited longest; the clock starts again for the others."""
        group = [self._under_way.popleft() for _ in answers]
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._under_way and self._loop is not None:
            self._timer = self._loop.call_later(PATIENCE, self._late)
        self._told(group, answers, self._head)
