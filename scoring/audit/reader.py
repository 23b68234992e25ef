"""The journal read: one decision, a decision made again from its record, all entries in order.

The rule: reading needs nothing but the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, select
from sqlalchemy.exc import SQLAlchemyError

from scoring.audit.record import expanded, payload_of, remade
from scoring.audit.store.chain import BATCH, DECISION, WITH_ROWS, Link
from scoring.audit.store.database import (
    ENTRIES,
    MODELS,
    PAYLOADS,
    ROWS,
    SCHEMA_VERSION,
    cause_of,
    is_prepared,
    prepare,
    version_of,
)
from scoring.audit.store.entries import row_in_batch
from scoring.errors import ErasedError, JournalError, UnknownDecisionError
from scoring.i18n import Said
from scoring.model.additive_model import AdditiveModel

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Kept:
    """What an entry, or a row of a batch, commits to: the text as it was recorded, and its salt."""

    salt: str
    text: str


@dataclass(frozen=True)
class Record:
    """One decision as recorded; `payload` and `kept` are None where it was erased."""

    decision_id: str
    link: Link
    digest: str
    payload: dict[str, Any] | None
    stored: Kept | None


@dataclass(frozen=True)
class Replay:
    """A decision made again from its record; `same` when nothing differs."""

    recorded: dict[str, Any]
    again: dict[str, Any]

    @property
    def same(self) -> bool:
        """Whether score, decision and reasons are those recorded, to the last digit."""
        return self.recorded == self.again


def read_decision(engine: Engine, decision_id: str) -> Record:
    """One decision, of its own or made in a batch.

    Raises
    ------
    UnknownDecisionError
        When there is none of that id.
    JournalError
        When the journal does not answer.
    """
    with opened(engine) as connection:
        return find_decision(connection, decision_id)


def find_decision(connection: Connection, decision_id: str) -> Record:
    """The same, on a connection that is open."""
    found = _of_batch(connection, decision_id) if row_in_batch(decision_id) else _alone(connection, decision_id)
    if found is None:
        raise no_such_decision(decision_id)
    return found


def no_such_decision(decision_id: str) -> UnknownDecisionError:
    """What is said of a decision that is not there, or not for whoever asks."""
    return UnknownDecisionError(Said("problem.said.decision", decision=decision_id))


def replay(engine: Engine, decision_id: str) -> Replay:
    """Make a decision again, from the values and the model of its record alone.

    Raises
    ------
    UnknownDecisionError
        When there is none of that id.
    ErasedError
        When its values were erased.
    JournalError
        When the journal does not answer.
    """
    record = read_decision(engine, decision_id)
    if record.payload is None:
        raise ErasedError(Said("problem.said.erased"))
    model = model_of(engine, record.payload["model"]["digest"])
    return Replay(record.payload, payload_of(model, remade(model, record.payload), record.payload))


def model_of(engine: Engine, digest: str) -> AdditiveModel:
    """The model that the journal keeps under a digest.

    Raises
    ------
    JournalError
        When there is none, or another one.
    """
    with opened(engine) as connection:
        document = connection.execute(select(MODELS.c.document).where(MODELS.c.digest == digest)).scalar_one_or_none()
    model = None if document is None else AdditiveModel.model_validate_json(document)
    if model is None or model.digest != digest:
        raise JournalError(f"The journal must hold the model of the decision; got none with digest {digest}.")
    return model


def export(engine: Engine) -> Iterator[dict[str, Any]]:
    """Every entry in order, with payload and salt where they were not erased, and their rows.

    Payloads are given as the texts that were committed to: enough to verify elsewhere, in any language.
    """
    with opened(engine) as connection:
        for entry, payload in entries_of(connection):
            given = dict(entry._mapping)
            given["kept"] = None if payload is None else {"salt": payload.salt, "payload": payload.payload}
            if entry.kind in WITH_ROWS:
                given["rows"] = [
                    {name: value for name, value in row._mapping.items() if name not in {"seq", "client_id"}}
                    for row in connection.execute(select(ROWS).where(ROWS.c.seq == entry.seq).order_by(ROWS.c.position))
                ]
            yield given


def entries_of(connection: Connection) -> Iterator[tuple[Row[Any], Row[Any] | None]]:
    """Every entry in order, with its payload where it was not erased."""
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


def link_of(entry: Row[Any]) -> Link:
    """What an entry's digest is made of."""
    return Link(entry.seq, entry.at, entry.kind, entry.decision_id, entry.commitment, entry.previous)


@contextmanager
def opened(engine: Engine) -> Iterator[Connection]:
    """A connection to a journal as it is at one moment; one of an older version is brought up to this one first.

    All that is read from it is of the same moment, so that what is erased or added meanwhile is no contradiction.

    Raises
    ------
    JournalError
        When there is none, or it does not answer.
    """
    if not is_prepared(engine):
        raise JournalError("There must be a journal to read; got none there yet. Record a decision first.")
    try:
        with engine.connect() as connection:
            found = version_of(connection)
        if found != SCHEMA_VERSION:
            prepare(engine)
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":  # SQLite's transactions are so anyway
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    except SQLAlchemyError as error:
        raise JournalError(f"The journal must answer; got: {cause_of(error)}. Check where it lies.") from error


def _alone(connection: Connection, decision_id: str) -> Record | None:
    entry = connection.execute(
        select(ENTRIES).where(ENTRIES.c.decision_id == decision_id, ENTRIES.c.kind == DECISION)
    ).one_or_none()
    if entry is None:
        return None
    found = connection.execute(
        select(PAYLOADS.c.salt, PAYLOADS.c.payload).where(PAYLOADS.c.seq == entry.seq)
    ).one_or_none()
    if found is None:
        return Record(decision_id, link_of(entry), entry.digest, None, None)
    stored = Kept(found.salt, found.payload)
    return Record(decision_id, link_of(entry), entry.digest, json.loads(stored.text), stored)


def _of_batch(connection: Connection, decision_id: str) -> Record | None:
    place = row_in_batch(decision_id)
    if place is None:
        return None
    chunks = (
        select(ENTRIES)
        .where(ENTRIES.c.decision_id == place.batch_id, ENTRIES.c.kind == BATCH)
        .order_by(ENTRIES.c.seq.desc())
    )
    erased = None
    for entry in connection.execute(chunks).all():
        payload = connection.execute(select(PAYLOADS.c.payload).where(PAYLOADS.c.seq == entry.seq)).scalar_one_or_none()
        if payload is None:
            erased = entry
            continue
        shared = json.loads(payload)
        if not shared["first"] <= place.position < shared["first"] + shared["rows"]:
            continue
        row = connection.execute(
            select(ROWS.c.salt, ROWS.c.row).where(ROWS.c.seq == entry.seq, ROWS.c.position == place.position)
        ).one()
        if row.row is None:
            return Record(decision_id, link_of(entry), entry.digest, None, None)
        stored = Kept(row.salt, row.row)
        return Record(decision_id, link_of(entry), entry.digest, expanded(shared, json.loads(stored.text)), stored)
    # It may have been in a part that was erased whole.
    return None if erased is None else Record(decision_id, link_of(erased), erased.digest, None, None)
