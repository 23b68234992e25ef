"""An open demo's journal begins anew when it is full: a new chain whose first entry names the head of the old one.

The rule: numbers go on, and the first entry of the new chain holds the last of the old one, so that heads noted outside
stay true. The old chain goes whole into one file beside the journal, in place of the one before; all of it happens in
one transaction of the store, under its lock. Only an open service on SQLite may do it: its clients are made up. Where
a service of real clients has used the same file, that is written in it, and no chain in it ever begins anew.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from scoring.audit.backups import synchronise
from scoring.audit.idempotency import KEYS
from scoring.audit.store.chain import ROTATION, Head, Link, canonical, commitment, new_salt
from scoring.audit.store.database import (
    ENTRIES,
    PARTS,
    PAYLOADS,
    ROWS,
    cause_of,
    exclusive,
    file_before,
    head_of,
)
from scoring.audit.store.entries import new_id
from scoring.errors import JournalError

_log = logging.getLogger(__name__)
_KEPT = 1
"""The number that SQLite keeps for a file's user; copied with it by `backup`."""
LOOK_EVERY = 1.0
"""Seconds between two looks at the journal's size."""


def rotate(engine: Engine) -> Head:
    """Begin a new chain; return its head.

    A journal without entries, or with its beginning alone, is left as it is; so is one that is never to begin anew.

    Raises
    ------
    SQLAlchemyError, OSError, sqlite3.Error
        When it can't be done; the journal is as it was.
    """
    file, before = Path(str(engine.url.database)), file_before(engine)
    aside = before.with_name(f"{before.name}.part")
    try:
        with engine.execution_options(writes=True).connect() as connection, connection.begin():
            exclusive(connection)
            head = head_of(connection)
            first = first_entry(connection)
            if head.seq == (0 if first is None else first.seq) or _is_kept(connection):
                return head
            with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(aside)) as copy:
                aside.chmod(0o600)
                source.backup(copy)  # as it stays: the lock keeps every other writer out
                copy.execute("PRAGMA journal_mode = DELETE")
            connection.exec_driver_sql("PRAGMA secure_delete = OFF")  # what goes lies in the other file whole
            for table in (ROWS, PARTS, KEYS, PAYLOADS, ENTRIES):
                connection.execute(delete(table))
            new = _begin(connection, head)
            aside.replace(before)
            synchronise(before)  # before the entries leave the journal
        return new
    finally:
        aside.unlink(missing_ok=True)


def keep_whole(engine: Engine) -> None:
    """Write into a journal on SQLite that it is of real clients, so that an open demo on the same file leaves it whole.

    Raises
    ------
    JournalError
        When it can't be written.
    """
    if engine.dialect.name != "sqlite":
        return
    try:
        with engine.execution_options(writes=True).connect() as connection, connection.begin():
            if not _is_kept(connection):
                connection.exec_driver_sql(f"PRAGMA user_version = {_KEPT}")
    except SQLAlchemyError as error:
        raise JournalError(f"The journal must answer; got: {cause_of(error)}. Check where it lies.") from error


def is_kept(engine: Engine) -> bool:
    """Whether a journal is never to begin anew."""
    with engine.connect() as connection:
        return _is_kept(connection)


def _is_kept(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("PRAGMA user_version").scalar_one() == _KEPT)


def first_entry(connection: Connection) -> Link | None:
    """The entry that a rotated chain begins with; None where the chain is whole."""
    query = select(ENTRIES).order_by(ENTRIES.c.seq).limit(1)
    found = connection.execute(query).one_or_none()
    if found is None or found.kind != ROTATION:
        return None
    return Link(found.seq, found.at, found.kind, found.decision_id, found.commitment, found.previous)


def size_of(engine: Engine) -> int:
    """Bytes that the journal's file uses, without pages that are free."""
    with engine.connect() as connection:
        pages, free, size = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def _begin(connection: Connection, before: Head) -> Head:
    """Write the first entry of the new chain."""
    salt, text = new_salt(), canonical({"version": 1, "previous": {"seq": before.seq, "digest": before.digest}})
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    link = Link(before.seq + 1, at, ROTATION, new_id(), commitment(salt, text), before.digest)
    connection.execute(
        insert(ENTRIES).values(
            seq=link.seq,
            at=link.at,
            kind=link.kind,
            decision_id=link.decision_id,
            commitment=link.commitment,
            previous=link.previous,
            digest=link.digest,
        )
    )
    connection.execute(insert(PAYLOADS).values(seq=link.seq, salt=salt, payload=text, kind=link.kind))
    return Head(link.seq, link.digest)


class Rotation:
    """Looks at the size of a journal, and has it begin anew when it is full.

    Parameters
    ----------
    limit : bytes at which it is full
    rotate : what begins a new chain
    """

    def __init__(self, engine: Engine, limit: int, rotate: Callable[[], None]) -> None:
        self._engine, self._limit, self._rotate = engine, limit, rotate
        self._end, self._is_told = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="journal-rotation", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._end.wait(LOOK_EVERY):
            self._look()

    def _look(self) -> None:
        try:
            if not Path(str(self._engine.url.database)).is_file() or size_of(self._engine) < self._limit:
                return
            if not is_kept(self._engine):
                self._rotate()
            elif not self._is_told:
                self._is_told = True
                _log.warning("the journal is full and holds decisions on real clients: it does not begin anew")
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            _log.error("the journal could not begin anew: %s", type(error).__name__)
