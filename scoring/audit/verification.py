"""The chain checked from end to end.

The rule: whoever checks trusts no digest that was not computed anew, and no column that a payload does not confirm.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from scoring.audit.erasure import erased_by
from scoring.audit.reader import entries_of, link_of, opened
from scoring.audit.record import rows_digest
from scoring.audit.store.chain import (
    BATCH,
    ERASURE,
    GENESIS,
    REVIEW_ASKED,
    REVIEW_CLOSED,
    ROTATION,
    WITH_ROWS,
    Head,
    commitment,
)
from scoring.audit.store.database import ENTRIES, PARTS, PAYLOADS, ROWS
from scoring.audit.store.entries import Found


@dataclass(frozen=True)
class Fault:
    """Where the chain breaks, and how."""

    seq: int
    what: str

    def __str__(self) -> str:
        return f"entry {self.seq}: {self.what}"


@dataclass(frozen=True)
class Verification:
    """What a check of the whole chain found.

    Attributes
    ----------
    entries : how many were read
    rows : how many decisions of batches were read
    erased : how many of both have no values any more
    faults : empty when all is as it was written
    since, until : times of the first entry and of the last; empty where there is none
    before : head of the chain that this one goes on from; `Head()` where it is whole
    """

    entries: int
    rows: int
    erased: int
    head: Head
    faults: tuple[Fault, ...]
    since: str = ""
    until: str = ""
    before: Head = field(default_factory=Head)


@dataclass
class _Seen:
    """What the walk along the chain has seen so far."""

    entries: int = 0
    rows: int = 0
    without: set[int] = field(default_factory=set)
    rows_without: set[tuple[int, int]] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    rows_erased: set[tuple[int, int]] = field(default_factory=set)
    reviews: dict[str, tuple[int, bool]] = field(default_factory=dict)
    """Number of each review, and whether it is kept as one that waits."""
    closed: set[str] = field(default_factory=set)
    batches: dict[str, int | None] = field(default_factory=dict)
    """Where the next part of each batch begins; None where an erased part does not say."""
    since: str = ""
    until: str = ""
    before: Head = field(default_factory=Head)


def verify(
    engine: Engine, *, anchors: Sequence[Head] = (), most_faults: int = 20, may_rotate: bool = False
) -> Verification:
    """Compute every digest anew, and say where the chain is not as it was written.

    A change of an entry, a removal, an insertion, another order, and values that were changed, or removed without an
    erasure, each show; so do parts of a batch that overlap or leave a gap. A tail that was cut, or written anew, shows
    against `anchors`: heads that were noted outside the journal.

    Parameters
    ----------
    may_rotate : whether the chain may begin with the head of an older one, as an open demo's does; heads before it are
        then held against that one's end alone

    Raises
    ------
    JournalError
        When the journal does not answer.
    """
    noted: dict[int, set[str]] = defaultdict(set)
    for anchor in anchors:
        if anchor.seq:
            noted[anchor.seq].add(anchor.digest)
    several = sorted(seq for seq, digests in noted.items() if len(digests) > 1)
    faults: list[Fault] = []
    seen, head = _Seen(), Head()
    with opened(engine) as connection:
        for entry, payload in entries_of(connection):
            seen.entries += 1
            seen.since, seen.until = seen.since or entry.at, entry.at
            if may_rotate and seen.entries == 1 and entry.kind == ROTATION:
                head = seen.before = Head(entry.seq - 1, entry.previous)
                for seq in [seq for seq in noted if seq <= head.seq]:
                    digests = noted.pop(seq)
                    if seq == head.seq and digests != {head.digest}:
                        faults.append(Fault(seq, "another entry was noted outside: the chain goes on from another one"))
            faults += (Fault(entry.seq, what) for what in _wrong(connection, entry, payload, head, seen))
            if entry.digest not in noted.pop(entry.seq, (entry.digest,)):
                faults.append(Fault(entry.seq, "another entry was noted outside: the end was written anew"))
            head = Head(entry.seq, entry.digest)
        faults += (Fault(seq, "it has no entry") for seq in _astray(connection))
    faults += (
        Fault(seq, "its values were removed, and no erasure says so") for seq in sorted(seen.without - seen.erased)
    )
    faults += (
        Fault(seq, f"the values of its row {position} were removed, and no erasure says so")
        for seq, position in sorted(seen.rows_without - seen.rows_erased)
    )
    faults += (
        Fault(seq, "whether it waits is not what the entries about it say")
        for name, (seq, waits) in seen.reviews.items()
        if waits is (name in seen.closed)
    )
    faults += (Fault(seq, "the entry noted outside is not there: the end was cut") for seq in sorted(noted))
    faults += (
        Fault(seq, "different entries were noted outside: an older copy was put back and written on") for seq in several
    )
    erased = len(seen.without) + len(seen.rows_without)
    some = tuple(faults[:most_faults])
    return Verification(seen.entries, seen.rows, erased, head, some, seen.since, seen.until, seen.before)


def _wrong(
    connection: Connection, entry: Row[Any], payload: Row[Any] | None, before: Head, seen: _Seen
) -> Iterator[str]:
    """What is wrong with one entry."""
    link = link_of(entry)
    if link.seq != before.seq + 1:
        yield f"its number should be {before.seq + 1}; entries are missing, added or out of order"
    if link.previous != (before.digest if before.seq else GENESIS):
        yield "it does not hold the entry before it"
    if payload is None:
        seen.without.add(entry.seq)
        if entry.kind == BATCH:
            recorded = _part_of(connection, entry)
            yield from _wrong_positions(entry, recorded, seen)
    if link.digest != entry.digest:
        yield "it was changed"
    elif payload is not None and commitment(payload.salt, payload.payload) != link.commitment:
        yield "its values were changed"
    elif payload is not None:
        try:
            yield from _wrong_content(connection, entry, payload, seen)
        except (KeyError, TypeError, ValueError):
            yield "its values can't be read"


def _wrong_content(connection: Connection, entry: Row[Any], payload: Row[Any], seen: _Seen) -> Iterator[str]:
    content = json.loads(payload.payload)
    if (entry.kind, *Found.of(content)) != (payload.kind, *(getattr(payload, name) for name in Found._fields)):
        yield "what it is found by was changed"
    if entry.kind == REVIEW_ASKED:
        seen.reviews[entry.decision_id] = entry.seq, payload.waits is not None
    elif payload.waits is not None:
        yield "it is no review that could wait"
    if entry.kind == REVIEW_CLOSED:
        seen.closed.add(content["about"])
    if entry.kind == ROTATION and (seen.entries > 1 or content["previous"]["digest"] != entry.previous):
        yield "a chain begins here that does not go on from the entry before it"
    if entry.kind == ERASURE:
        numbers, rows = erased_by(content)
        seen.erased.update(numbers)
        seen.rows_erased |= rows
    if entry.kind == BATCH:
        part = (content["first"], content["first"] + content["rows"])
        follows = list(_wrong_positions(entry, part, seen))
        yield from follows
        if not follows and _part_of(connection, entry) != part:
            yield "the positions of its rows in their batch were changed"
    if entry.kind in WITH_ROWS and "rows" in content:
        yield from _wrong_rows(connection, entry.seq, content, seen)


def _part_of(connection: Connection, entry: Row[Any]) -> tuple[int, int] | None:
    """The positions that a part of a batch claimed; None where no claim is kept."""
    claimed = select(PARTS.c.first, PARTS.c.next).where(PARTS.c.batch_id == entry.decision_id, PARTS.c.seq == entry.seq)
    found = connection.execute(claimed).one_or_none()
    return None if found is None else (found.first, found.next)


def _wrong_positions(entry: Row[Any], part: tuple[int, int] | None, seen: _Seen) -> Iterator[str]:
    """Whether a part begins where the parts of its batch before it end."""
    expected = seen.batches.get(entry.decision_id, 0)
    if part is None:
        seen.batches[entry.decision_id] = None
        return
    first, end = part
    if expected is not None and first != expected:
        what = "overlap those before" if first < expected else "leave a gap after those before"
        yield f"its rows begin at {first} of their batch and {what}, which end at {expected}"
    seen.batches[entry.decision_id] = max(expected or 0, end)


def _wrong_rows(connection: Connection, seq: int, content: dict[str, Any], seen: _Seen) -> Iterator[str]:
    rows = connection.execute(select(ROWS).where(ROWS.c.seq == seq).order_by(ROWS.c.position)).all()
    seen.rows += len(rows)
    if [row.position for row in rows] != list(range(content["first"], content["first"] + content["rows"])):
        yield "rows of it are missing, added or out of order"
    commitments = []
    for row in rows:
        if row.row is None:
            seen.rows_without.add((seq, row.position))
            commitments.append(row.commitment or GENESIS)
            continue
        commitments.append(commitment(row.salt, row.row))
        if json.loads(row.row)[0] != row.client_id:
            yield f"what its row {row.position} is found by was changed"
    if rows_digest(commitments) != content["rows_digest"]:
        yield "its rows were changed"


def _astray(connection: Connection) -> list[int]:
    """Numbers of payloads and rows that belong to no entry."""
    found: set[int] = set()
    for table in (PAYLOADS, ROWS, PARTS):
        alone = select(table.c.seq).outerjoin(ENTRIES, ENTRIES.c.seq == table.c.seq).where(ENTRIES.c.seq.is_(None))
        found.update(connection.execute(alone.limit(20)).scalars())
    return sorted(found)
