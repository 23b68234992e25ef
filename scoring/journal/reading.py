"""The journal read: one decision, the chain checked from end to end, a decision made again from its record.

The rule: reading needs nothing but the store; whoever checks trusts no digest that was not computed anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, select
from sqlalchemy.exc import SQLAlchemyError

from scoring.additive_model import AdditiveModel
from scoring.errors import JournalError, UnknownDecisionError
from scoring.journal.chain import DECISION, ERASURE, GENESIS, Head, Link, commitment
from scoring.journal.record import payload_of, remade
from scoring.journal.store import ENTRIES, MODELS, PAYLOADS, is_prepared

_AT_ONCE = 5_000


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
    erased : how many of them have no payload any more
    faults : empty when all is as it was written
    """

    entries: int
    erased: int
    head: Head
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Record:
    """One decision as recorded; `payload` is None where it was erased."""

    link: Link
    digest: str
    payload: dict[str, Any] | None


@dataclass(frozen=True)
class Replay:
    """A decision made again from its record; `same` when nothing differs."""

    recorded: dict[str, Any]
    again: dict[str, Any]

    @property
    def same(self) -> bool:
        """Whether score, decision and reasons are those recorded, to the last digit."""
        return self.recorded == self.again


def verify(engine: Engine, *, anchor: Head | None = None, most_faults: int = 20) -> Verification:
    """Compute every digest anew, and say where the chain is not as it was written.

    A change of an entry, a removal, an insertion, another order, and values that were changed, or removed without an
    erasure, each show. A tail that was cut shows against an `anchor`: a head that was noted outside the journal.

    Raises
    ------
    JournalError
        When the journal does not answer.
    """
    with _open(engine) as connection:
        found, previous, seq, entries = [], GENESIS, 0, 0
        without: set[int] = set()
        erased: set[int] = set()
        anchored = anchor is None or anchor.seq == 0
        for entry, payload in _entries(connection):
            entries += 1
            link = _link(entry)
            if payload is None:
                without.add(entry.seq)
            elif entry.kind == ERASURE:
                erased.update(json.loads(payload.payload).get("erased", ()))
            if anchor is not None and entry.seq == anchor.seq:
                anchored = entry.digest == anchor.digest
            for wrong, what in (
                (link.seq != seq + 1, f"its number should be {seq + 1}; entries are missing, added or out of order"),
                (link.previous != previous, "it does not hold the entry before it"),
                (link.digest != entry.digest, "it was changed"),
                (
                    payload is not None and commitment(payload.salt, payload.payload) != link.commitment,
                    "its values were changed",
                ),
            ):
                if wrong:
                    found.append(Fault(entry.seq, what))
            previous, seq = entry.digest, entry.seq
        found.extend(Fault(one, "its values were removed, and no erasure says so") for one in sorted(without - erased))
        if anchor is not None and not anchored:
            found.append(
                Fault(anchor.seq, "the entry noted outside is not there: the end was cut, or all written anew")
            )
    return Verification(entries, len(without), Head(seq, previous), tuple(found[:most_faults]))


def read_decision(engine: Engine, decision_id: str) -> Record:
    """One decision.

    Raises
    ------
    UnknownDecisionError
        When there is none of that id.
    JournalError
        When the journal does not answer.
    """
    with _open(engine) as connection:
        entry = connection.execute(
            select(ENTRIES).where(ENTRIES.c.decision_id == decision_id, ENTRIES.c.kind == DECISION)
        ).one_or_none()
        if entry is None:
            raise UnknownDecisionError(
                f"The journal must hold the decision; got none of id {decision_id}. Check the id."
            )
        payload = connection.execute(select(PAYLOADS).where(PAYLOADS.c.seq == entry.seq)).one_or_none()
    return Record(_link(entry), entry.digest, None if payload is None else json.loads(payload.payload))


def replay(engine: Engine, decision_id: str) -> Replay:
    """Make a decision again, from the values and the model of its record alone.

    Raises
    ------
    UnknownDecisionError
        When there is none of that id.
    JournalError
        When its values were erased, or the journal does not answer.
    """
    record = read_decision(engine, decision_id)
    if record.payload is None:
        raise JournalError("A decision whose values were erased can't be made again. Its entry still verifies.")
    with _open(engine) as connection:
        digest = record.payload["model"]["digest"]
        document = connection.execute(select(MODELS.c.document).where(MODELS.c.digest == digest)).scalar_one_or_none()
    model = None if document is None else AdditiveModel.model_validate_json(document)
    if model is None or model.digest != digest:
        raise JournalError(f"The journal must hold the model of the decision; got none with digest {digest}.")
    return Replay(record.payload, payload_of(model, remade(model, record.payload), record.payload))


def export(engine: Engine) -> Iterator[dict[str, Any]]:
    """Every entry in order, with its payload and salt where they were not erased: enough to verify elsewhere."""
    with _open(engine) as connection:
        for entry, payload in _entries(connection):
            kept = None if payload is None else {"salt": payload.salt, "payload": json.loads(payload.payload)}
            yield {**dict(entry._mapping), "kept": kept}


def _entries(connection: Connection) -> Iterator[tuple[Row[Any], Row[Any] | None]]:
    last = 0
    while True:
        entries = connection.execute(
            select(ENTRIES).where(ENTRIES.c.seq > last).order_by(ENTRIES.c.seq).limit(_AT_ONCE)
        ).all()
        if not entries:
            return
        between = PAYLOADS.c.seq.between(entries[0].seq, entries[-1].seq)
        payloads = {row.seq: row for row in connection.execute(select(PAYLOADS).where(between))}
        for entry in entries:
            yield entry, payloads.get(entry.seq)
        last = entries[-1].seq


def _link(entry: Row[Any]) -> Link:
    return Link(entry.seq, entry.at, entry.kind, entry.decision_id, entry.commitment, entry.previous)


@contextmanager
def _open(engine: Engine) -> Iterator[Connection]:
    if not is_prepared(engine):
        raise JournalError("There must be a journal to read; got none there yet. Record a decision first.")
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise JournalError(f"The journal must answer; got {type(error).__name__}. Check where it lies.") from error
