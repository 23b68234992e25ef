"""What the journal knows of one client, and which reviews wait: decisions as they were communicated, overrides, notes.

The rule: everything here is read from entries; what was erased is not in it. Every list is given a page at a time,
found by an index, so that it takes as long in a long journal as in a short one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Select, select, tuple_, update

from scoring.audit.reader import opened
from scoring.audit.record import expanded
from scoring.audit.store.chain import BATCH, DECISION, NOTE, OVERRIDE, REVIEW_ASKED, REVIEW_CLOSED
from scoring.audit.store.database import ENTRIES, PAYLOADS, ROWS
from scoring.audit.store.entries import name_in_batch

A_PAGE = 50
"""Decisions, notes, reviews or events of one page, unless another number is asked for."""
MOST_OVERRIDES = 20
"""Overrides that are told of one decision: the last ones."""


class Spot(NamedTuple):
    """Where in a client's history something lies: number of the entry, and of the row where it is a batch."""

    seq: int
    position: int = 0


@dataclass(frozen=True)
class Override:
    """An officer's own outcome in place of the model's, and why."""

    entry_id: str
    at: str
    by: str
    outcome: str
    instead_of: str
    reason: str
    spot: Spot


@dataclass(frozen=True)
class Past:
    """A decision as it was given.

    Attributes
    ----------
    at : time of the writing, UTC, ISO 8601
    outcome : what the model's rule said
    overrides : what officers said instead, oldest first, at most the last `MOST_OVERRIDES`
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
    spot: Spot
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
    spot: Spot


@dataclass(frozen=True)
class Note:
    """What somebody wrote about a client."""

    entry_id: str
    at: str
    by: str
    text: str
    spot: Spot


Event = Past | Override | Review | Note


@dataclass(frozen=True)
class History:
    """One page of what happened around a client, newest first, and what the next page is asked for with."""

    events: tuple[Event, ...]
    before: Spot | None


def history_of(engine: Engine, client_id: int, *, before: Spot | None = None, limit: int = A_PAGE) -> tuple[Past, ...]:
    """The decisions on a client that were given and not erased, newest first, at most `limit`."""
    with opened(engine) as connection:
        return tuple(
            _past(one, _overrides(connection, one.entry_id)) for one in _decisions(connection, client_id, before, limit)
        )


def events_of(engine: Engine, client_id: int, *, before: Spot | None = None, limit: int = A_PAGE) -> History:
    """What happened around a client: decisions, overrides, notes, and the reviews that wait; newest first."""
    with opened(engine) as connection:
        found: list[Event] = [_past(one, ()) for one in _decisions(connection, client_id, before, limit + 1)]
        found += [_override(one) for one in _of_client(connection, client_id, OVERRIDE, before, limit + 1)]
        found += [_note(one) for one in _of_client(connection, client_id, NOTE, before, limit + 1)]
        waiting = waiting_review(connection, client_id)
    if waiting is not None and (before is None or waiting.spot < before):
        found.append(waiting)
    found.sort(key=lambda one: one.spot, reverse=True)
    return History(tuple(found[:limit]), found[limit - 1].spot if len(found) > limit else None)


def overrides_of(engine: Engine, decision_id: str) -> tuple[Override, ...]:
    """What officers said in place of one decision, oldest first, at most the last `MOST_OVERRIDES`."""
    with opened(engine) as connection:
        return _overrides(connection, decision_id)


def last_override(connection: Connection, decision_id: str) -> Override | None:
    """What was said last in place of a decision."""
    return next(iter(_overrides(connection, decision_id, 1)), None)


def reviews(engine: Engine, *, open_only: bool = True, after: int = 0, limit: int = A_PAGE) -> tuple[Review, ...]:
    """The reviews asked for behind an entry's number, oldest first, at most `limit`."""
    seq = PAYLOADS.c.seq if open_only else ENTRIES.c.seq
    which = PAYLOADS.c.waits == 1 if open_only else ENTRIES.c.kind == REVIEW_ASKED
    query = _with_payloads().where(which, seq > after).order_by(seq).limit(limit)
    if open_only:
        query = query.where(PAYLOADS.c.waits.is_not(None))
    with opened(engine) as connection:
        return tuple(_review(connection, one) for one in _found(connection, query))


def review_named(connection: Connection, review_id: str) -> Review | None:
    """One review; None where there is none of that name, or it was erased."""
    named = _with_payloads().where(ENTRIES.c.decision_id == review_id, ENTRIES.c.kind == REVIEW_ASKED)
    return next((_review(connection, one) for one in _found(connection, named)), None)


def waiting_review(connection: Connection, client_id: int) -> Review | None:
    """The review that waits for a client; it is the last one that was asked for."""
    last = next(iter(_of_client(connection, client_id, REVIEW_ASKED, None, 1)), None)
    found = None if last is None else _review(connection, last)
    return found if found is not None and found.closing is None else None


