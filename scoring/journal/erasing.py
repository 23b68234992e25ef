"""What is erased, and what the erasure's entry says of it.

The rule: a payload goes with its salt and with all that it is found by; its entry stays. An erasure names the entries
and the rows of batches that lost theirs, and nothing of the person whom they were about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from scoring.errors import UnknownDecisionError
from scoring.journal.keys import forget_requests
from scoring.ledger.chain import DECISION, ERASURE, commitment
from scoring.ledger.identifiers import row_in_batch
from scoring.ledger.store import ENTRIES, PAYLOADS, ROWS

VERSION = 2
"""Version 1 listed the numbers of the entries one by one."""


def erase_client(connection: Connection, client_id: int) -> Mapping[str, Any]:
    """Erase all that was recorded on a client; return the payload of the erasure's entry."""
    return _erased(
        "client",
        _erase_payloads(connection, PAYLOADS.c.client_id == client_id),
        _erase_rows(connection, ROWS.c.client_id == client_id),
    )


def erase_decision(connection: Connection, decision_id: str) -> Mapping[str, Any]:
    """Erase one decision and what is about it.

    Raises
    ------
    UnknownDecisionError
        When there is none of that id.
    """
    about = _erase_about(connection, decision_id)
    place = row_in_batch(decision_id)
    if place is not None:
        of_batch = select(ENTRIES.c.seq).where(ENTRIES.c.decision_id == place.batch_id)
        rows = _erase_rows(connection, and_(ROWS.c.seq.in_(of_batch), ROWS.c.position == place.position))
        payloads: list[int] = []
    else:
        here = select(ENTRIES.c.seq).where(ENTRIES.c.decision_id == decision_id, ENTRIES.c.kind == DECISION)
        rows, payloads = [], _erase_payloads(connection, PAYLOADS.c.seq.in_(here))
    if not rows and not payloads:
        raise UnknownDecisionError(f"The journal must hold the decision's values; got none of id {decision_id}.")
    return _erased("decision", sorted([*payloads, *about]), rows)


def erase_older(connection: Connection, since: datetime) -> Mapping[str, Any]:
    """Erase every payload written before a time, but those of erasures."""
    before = since.astimezone(UTC).isoformat(timespec="microseconds")
    old = select(ENTRIES.c.seq).where(ENTRIES.c.at < before, ENTRIES.c.kind != ERASURE)
    forget_requests(connection, old)
    connection.execute(delete(ROWS).where(ROWS.c.seq.in_(old)))
    return {**_erased("retention", _erase_payloads(connection, PAYLOADS.c.seq.in_(old)), []), "before": before}


def count_of(payload: Mapping[str, Any]) -> str:
    """How much an erasure took, in words."""
    entries = sum(last - first + 1 for first, last in payload["erased"])
    return f"the values of {entries} entries and {len(payload['rows'])} rows of batches"


def erased_by(payload: Mapping[str, Any]) -> tuple[Iterator[int], set[tuple[int, int]]]:
    """The entries and the rows of batches that an erasure names, whatever its version."""
    if "version" not in payload:
        return iter(payload.get("erased", ())), set()
    numbers = (seq for first, last in payload["erased"] for seq in range(first, last + 1))
    return numbers, {(seq, position) for seq, position in payload["rows"]}


def _erased(because: str, payloads: Iterable[int], rows: Iterable[tuple[int, int]]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "because": because,
        "erased": [list(span) for span in _spans(payloads)],
        "rows": [list(one) for one in rows],
    }


def _spans(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Increasing numbers as first and last of each unbroken run.

    >>> list(_spans([1, 2, 3, 7, 9, 10]))
    [(1, 3), (7, 7), (9, 10)]
    """
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]


def _erase_payloads(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    forget_requests(connection, select(PAYLOADS.c.seq).where(which))
    found = connection.execute(select(PAYLOADS.c.seq).where(which).order_by(PAYLOADS.c.seq)).scalars().all()
    connection.execute(delete(PAYLOADS).where(which))
    return list(found)


def _erase_rows(connection: Connection, which: ColumnElement[bool]) -> list[tuple[int, int]]:
    kept = and_(which, ROWS.c.row.is_not(None))
    forget_requests(connection, select(ROWS.c.seq).where(kept))
    found = connection.execute(select(ROWS).where(kept).order_by(ROWS.c.seq, ROWS.c.position)).all()
    for row in found:
        connection.execute(
            update(ROWS)
            .where(ROWS.c.seq == row.seq, ROWS.c.position == row.position)
            .values(client_id=None, salt=None, row=None, commitment=commitment(row.salt, row.row))
        )
    return [(row.seq, row.position) for row in found]


def _erase_about(connection: Connection, decision_id: str) -> list[int]:
    """Erase what is about a decision: overrides, reviews and how they were closed."""
    asked = select(ENTRIES.c.decision_id).join(PAYLOADS, PAYLOADS.c.seq == ENTRIES.c.seq)
    of_decision = PAYLOADS.c.about == decision_id
    reviews = connection.execute(asked.where(of_decision)).scalars().all()
    return _erase_payloads(connection, or_(of_decision, PAYLOADS.c.about.in_(reviews)))
