"""What is erased, and what the erasure's entry says of it.

The rule: what is to go is found and checked before anything goes. A payload goes with its salt and with all that it is
found by; its entry stays. An erasure names the entries and the rows of batches that lost theirs, and nothing of the
person whom they were about. One transaction erases `MOST_AT_ONCE` of them at most, so that decisions go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, delete, func, select, tuple_, update
from sqlalchemy.sql.expression import bindparam

from scoring.audit.idempotency import forget_requests
from scoring.audit.store.chain import BATCH, DECISION, ERASURE, ROTATION, commitment
from scoring.audit.store.database import ENTRIES, PAYLOADS, ROWS, last_before, written
from scoring.audit.store.entries import row_in_batch
from scoring.errors import UnknownDecisionError

VERSION = 2
"""Version 1 listed the numbers of the entries one by one."""
MOST_AT_ONCE = 5_000
"""Payloads and rows that one entry erases, under the store's lock."""
KEPT = (ERASURE, ROTATION)
"""Kinds that are kept for good: they say nothing of a person, and why others are not there."""
_AT_ONCE = 500
"""Numbers in one statement."""
Item = TypeVar("Item")


@dataclass(frozen=True)
class Targets:
    """What is to be erased in one transaction.

    Attributes
    ----------
    entries : those that lose their payloads, with all their rows
    rows : single rows of batches
    more : whether there is more to erase after it
    """

    entries: tuple[int, ...] = ()
    rows: tuple[tuple[int, int], ...] = ()
    more: bool = False

    def __bool__(self) -> bool:
        return bool(self.entries or self.rows)


@dataclass(frozen=True)
class Erasure:
    """What was erased.

    Attributes
    ----------
    seqs : numbers of the entries that say so, each in a transaction of its own
    entries, rows : how many entries and rows of batches lost their values
    in_log : whether the erased text still lies in the store's write-ahead log (see `store.truncate_log`)
    """

    seqs: tuple[int, ...]
    entries: int
    rows: int
    in_log: bool

    def __str__(self) -> str:
        first, last = self.seqs[0], self.seqs[-1]
        source = f"as entry {first} says" if first == last else f"as entries {first} to {last} say"
        return f"the values of {self.entries} entries and {self.rows} rows of batches, {source}"


def client_targets(connection: Connection, client_id: int) -> Targets:
    """What is recorded on a client, as much of it as is erased at once."""
    of_client = select(PAYLOADS.c.seq).where(PAYLOADS.c.client_id == client_id).limit(MOST_AT_ONCE)
    entries = connection.execute(of_client).scalars().all()
    in_batches = (
        select(ROWS.c.seq, ROWS.c.position).where(ROWS.c.client_id == client_id).limit(MOST_AT_ONCE - len(entries))
    )
    rows = tuple((seq, position) for seq, position in connection.execute(in_batches))
    return Targets(tuple(entries), rows, more=len(entries) + len(rows) == MOST_AT_ONCE)


def decision_targets(connection: Connection, decision_id: str) -> Targets:
    """One decision, as far as it is not erased, and what is about it: overrides, reviews and how they were closed.

    Raises
    ------
    UnknownDecisionError
        When the id is of no decision, or nothing of it is left.
    """
    place = row_in_batch(decision_id)
    name, kind = (decision_id, DECISION) if place is None else (place.batch_id, BATCH)
    here = connection.execute(
        select(ENTRIES.c.seq).where(ENTRIES.c.decision_id == name, ENTRIES.c.kind == kind)
    ).scalars()
    numbers, found = here.all(), Targets()
    if place is not None:
        rows = select(ROWS.c.seq, ROWS.c.position).where(
            ROWS.c.seq.in_(numbers), ROWS.c.position == place.position, ROWS.c.row.is_not(None)
        )
        found = Targets(rows=tuple((seq, position) for seq, position in connection.execute(rows)))
    own = [] if place is not None else numbers
    found = Targets(tuple(sorted({*_existing(connection, own), *_about(connection, decision_id)})), found.rows)
    if not numbers or not found:
        raise UnknownDecisionError(f"The journal must hold the decision's values; got none of id {decision_id}.")
    return found


