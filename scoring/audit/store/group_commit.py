"""Groups of entries written, one transaction each, by one who does nothing else.

The rule: an entry is answered only after its transaction; every entry is answered, whatever happens; each transaction
checks that the journal still holds the head that is known.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select
from sqlalchemy.exc import SQLAlchemyError

from scoring.audit.store.chain import BATCH, PROBE, REVIEW_ASKED, Head, commitment, new_salts
from scoring.audit.store.database import (
    ENTRIES,
    MODELS,
    PARTS,
    PAYLOADS,
    ROWS,
    Identity,
    cause_of,
    check_changeable,
    check_goes_on,
    exclusive,
    identity_of,
    prepare,
)
from scoring.audit.store.entries import Answer, Entry, Model, Written
from scoring.errors import ClairscoreError, JournalError, KeyInUseError
from scoring.i18n import Said

# A group of entries added to the chain, inside one transaction.

_MOST_PLACES = 30_000
"""Values of one statement: both stores take a few more."""
_ENTRY = ("seq", "at", "kind", "decision_id", "commitment", "previous", "digest")
_PAYLOAD = ("seq", "salt", "payload", "client_id", "asked_by", "model", "about", "kind", "waits")
_ROW = ("seq", "position", "client_id", "salt", "row")


class Adder:
    """Adds entries on one connection of the store.

    Parameters
    ----------
    connection : held by the one who writes; each call of `add` is inside a transaction of its own
    known : the head that the chain must hold
    """

    def __init__(self, connection: Connection, known: Head) -> None:
        self._connection, self._known = connection, known
        self._raw: Any = connection.connection.driver_connection
        self._place = "?" if connection.dialect.name == "sqlite" else "%s"
        self._entries: list[object] = []
        self._payloads: list[object] = []
        self._rows: list[object] = []

    def add(self, group: Sequence[Entry]) -> tuple[Head, list[Answer]]:
        """Add a group; return the new head, and what each entry became: written, or refused by its own check.

        Raises
        ------
        JournalError
            When the chain does not hold the known head.
        """
        head = self._head()
        check_goes_on(self._connection, self._known, head)
        answers: list[Answer] = []
        for one, salt in zip(group, new_salts(len(group)), strict=True):
            text, found = one.text, one.found
            if one.kind == PROBE:
                answers.append(Written(head.seq, "", "", head.digest))
                continue
            part = one.kind == BATCH and bool(one.rows)
            if one.inside is not None or part:
                self._insert()  # what came before in the group counts
                try:
                    with self._connection.begin_nested():  # what is refused leaves nothing behind
                        given = None if one.inside is None else one.inside(self._connection)
                        if part:
                            self._claim_positions(one, head.seq + 1)
                except ClairscoreError as refused:
                    answers.append(refused)
                    continue
                if given is not None:
                    text, found = given
            written = Written(
                head.seq + 1, datetime.now(UTC).isoformat(timespec="microseconds"), commitment(salt, text), head.digest
            )
            head = Head(written.seq, written.link(one.kind, one.entry_id).digest)
            seq, at, committed, previous = written
            self._entries += (seq, at, one.kind, one.entry_id, committed, previous, head.digest)
            self._payloads += (seq, salt, text, *found, one.kind, 1 if one.kind == REVIEW_ASKED else None)
            for position, row in enumerate(one.rows, one.first):
                self._rows += (seq, position, row.client_id, row.salt, row.row)
            answers.append(written)
        self._insert()
        return head, answers

    def keep(self, model: Model) -> None:
        """Keep a document once."""
        there = select(MODELS.c.digest).where(MODELS.c.digest == model.digest)
        if self._connection.execute(there).first() is None:
            self._connection.execute(insert(MODELS).values(digest=model.digest, document=model.document()))

    def _claim_positions(self, part: Entry, seq: int) -> None:
        """Take the positions of a batch's part, which must begin where the recorded ones end.

        Raises
        ------
        KeyInUseError
            When another has recorded parts of the same batch meanwhile.
        """
        ends = select(PARTS.c.next).where(PARTS.c.batch_id == part.entry_id).order_by(PARTS.c.first.desc()).limit(1)
        recorded = self._connection.execute(ends).scalar_one_or_none() or 0
        if part.first != recorded:
            raise KeyInUseError(Said("problem.key-in-use.page"))
        self._connection.execute(
            insert(PARTS).values(batch_id=part.entry_id, first=part.first, next=part.first + len(part.rows), seq=seq)
        )

    def _head(self) -> Head:
        found = self._raw.execute(f"SELECT seq, digest FROM {ENTRIES.name} ORDER BY seq DESC LIMIT 1").fetchone()  # noqa: S608
        return Head() if found is None else Head(*found)

    def _insert(self) -> None:
        for table, names, values in (
            (ENTRIES, _ENTRY, self._entries),
            (PAYLOADS, _PAYLOAD, self._payloads),
            (ROWS, _ROW, self._rows),
        ):
            at_once = _MOST_PLACES // len(names) * len(names)
            for first in range(0, len(values), at_once):
                some = values[first : first + at_once]
                self._raw.execute(self._statement(table, names, len(some) // len(names)), some)
            values.clear()

    def _statement(self, table: Table, names: Sequence[str], rows: int) -> str:
        one = f"({','.join([self._place] * len(names))})"
        return f"INSERT INTO {table.name} ({','.join(names)}) VALUES {','.join([one] * rows)}"  # noqa: S608


_log = logging.getLogger(__name__)
MOST_IN_A_GROUP = 256


class GroupWriter:
    """Writes groups on a connection of its own; for one thread.

    Parameters
    ----------
    known : the head that the journal must hold, for decisions were given after it
    """

    def __init__(self, engine: Engine, known: Head = Head()) -> None:  # noqa: B008  # it is frozen
        self.engine, self.head = engine, known
        self._open: Connection | None = None
        self._identity: Identity = None
        self._stored: set[str] = set()

    def know(self, head: Head) -> None:
        """Take note of a later head that another writer of the same service wrote or saw."""
        if head.seq > self.head.seq:
            self.head = head

    def write(self, entries: Sequence[Entry]) -> list[Answer]:
        """Write entries, in groups; never raise."""
        answers: list[Answer] = []
        for first in range(0, len(entries), MOST_IN_A_GROUP):
            answers += self._write(entries[first : first + MOST_IN_A_GROUP])
        return answers

    def leave(self) -> None:
        """Give the connection up."""
        self._stored.clear()
        connection, self._open = self._open, None
        try:
            if connection is not None:
                connection.close()
            self.engine.dispose()
        except Exception as error:  # noqa: BLE001  # it is lost already
            _log.info("the journal's connection could not be closed: %s", type(error).__name__)

    def _write(self, group: Sequence[Entry]) -> list[Answer]:
        try:
            check_changeable(self.engine)
        except JournalError as error:  # the connection stays: to close it would write
            return [error] * len(group)
        try:
            connection = self._connection()
            with connection.begin():
                exclusive(connection)
                adder = Adder(connection, self.head)
                new = {one.model.digest: one.model for one in group if one.model is not None}
                for digest in new.keys() - self._stored:
                    adder.keep(new[digest])
                head, answers = adder.add(group)
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody may wait for ever
            self.leave()
            if len(group) > 1 and isinstance(error, self._of_one_entry):
                # The others must not fail with the one that can't be written.
                return [answer for one in group for answer in self._write([one])]
            _log.error("a group of %d entries could not be recorded: %s", len(group), type(error).__name__)
            return [failed(error)] * len(group)
        self.head = head
        self._stored.update(new)
        return answers

    @property
    def _of_one_entry(self) -> tuple[type[Exception], ...]:
        """Errors that are of what one entry holds, not of the store."""
        dbapi: Any = self.engine.dialect.dbapi
        return (dbapi.DataError, dbapi.IntegrityError, dbapi.ProgrammingError, OverflowError, TypeError, ValueError)

    def _connection(self) -> Connection:
        if self._open is not None and identity_of(self.engine) != self._identity:
            self.leave()
        if self._open is None:
            prepare(self.engine)
            self._open = self.engine.connect().execution_options(writes=True)
            self._identity = identity_of(self.engine)
        return self._open


def failed(error: BaseException) -> JournalError:
    """What a caller is told when its entry could not be written."""
    if isinstance(error, JournalError):
        return error
    if isinstance(error, SQLAlchemyError):
        return not_recorded(cause_of(error))
    # The kind alone: another message may hold values.
    return not_recorded(
        os.strerror(error.errno) if isinstance(error, OSError) and error.errno else type(error).__name__
    )


def not_recorded(kind: str) -> JournalError:
    """The same, of an error by its name."""
    return JournalError(
        f"A decision must be recorded before it is given; got {kind} from the journal. Try again later."
    )