def end_waiting(connection: Connection, review: Review) -> None:
    """Take a review that is about to be closed out of those that wait."""
    connection.execute(update(PAYLOADS).where(PAYLOADS.c.seq == review.spot.seq).values(waits=None))


def notes_of(engine: Engine, client_id: int, *, before: Spot | None = None, limit: int = A_PAGE) -> tuple[Note, ...]:
    """What was written about a client, newest first, at most `limit`."""
    with opened(engine) as connection:
        return tuple(_note(one) for one in _of_client(connection, client_id, NOTE, before, limit))


@dataclass(frozen=True)
class _Found:
    spot: Spot
    at: str
    entry_id: str
    payload: dict[str, Any]


def _with_payloads() -> Select[Any]:
    return select(ENTRIES.c.seq, ENTRIES.c.at, ENTRIES.c.decision_id, PAYLOADS.c.payload).join(
        PAYLOADS, PAYLOADS.c.seq == ENTRIES.c.seq
    )


def _found(connection: Connection, query: Select[Any]) -> list[_Found]:
    return [_Found(Spot(seq), at, name, json.loads(payload)) for seq, at, name, payload in connection.execute(query)]


def _of_client(connection: Connection, client_id: int, kind: str, before: Spot | None, limit: int) -> list[_Found]:
    """Entries of one kind about a client, newest first."""
    query = _with_payloads().where(PAYLOADS.c.client_id == client_id, PAYLOADS.c.kind == kind)
    if before is not None:
        query = query.where(PAYLOADS.c.seq < before.seq)
    return _found(connection, query.order_by(PAYLOADS.c.seq.desc()).limit(limit))


def _decisions(connection: Connection, client_id: int, before: Spot | None, limit: int) -> list[_Found]:
    """Decisions on a client, of their own and of batches, newest first."""
    found = [
        *_of_client(connection, client_id, DECISION, before, limit),
        *_in_batches(connection, client_id, before, limit),
    ]
    return sorted(found, key=lambda one: one.spot, reverse=True)[:limit]


def _in_batches(connection: Connection, client_id: int, before: Spot | None, limit: int) -> Iterator[_Found]:
    query = (
        select(ROWS.c.seq, ROWS.c.position, ENTRIES.c.at, ENTRIES.c.decision_id, PAYLOADS.c.payload, ROWS.c.row)
        .join(ENTRIES, ENTRIES.c.seq == ROWS.c.seq)
        .join(PAYLOADS, PAYLOADS.c.seq == ROWS.c.seq)
        .where(ROWS.c.client_id == client_id, ENTRIES.c.kind == BATCH)
        .order_by(ROWS.c.seq.desc(), ROWS.c.position.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(ROWS.c.seq, ROWS.c.position) < tuple_(*before))
    for seq, position, at, batch_id, shared, row in connection.execute(query):
        payload = expanded(json.loads(shared), json.loads(row))
        yield _Found(Spot(seq, position), at, name_in_batch(batch_id, position), payload)


def _overrides(connection: Connection, decision_id: str, limit: int = MOST_OVERRIDES) -> tuple[Override, ...]:
    """The last overrides of a decision, oldest first."""
    return tuple(_override(one) for one in reversed(_about(connection, decision_id, OVERRIDE, limit)))


def _about(connection: Connection, name: str, kind: str, limit: int) -> list[_Found]:
    """Entries of one kind about a decision or a review, newest first."""
    which: Sequence[ColumnElement[bool]] = (PAYLOADS.c.about == name, PAYLOADS.c.kind == kind)
    return _found(connection, _with_payloads().where(*which).order_by(PAYLOADS.c.seq.desc()).limit(limit))


def _past(one: _Found, overrides: tuple[Override, ...]) -> Past:
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
        spot=one.spot,
        overrides=overrides,
    )


def _override(one: _Found) -> Override:
    override = one.payload
    return Override(
        one.entry_id, one.at, _by(one), override["outcome"], override["instead_of"], override["reason"], one.spot
    )


def _review(connection: Connection, one: _Found) -> Review:
    closed = next(iter(_about(connection, one.entry_id, REVIEW_CLOSED, 1)), None)
    return Review(
        review_id=one.entry_id,
        at=one.at,
        client_id=one.payload["client_id"],
        decision_id=one.payload["about"],
        by=_by(one),
        reason=one.payload["reason"],
        closing=None
        if closed is None
        else Closing(closed.at, _by(closed), closed.payload["outcome"], closed.payload["reason"]),
        spot=one.spot,
    )


def _note(one: _Found) -> Note:
    return Note(one.entry_id, one.at, _by(one), one.payload["text"], one.spot)


def _by(one: _Found) -> str:
    return str(one.payload["asked_by"])