def older_targets(connection: Connection, before: datetime) -> Iterator[tuple[int, ...]]:
    """Every entry that was written before a time and has values, but the `KEPT` ones; as many as are erased at once."""
    last, after = last_before(connection, before), 0
    while True:
        query = (
            select(PAYLOADS.c.seq, ENTRIES.c.at, ENTRIES.c.kind)
            .join(ENTRIES, ENTRIES.c.seq == PAYLOADS.c.seq)
            .where(PAYLOADS.c.seq > after, PAYLOADS.c.seq <= last)
            .order_by(PAYLOADS.c.seq)
            .limit(_AT_ONCE)
        )
        found = connection.execute(query).all()
        if not found:
            return
        old = [one.seq for one in found if one.at < written(before) and one.kind not in KEPT]
        counted = select(ROWS.c.seq, func.count().label("count")).where(ROWS.c.seq.in_(old)).group_by(ROWS.c.seq)
        rows = {one.seq: int(one._mapping["count"]) for one in connection.execute(counted)}
        part: list[int] = []
        weight = 0
        for seq in old:
            if part and weight + 1 + rows.get(seq, 0) > MOST_AT_ONCE:
                yield tuple(part)
                part, weight = [], 0
            part.append(seq)
            weight += 1 + rows.get(seq, 0)
        if part:
            yield tuple(part)
        after = found[-1].seq


def erase_targets(connection: Connection, because: str, targets: Targets) -> dict[str, Any]:
    """Erase what is still there of the targets; return the payload of the erasure's entry."""
    entries = _existing(connection, targets.entries)
    rows = _existing_rows(connection, targets.rows)
    forget_requests(connection, [*entries, *dict.fromkeys(seq for seq, *_ in rows)])
    for some in _batches(entries, _AT_ONCE):
        connection.execute(delete(ROWS).where(ROWS.c.seq.in_(some)))
        connection.execute(delete(PAYLOADS).where(PAYLOADS.c.seq.in_(some)))
    if rows:
        connection.execute(
            update(ROWS)
            .where(ROWS.c.seq == bindparam("of"), ROWS.c.position == bindparam("at"))
            .values(client_id=None, salt=None, row=None, commitment=bindparam("committed")),
            [{"of": seq, "at": position, "committed": commitment(salt, row)} for seq, position, salt, row in rows],
        )
    return {
        "version": VERSION,
        "because": because,
        "erased": [list(span) for span in _spans(entries)],
        "rows": [[seq, position] for seq, position, *_ in rows],
    }


def counts_of(payload: Mapping[str, Any]) -> tuple[int, int]:
    """How many entries and how many rows of batches an erasure took."""
    return sum(last - first + 1 for first, last in payload["erased"]), len(payload["rows"])


def erased_by(payload: Mapping[str, Any]) -> tuple[Iterator[int], set[tuple[int, int]]]:
    """The entries and the rows of batches that an erasure names, whatever its version."""
    if "version" not in payload:
        return iter(payload.get("erased", ())), set()
    numbers = (seq for first, last in payload["erased"] for seq in range(first, last + 1))
    return numbers, {(seq, position) for seq, position in payload["rows"]}


def _about(connection: Connection, decision_id: str) -> list[int]:
    """Numbers of the payloads that are about a decision, or about a review of it."""
    of_decision = connection.execute(
        select(PAYLOADS.c.seq, ENTRIES.c.decision_id)
        .join(ENTRIES, ENTRIES.c.seq == PAYLOADS.c.seq)
        .where(PAYLOADS.c.about == decision_id)
    ).all()
    found = [seq for seq, _ in of_decision]
    for some in _batches([name for _, name in of_decision], _AT_ONCE):
        found += connection.execute(select(PAYLOADS.c.seq).where(PAYLOADS.c.about.in_(some))).scalars()
    return found


def _existing(connection: Connection, entries: Sequence[int]) -> list[int]:
    """Those of the entries that have a payload, in order."""
    found: list[int] = []
    for some in _batches(entries, _AT_ONCE):
        found += connection.execute(select(PAYLOADS.c.seq).where(PAYLOADS.c.seq.in_(some))).scalars()
    return sorted(found)


def _existing_rows(connection: Connection, rows: Sequence[tuple[int, int]]) -> list[tuple[int, int, str, str]]:
    """Those of the rows that have values, in order, with salt and text."""
    found: list[tuple[int, int, str, str]] = []
    for some in _batches(rows, _AT_ONCE):
        query = select(ROWS.c.seq, ROWS.c.position, ROWS.c.salt, ROWS.c.row).where(
            and_(tuple_(ROWS.c.seq, ROWS.c.position).in_(some), ROWS.c.row.is_not(None))
        )
        found += ((seq, position, salt, row) for seq, position, salt, row in connection.execute(query))
    return sorted(found)


def _batches(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[first : first + size] for first in range(0, len(items), size))


def _spans(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Increasing numbers as first and last of each unbroken run.

    >>> list(_spans([1, 2, 3, 7, 9, 10]))
    [(1, 3), (7, 7), (9, 10)]
    """
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]
