"""What is written into the ledger, and what it became."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection

from scoring.audit.store.chain import Link, canonical, commitment, new_salt

# What a decision is called: an UUID of its own, or the batch's with its number in it, ``UUID.17``.

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DECISION_ID = rf"^{UUID}(?:\.[0-9]{{1,9}})?$"
"""Regular expression of a decision's id."""
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
_ROW = re.compile(rf"({UUID})\.([0-9]{{1,9}})")


def new_id() -> str:
    """An UUID of version 7 (RFC 9562): names that follow each other lie beside each other in the store's index."""
    ms, drawn = f"{time.time_ns() // 1_000_000:012x}", os.urandom(10).hex()
    return f"{ms[:8]}-{ms[8:]}-7{drawn[:3]}-{_VARIANT[drawn[3]]}{drawn[4:7]}-{drawn[7:19]}"


class Place(NamedTuple):
    """A row of a batch: the batch and its number in it, from 0."""

    batch_id: str
    position: int


def row_in_batch(decision_id: str) -> Place | None:
    """Where a decision lies that was made in a batch; None for one of its own.

    >>> row_in_batch("0e37df36-f698-41e6-a49e-ccd29eb9d3a8.17").position
    17
    >>> row_in_batch("0e37df36-f698-41e6-a49e-ccd29eb9d3a8") is None
    True
    """
    found = _ROW.fullmatch(decision_id)
    return None if found is None else Place(found[1], int(found[2]))


def name_in_batch(batch_id: str, position: int) -> str:
    """The id of a decision that was made in a batch."""
    return f"{batch_id}.{position}"


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
