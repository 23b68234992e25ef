"""Entries by page, newest first, as the Journal page and an auditor leaf through them.

The rule: a page is found by the number of the entry that it follows, so that what is added meanwhile moves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, or_, select

from scoring.journal.reading import opened
from scoring.ledger.store import ENTRIES, PAYLOADS, ROWS


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
    conditions = list(_conditions(wanted))
    if before is not None:
        conditions.append(ENTRIES.c.seq < before)
    query = (
        select(ENTRIES, PAYLOADS.c.payload)
        .outerjoin(PAYLOADS, PAYLOADS.c.seq == ENTRIES.c.seq)
        .where(*conditions)
        .order_by(ENTRIES.c.seq.desc())
        .limit(limit + 1)
    )
    with opened(engine) as connection:
        found = connection.execute(query).all()
    lines = tuple(
        Line(
            row.seq,
            row.at,
            row.kind,
            row.decision_id,
            row.digest,
            None if row.payload is None else json.loads(row.payload),
        )
        for row in found[:limit]
    )
    return Listing(lines, lines[-1].seq if len(found) > limit else None)


def counts(engine: Engine, wanted: Wanted) -> dict[str, int]:
    """How many of the wanted entries there are of each kind."""
    query = (
        select(ENTRIES.c.kind, func.count())
        .outerjoin(PAYLOADS, PAYLOADS.c.seq == ENTRIES.c.seq)
        .where(*_conditions(wanted))
        .group_by(ENTRIES.c.kind)
    )
    with opened(engine) as connection:
        return {str(kind): int(count) for kind, count in connection.execute(query)}


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.kind is not None:
        yield ENTRIES.c.kind == wanted.kind
    if wanted.client_id is not None:
        in_batch = select(ROWS.c.seq).where(ROWS.c.client_id == wanted.client_id)
        yield or_(PAYLOADS.c.client_id == wanted.client_id, ENTRIES.c.seq.in_(in_batch))
    if wanted.since is not None:
        yield ENTRIES.c.at >= _written(wanted.since)
    if wanted.until is not None:
        yield ENTRIES.c.at < _written(wanted.until)
    if wanted.model is not None:
        yield PAYLOADS.c.model == wanted.model
    if wanted.asked_by is not None:
        yield PAYLOADS.c.asked_by == wanted.asked_by
    if wanted.about is not None:
        yield PAYLOADS.c.about == wanted.about


def _written(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")
