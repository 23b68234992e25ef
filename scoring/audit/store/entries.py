"""What is written into the ledger, and what it became."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from scoring.audit.store.chain import Link, canonical, commitment, new_salt


class Found(NamedTuple):
    """What a text is found by, in columns beside it: they repeat what it says, and go with it."""

    client_id: int | None
    asked_by: str | None
    model: str | None
    about: str | None

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Found:
        """What a payload is found by."""
        model = payload.get("model")
        return cls(
            payload.get("client_id"), payload.get("asked_by"), model["version"] if model else None, payload.get("about")
        )


class Model(NamedTuple):
    """A document that entries rest on, kept once under its digest."""

    digest: str
    document: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Salted:
    """A row of a batch as it is kept: its salt and its JSON."""

    client_id: int | None
    salt: str
    row: str

    @classmethod
    def of(cls, client_id: int | None, row: Sequence[Any]) -> Salted:
        """Salt a row."""
        return cls(client_id, new_salt(), canonical(row))

    @property
    def commitment(self) -> str:
        """What the batch's entry commits to."""
        return commitment(self.salt, self.row)


Inside = Callable[[Connection], "tuple[str, Found] | None"]
"""What is done in the transaction before an entry is added: it may refuse the entry by a domain error, before it has
written anything, or give the entry's text."""


class Entry(NamedTuple):
    """An entry to be written.

    Attributes
    ----------
    text : what it commits to
    rows : of a batch, numbered from `first`
    """

    kind: str
    entry_id: str
    text: str
    found: Found
    model: Model | None = None
    rows: Sequence[Salted] = ()
    first: int = 0
    inside: Inside | None = None


class Written(NamedTuple):
    """What an entry became in the chain."""

    seq: int
    at: str
    commitment: str
    previous: str

    def link(self, kind: str, entry_id: str) -> Link:
        """All that the entry's digest is made of."""
        return Link(self.seq, self.at, kind, entry_id, self.commitment, self.previous)


Answer = Written | Exception
"""What became of an entry: written, or why not."""
