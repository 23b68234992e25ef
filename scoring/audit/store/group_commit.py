"""Groups of entries written, one transaction each, by one who does nothing else.

The rule: an entry is answered only after its transaction; every entry is answered, whatever happens; each transaction
checks that the journal still holds the head that is known.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from scoring.audit.store.append import Adder
from scoring.audit.store.chain import Head
from scoring.audit.store.database import Identity, cause_of, exclusive, identity_of, prepare
from scoring.audit.store.entries import Answer, Entry
from scoring.errors import JournalError

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
