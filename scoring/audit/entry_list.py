"""Entries by page, newest first, as the Journal page and an auditor leaf through them.

The rule: a page is found by the number of the entry that it follows, so that what is added meanwhile moves nothing; and
by an index, so that it takes as long in a long journal as in a short one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, func, select

from scoring.audit.reader import opened
from scoring.audit.store.chain import KINDS
from scoring.audit.store.database import ENTRIES, PAYLOADS, ROWS, first_since, last_before, written

MOST_COUNTED = 100_000
"""Entries of one kind that are counted; more are said to be more."""


@dataclass(frozen=True)
class Wanted:
    """Which entries: each part that is not None must hold.

    Attributes
    ----------
    kind : one of `chain.KINDS`
    client_id : whom an entry, or a row of a batch, is about
    since, until : from this time on, and before this one
    model : version of the model that decided, or was shown
    asked_by : name of who asked
    about : the decision or the review that an entry is about
    """

    kind: str | None = None
    client_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    model: str | None = None
    asked_by: str | None = None
    about: str | None = None


@dataclass(frozen=True)
class Line:
    """One entry, and what can be said of it in a line; `payload` is None where it was erased."""

    seq: int
    at: str
    kind: str
    entry_id: str
    digest: str
    payload: dict[str, Any] | None


@dataclass(frozen=True)
class Listing:
    """One page of entries, and what the next page is asked for with; None on the last."""

    lines: tuple[Line, ...]
    before: int | None


def listing(engine: Engine, wanted: Wanted, *, before: int | None = None, limit: int = 50) -> Listing:
    """Entries that are wanted, newest first, at most `limit`, all written before the entry numbered `before`.

    Raises
    ------
    JournalError
        When the journal does not answer.
    """
    with opened(engine) as connection:
        numbers = _numbers(connection, wanted, before, limit + 1)
        lines = _lines(connection, numbers[:limit])
    return Listing(lines, lines[-1].seq if len(numbers) > limit else None)


def counts(engine: Engine) -> dict[str, int]:
    """How many entries there are of each kind, counted up to one more than `MOST_COUNTED`."""
    found: dict[str, int] = {}
    with opened(engine) as connection:
        for kind in KINDS:
            some = select(ENTRIES.c.seq).where(ENTRIES.c.kind == kind).limit(MOST_COUNTED + 1).subquery()
            found[kind] = int(connection.execute(select(func.count()).select_from(some)).scalar_one())
    return found


def _numbers(connection: Connection, wanted: Wanted, before: int | None, limit: int) -> Sequence[int]:
    """Numbers of the wanted entries, newest first."""
    payload = list(_of_payload(wanted))
    first = 1 if wanted.since is None else first_since(connection, wanted.since)
    last = None if wanted.until is None else last_before(connection, wanted.until)

    def numbers(seq: Column[int], kind: Column[str], *conditions: ColumnElement[bool]) -> Sequence[int]:
        query = select(seq).distinct() if seq.table is ROWS else select(seq)
        if seq.table is not PAYLOADS and payload:
            query = query.join(PAYLOADS, PAYLOADS.c.seq == seq)
        if seq.table is not ENTRIES:
            query = query.join(ENTRIES, ENTRIES.c.seq == seq)
        query = query.where(seq >= first, *conditions, *payload)
        if before is not None:
            query = query.where(seq < before)
        if last is not None:
            query = query.where(seq <= last)
        if wanted.kind is not None:
            query = query.where(kind == wanted.kind)
        if wanted.since is not None:
            query = query.where(ENTRIES.c.at >= written(wanted.since))
        if wanted.until is not None:
            query = query.where(ENTRIES.c.at < written(wanted.until))
        return connection.execute(query.order_by(seq.desc()).limit(limit)).scalars().all()

    if wanted.client_id is not None:
        own = numbers(PAYLOADS.c.seq, PAYLOADS.c.kind, PAYLOADS.c.client_id == wanted.client_id)
        in_batches = numbers(ROWS.c.seq, ENTRIES.c.kind, ROWS.c.client_id == wanted.client_id)
        return sorted({*own, *in_batches}, reverse=True)[:limit]
    if payload:
        return numbers(PAYLOADS.c.seq, PAYLOADS.c.kind)
    return numbers(ENTRIES.c.seq, ENTRIES.c.kind)


def _of_payload(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.model is not None:
        yield PAYLOADS.c.model == wanted.model
    if wanted.asked_by is not None:
        yield PAYLOADS.c.asked_by == wanted.asked_by
    if wanted.about is not None:
        yield PAYLOADS.c.about == wanted.about


def _lines(connection: Connection, numbers: Sequence[int]) -> tuple[Line, ...]:
    query = (
        select(ENTRIES, PAYLOADS.c.payload)
        .outerjoin(PAYLOADS, PAYLOADS.c.seq == ENTRIES.c.seq)
        .where(ENTRIES.c.seq.in_(numbers))
        .order_by(ENTRIES.c.seq.desc())
    )
    return tuple(
        Line(
            row.seq,
            row.at,
            row.kind,
            row.decision_id,
            row.digest,
            None if row.payload is None else json.loads(row.payload),
        )
        for row in connection.execute(query)
    )
