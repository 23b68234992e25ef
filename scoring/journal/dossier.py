"""What the journal knows of one client, and which reviews wait: decisions as they were communicated, overrides, notes.

The rule: everything here is read from entries; what was erased is not in it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select

from scoring.journal.reading import opened
from scoring.journal.record import expanded
from scoring.ledger.chain import BATCH, DECISION, NOTE, OVERRIDE, REVIEW_ASKED, REVIEW_CLOSED
from scoring.ledger.identifiers import name_in_batch
from scoring.ledger.store import ENTRIES, PAYLOADS, ROWS


@dataclass(frozen=True)
class Override:
    """An officer's own outcome in place of the model's, and why."""

    entry_id: str
    at: str
    by: str
    outcome: str
    instead_of: str
    reason: str


@dataclass(frozen=True)
class Past:
    """A decision as it was given.

    Attributes
    ----------
    at : time of the writing, UTC, ISO 8601
    outcome : what the model's rule said
    overrides : what officers said instead, oldest first
    """

    decision_id: str
    at: str
    client_id: int | None
    outcome: str
    pd: float
    points: float
    model_version: str
    source: str
    asked_by: str
    purpose: str
    overrides: tuple[Override, ...] = ()

    @property
    def stands(self) -> str:
        """The outcome that counts: the last override's, else the model's."""
        return self.overrides[-1].outcome if self.overrides else self.outcome


@dataclass(frozen=True)
class Closing:
    """How a review ended."""

    at: str
    by: str
    outcome: str
    reason: str


@dataclass(frozen=True)
class Review:
    """A client whom a person must look at; `closing` is None while it waits."""

    review_id: str
    at: str
    client_id: int | None
    decision_id: str | None
    by: str
    reason: str
    closing: Closing | None


@dataclass(frozen=True)
class Note:
    """What somebody wrote about a client."""

    entry_id: str
    at: str
    by: str
    text: str


def history_of(engine: Engine, client_id: int) -> tuple[Past, ...]:
    """Every decision on a client that was given and not erased, newest first."""
    with opened(engine) as connection:
        found = [*_found(connection, PAYLOADS.c.client_id == client_id, DECISION), *_in_batches(connection, client_id)]
        found.sort(key=lambda one: one.seq, reverse=True)
        overrides = _overrides(connection, [one.entry_id for one in found])
    return tuple(_past(one, overrides.get(one.entry_id, ())) for one in found)


def overrides_of(engine: Engine, decision_id: str) -> tuple[Override, ...]:
    """What officers said in place of one decision, oldest first."""
    with opened(engine) as connection:
        return tuple(_overrides(connection, [decision_id]).get(decision_id, ()))


def reviews(engine: Engine, *, open_only: bool = True) -> tuple[Review, ...]:
    """The reviews asked for, oldest first."""
    with opened(engine) as connection:
        found = all_reviews(connection)
    return tuple(one for one in found if one.closing is None) if open_only else found


def all_reviews(connection: Connection) -> tuple[Review, ...]:
    """The reviews asked for, open and closed, oldest first."""
    closed = {
        one.payload["about"]: Closing(one.at, _by(one), one.payload["outcome"], one.payload["reason"])
        for one in _found(connection, ENTRIES.c.kind == REVIEW_CLOSED, REVIEW_CLOSED)
    }
    return tuple(
        Review(
            review_id=one.entry_id,
            at=one.at,
            client_id=one.payload["client_id"],
            decision_id=one.payload["about"],
            by=_by(one),
            reason=one.payload["reason"],
            closing=closed.get(one.entry_id),
        )
        for one in _found(connection, ENTRIES.c.kind == REVIEW_ASKED, REVIEW_ASKED)
    )


def notes_of(engine: Engine, client_id: int) -> tuple[Note, ...]:
    """What was written about a client, newest first."""
    with opened(engine) as connection:
        found = _found(connection, PAYLOADS.c.client_id == client_id, NOTE)
    return tuple(Note(one.entry_id, one.at, _by(one), one.payload["text"]) for one in reversed(found))


@dataclass(frozen=True)
class _Found:
    seq: int
    at: str
    entry_id: str
    payload: dict[str, Any]


def _found(connection: Connection, which: ColumnElement[bool], kind: str) -> list[_Found]:
    """Entries of one kind with their payloads, in order."""
    query = (
        select(ENTRIES.c.seq, ENTRIES.c.at, ENTRIES.c.decision_id, PAYLOADS.c.payload)
        .join(PAYLOADS, PAYLOADS.c.seq == ENTRIES.c.seq)
        .where(which, ENTRIES.c.kind == kind)
        .order_by(ENTRIES.c.seq)
    )
    return [_Found(seq, at, name, json.loads(payload)) for seq, at, name, payload in connection.execute(query)]


def _in_batches(connection: Connection, client_id: int) -> Iterator[_Found]:
    query = (
        select(ENTRIES.c.seq, ENTRIES.c.at, ENTRIES.c.decision_id, PAYLOADS.c.payload, ROWS.c.position, ROWS.c.row)
        .join(ENTRIES, ENTRIES.c.seq == ROWS.c.seq)
        .join(PAYLOADS, PAYLOADS.c.seq == ROWS.c.seq)
        .where(ROWS.c.client_id == client_id, ENTRIES.c.kind == BATCH)
    )
    for seq, at, batch_id, shared, position, row in connection.execute(query):
        yield _Found(seq, at, name_in_batch(batch_id, position), expanded(json.loads(shared), json.loads(row)))


def _overrides(connection: Connection, decisions: Sequence[str]) -> dict[str, list[Override]]:
    found: dict[str, list[Override]] = defaultdict(list)
    for one in _found(connection, PAYLOADS.c.about.in_(decisions), OVERRIDE):
        said = one.payload
        found[said["about"]].append(
            Override(one.entry_id, one.at, _by(one), said["outcome"], said["instead_of"], said["reason"])
        )
    return found


def _past(one: _Found, overrides: Sequence[Override]) -> Past:
    payload = one.payload
    return Past(
        decision_id=one.entry_id,
        at=one.at,
        client_id=payload["client_id"],
        outcome=payload["decision"],
        pd=payload["pd"],
        points=payload["points"],
        model_version=payload["model"]["version"],
        source=payload["source"],
        asked_by=_by(one),
        purpose=payload["purpose"],
        overrides=tuple(overrides),
    )


def _by(one: _Found) -> str:
    return str(one.payload["asked_by"])
