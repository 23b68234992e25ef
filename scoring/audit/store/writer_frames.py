"""What the service and the process that writes say to each other: JSON in frames, over a pair of sockets."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from scoring.audit.store.entries import Answer, Entry, Found, Model, Salted, Written
from scoring.errors import JournalError

_LENGTH = struct.Struct(">I")


def frame(message: Any) -> bytes:
    """A message as it is sent."""
    body = orjson.dumps(message)
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Puts received bytes together to messages again."""

    def __init__(self) -> None:
        self._received = bytearray()

    def take(self, data: bytes) -> Iterator[Any]:
        """The messages that are whole after some more bytes."""
        received = self._received
        received += data
        while len(received) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(received)[0]
            if len(received) < end:
                return
            message = orjson.loads(received[_LENGTH.size : end])
            del received[:end]
            yield message


def said_entries(entries: Sequence[Entry]) -> list[Any]:
    """Entries as a message holds them; without what is done inside, which can't leave its process."""
    return [
        (
            one.kind,
            one.entry_id,
            one.text,
            tuple(one.found),
            None if one.model is None else one.model.digest,
            [(row.client_id, row.salt, row.row) for row in one.rows],
            one.first,
        )
        for one in entries
    ]


def heard_entries(said: Sequence[Any], documents: dict[str, str]) -> list[Entry]:
    """Entries again, with the documents that came with them."""
    return [
        Entry(
            kind,
            entry_id,
            text,
            Found(*found),
            None if digest is None else Model(digest, lambda digest=digest: documents[digest]),  # type: ignore[misc]
            [Salted(*row) for row in rows],
            first,
        )
        for kind, entry_id, text, found, digest, rows, first in said
    ]


def said_answers(answers: Sequence[Answer]) -> list[Any]:
    """Answers as a message holds them: a written entry as a list, a failure as its text."""
    return [tuple(answer) if isinstance(answer, Written) else str(answer) for answer in answers]


def heard_answers(said: Sequence[Any]) -> list[Answer]:
    """Answers again."""
    return [JournalError(one) if isinstance(one, str) else Written(*one) for one in said]
