"""The head of the chain noted outside the journal, so that a cut end, or a chain written anew, shows.

The rule: an anchor that does not answer delays no decision; it is logged, and the next one holds what it missed, for a
head holds every entry before it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from scoring.audit.store.chain import Head
from scoring.errors import SettingsError

_log = logging.getLogger(__name__)
_HEAD = re.compile(r"(?<![0-9])([0-9]{1,18}):([0-9a-f]{64})(?![0-9a-f])")
_PLAIN = [("http", host) for host in ("127.0.0.1", "::1", "localhost")]
LOOK_EVERY = 1.0
"""Seconds between two looks at the head."""
TIMEOUT = 5.0
"""Seconds that an endpoint has to answer."""


class Anchor(Protocol):
    """Where heads are noted."""

    def note(self, head: Head, at: str) -> None:
        """Note a head; any exception means that it was not noted."""


class FileAnchor:
    """A line of JSON for each head, at the end of a file, on the disk before `note` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, head: Head, at: str) -> None:
        """Add a line."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps({"at": at, "head": str(head)}) + "\n")
            file.flush()
            os.fsync(file.fileno())


class LogAnchor:
    """A line of the service's own log, for whoever collects logs elsewhere."""

    def note(self, head: Head, at: str) -> None:
        """Log it."""
        _log.info("journal head %s at %s", head, at)


class EndpointAnchor:
    """An address that takes ``{"at": …, "head": "SEQ:DIGEST"}`` by POST and answers with a status of 2xx."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(timeout=TIMEOUT)
        self._url = url

    def note(self, head: Head, at: str) -> None:
        """Send it."""
        self._client.post(self._url, json={"at": at, "head": str(head)}).raise_for_status()


def anchor_of(stated: str) -> Anchor:
    """The anchor that a setting names: ``file:PATH``, ``log`` or ``https://…``.

    Raises
    ------
    SettingsError
        When it is none of these.
    """
    kind, _, rest = stated.partition(":")
    if stated == "log":
        return LogAnchor()
    if kind == "file" and rest:
        return FileAnchor(Path(rest))
    address = urlsplit(stated)
    if address.hostname and (address.scheme == "https" or (address.scheme, address.hostname) in _PLAIN):
        return EndpointAnchor(stated)
    raise SettingsError(  # without the address: it may hold a password
        "An anchor of the journal must be file:PATH, log or https://ADDRESS; got another one. Correct "
        "CLAIRSCORE_JOURNAL_ANCHOR."
    )


def heads_in(path: Path) -> Iterator[Head]:
    """The heads that a file of anchors, or of log lines, holds.

    Raises
    ------
    SettingsError
        When it can't be read, or holds none.
    """
    found = _heads_in(path)
    if not found:
        raise SettingsError(f"A file of anchors must hold SEQ:DIGEST in its lines; got none in {path}. Name another.")
    yield from found


def last_noted(stated: str) -> Head:
    """The last head that an anchor noted; `Head()` where it noted none, or can't be read back as a file can.

    Raises
    ------
    SettingsError
        When the file can't be read.
    """
    kind, _, rest = stated.partition(":")
    if kind != "file" or not Path(rest).exists():
        return Head()
    return max(reversed(_heads_in(Path(rest))), key=lambda head: head.seq, default=Head())


def _heads_in(path: Path) -> list[Head]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"A file of anchors must be readable text; got {path}: {error}.") from error
    return [Head(int(seq), digest) for seq, digest in _HEAD.findall(text)]


class Anchoring:
    """Notes the head of a chain every so many entries, every so many seconds, and at the end.

    Parameters
    ----------
    head : what tells the head
    entries, seconds : a head is noted when so many entries, or so much time, have passed since the last
    """

    def __init__(
        self, head: Callable[[], Head], anchor: Anchor, *, entries: int = 1_000, seconds: float = 60.0
    ) -> None:
        self._head, self._anchor = head, anchor
        self._entries, self._seconds = entries, seconds
        self.noted = Head()
        self._since = time.monotonic()
        self._failing = False
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal-anchor", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Note the last head, then end."""
        if not self._end.is_set():
            self._end.set()
            self._thread.join()
            self._note(self._head())

    def _run(self) -> None:
        while not self._end.wait(min(LOOK_EVERY, self._seconds)):
            head = self._head()
            if head.seq - self.noted.seq >= self._entries or time.monotonic() - self._since >= self._seconds:
                self._note(head)

    def _note(self, head: Head) -> None:
        if head == self.noted:
            return
        self._since = time.monotonic()
        try:
            self._anchor.note(head, datetime.now(UTC).isoformat(timespec="seconds"))
        except Exception as error:  # noqa: BLE001  # an anchor out of order must stop nothing
            if not self._failing:
                _log.error("the journal's head could not be noted outside: %s", type(error).__name__)
            self._failing = True
            return
        if self._failing:
            _log.info("the journal's head is noted outside again")
        self.noted, self._failing = head, False
