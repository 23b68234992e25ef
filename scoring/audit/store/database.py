"""Where the journal lies: six tables on SQLite or PostgreSQL, through SQLAlchemy.

The rule: entries are only ever added. What may be erased, a payload with its salt and what is looked for in it, has a
table of its own; the rows of a batch have another, so that one client can be erased out of it.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from scoring.audit.store.chain import BATCH, REVIEW_ASKED, REVIEW_CLOSED, ROTATION, Head
from scoring.errors import JournalError, SettingsError

SCHEMA_VERSION = 3
PATIENCE = 5
"""Seconds to wait for a lock that another process holds, or for a server that does not answer."""
SILENCE = 10
"""Seconds that a server may not answer at all, or take for one statement of a writer."""
TO_TRUNCATE = 10.0
"""Seconds to wait for those who read what was erased."""
LEAST_ROOM = 1 << 20
"""Bytes of a disk below which a journal is not ready."""
_ADVISORY_LOCK = 0x636C6169727363
METADATA = MetaData()
Identity = tuple[int, int] | None

VERSIONS = Table("journal_schema", METADATA, Column("version", Integer, primary_key=True, autoincrement=False))
ENTRIES = Table(
    "journal_entries",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("decision_id", String(36), nullable=False, index=True),
    Column("commitment", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Index("ix_journal_entries_kind", "kind", "seq"),
)
PAYLOADS = Table(
    "journal_payloads",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("client_id", BigInteger),
    Column("salt", String(64), nullable=False),
    Column("payload", Text, nullable=False),
    Column("asked_by", Text),
    Column("model", String(80)),
    Column("about", String(64)),
    Column("kind", String(16)),  # the entry's own
    Column("waits", SmallInteger),  # 1 for a review that is not closed
    Index("ix_journal_payloads_asked_by", "asked_by", "seq"),
    Index("ix_journal_payloads_model", "model", "seq", "kind"),
)
ROWS = Table(
    "journal_rows",
    METADATA,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("client_id", BigInteger),
    Column("salt", String(64)),
    Column("row", Text),
    Column("commitment", String(64)),  # of an erased row, whose salt and text are gone
    sqlite_with_rowid=False,
)
PARTS = Table(
    "journal_parts",
    METADATA,
    Column("batch_id", String(36), primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("next", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""The positions that each part of a batch takes, from ``first`` to before ``next``: each is of one part."""


def _index_of_some(name: str, where: Column[Any], *columns: Column[Any]) -> None:
    """An index over the rows that have a value in a column."""
    Index(name, *columns, sqlite_where=where.is_not(None), postgresql_where=where.is_not(None))


_index_of_some("ix_journal_payloads_about", PAYLOADS.c.about, PAYLOADS.c.about)
_index_of_some(
    "ix_journal_payloads_client", PAYLOADS.c.client_id, *(PAYLOADS.c[n] for n in ("client_id", "kind", "seq"))
)
_index_of_some("ix_journal_payloads_waits", PAYLOADS.c.waits, PAYLOADS.c.waits, PAYLOADS.c.seq)
_index_of_some("ix_journal_rows_client", ROWS.c.client_id, *(ROWS.c[n] for n in ("client_id", "seq", "position")))
MODELS = Table(
    "journal_models",
    METADATA,
    Column("digest", String(80), primary_key=True),
    Column("document", Text, nullable=False),
)


_CAUSES: Final = {
    "connection refused": "no server at its address",
    "password authentication failed": "the password was refused",
    "no password supplied": "no password was given",
    r'role ".*" does not exist': "no such user",
    r'database ".*" does not exist': "no such database",
    "could not translate host name": "no such host",
    "name or service not known": "no such host",
    "failed to resolve": "no such host",
    "timeout": "no answer in time",
    "too many": "too many connections",
    "permission denied": "the user may not do this",
    "read-only": "a database that is read-only",
    "no space left": "no space left on its disk",
}
"""Patterns of PostgreSQL's messages, in lower case, and what they mean."""


def engine_of(url: str) -> Engine:
    """An engine for a journal's address; nothing is opened yet.

    Raises
    ------
    SettingsError
        When the address is none of SQLite or PostgreSQL.
    """
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise _bad_address() from error
    except ValueError as error:  # of a port
        raise SettingsError(
            "The port in the journal's address must be a whole number; got another text. Correct "
            "CLAIRSCORE_JOURNAL_URL."
        ) from error
    if backend == "sqlite":
        if address.host or "?" in url:
            got = "two slashes before the path" if address.host else "a question mark, which would cut the file's name"
            raise SettingsError(
                f"A journal's address in SQLite must be sqlite:///PATH (sqlite:////PATH from the root); got {got}. "
                "Correct CLAIRSCORE_JOURNAL_URL."
            )
        return _sqlite(address)
    if backend == "postgresql":
        try:
            return create_engine(
                address.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,
                pool_timeout=PATIENCE,
                connect_args={"connect_timeout": PATIENCE, "tcp_user_timeout": 1_000 * SILENCE},
            )
        except ModuleNotFoundError as error:
            raise SettingsError(
                "A journal on PostgreSQL must have its driver; got none. Install it: pip install 'psycopg[binary]'."
            ) from error
    raise _bad_address()


def _bad_address() -> SettingsError:
    return SettingsError(  # without the address: it may hold a password
        "The journal's address must be sqlite:///PATH or postgresql://USER@HOST/DATABASE; got another one. Correct "
        "CLAIRSCORE_JOURNAL_URL."
    )


def cause_of(error: SQLAlchemyError) -> str:
    """What a database says of a fault, for whoever runs the product: SQLite's own words, PostgreSQL's kind of fault.

    Not for callers, and without values: a statement's parameters and an address with a password are in no part of it.
    """
    original = getattr(error, "orig", None)
    if isinstance(original, sqlite3.Error):
        return str(original) or type(original).__name__
    cause = str(original or "").lower()
    found = next((words for pattern, words in _CAUSES.items() if re.search(pattern, cause)), None)
    return found or type(original or error).__name__


def _sqlite(address: URL) -> Engine:
    if not address.database or address.database == ":memory:":
        raise SettingsError(
            "The journal must be a file; got a SQLite address without one. Name a file after sqlite:///."
        )
    engine = create_engine(
        address,
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
        poolclass=NullPool,  # a connection that is kept would go on with a file that another one has replaced
    )

    @event.listens_for(engine, "connect")
    def configure(connection, _record):  # type: ignore[no-untyped-def]
        connection.isolation_level = None  # we begin transactions ourselves
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit that was answered survives a power cut
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
        connection.execute("PRAGMA cache_size = -16000")  # KiB: the indices' pages stay at hand
        connection.execute("PRAGMA wal_autocheckpoint = 4000")  # pages: 16 MB of log are moved into the file at once

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The write lock at once: what is read as the head stays the head until the commit.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


def prepare(engine: Engine) -> None:
    """Make the tables where there are none; bring those of an older version up to this one.

    Raises
    ------
    JournalError
        When the tables are of a newer version.
    SQLAlchemyError, OSError
        When the place does not answer.
    """
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
    with engine.execution_options(writes=True).begin() as connection:
        exclusive(connection)
        found = version_of(connection)
        if found is not None and found > SCHEMA_VERSION:
            raise JournalError(
                f"The journal must be of version {SCHEMA_VERSION} at most; got {found}. Use the version of the product "
                "that wrote it."
            )
        if found in (1, 2):
            _from_version(found, connection)
        METADATA.create_all(connection)
        if found in (1, 2):
            _fill_parts(connection)
        if found is None:
            connection.execute(insert(VERSIONS).values(version=SCHEMA_VERSION))
        elif found < SCHEMA_VERSION:
            connection.execute(update(VERSIONS).values(version=SCHEMA_VERSION))


def check_room(engine: Engine) -> None:
    """Refuse a disk that is as good as full; a server looks after its own.

    Raises
    ------
    JournalError
        When there is less than `LEAST_ROOM`.
    """
    if engine.dialect.name == "sqlite":
        free = shutil.disk_usage(Path(str(engine.url.database)).parent).free
        if free < LEAST_ROOM:
            raise JournalError(f"The journal's disk must have {LEAST_ROOM} bytes free; got {free}. Make room.")


def check_changeable(engine: Engine) -> None:
    """Refuse a file that the system no longer lets be changed, before SQLite touches it.

    SQLite maps a part of it into memory, and a write that the system refuses there ends the process (SIGBUS).

    Raises
    ------
    JournalError
        When one of the journal's files may not be written.
    """
    if engine.dialect.name != "sqlite":
        return
    file = str(engine.url.database)
    for path in (file, f"{file}-wal", f"{file}-shm"):
        if not os.access(path, os.W_OK) and os.path.exists(path):  # noqa: PTH110  # once a group, so without a Path
            raise JournalError(f"The journal's files must be writable; got {Path(path).name} that is not. Free it.")


def version_of(connection: Connection) -> int | None:
    """The version of the tables; None where there are none."""
    if not inspect(connection).has_table(VERSIONS.name):
        return None
    return connection.execute(select(VERSIONS.c.version)).scalar()


def _from_version(found: int, connection: Connection) -> None:
    """Add the columns that payloads are found by, filled from the payloads; entries and their digests stay."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # it takes as long as the journal is large
    new = [PAYLOADS.c.kind, PAYLOADS.c.waits]
    if found == 1:
        new += [PAYLOADS.c.asked_by, PAYLOADS.c.model, PAYLOADS.c.about]
    for column in new:
        kind = column.type.compile(connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE {PAYLOADS.name} ADD COLUMN {column.name} {kind}")
    asked_by, model = (
        ("payload::json ->> 'asked_by'", "payload::json #>> '{model,version}'")
        if connection.dialect.name == "postgresql"
        else ("json_extract(payload, '$.asked_by')", "json_extract(payload, '$.model.version')")
    )
    before = f", asked_by = {asked_by}, model = {model}" if found == 1 else ""
    kind_of = f"(SELECT e.kind FROM {ENTRIES.name} e WHERE e.seq = {PAYLOADS.name}.seq)"  # noqa: S608
    connection.exec_driver_sql(f"UPDATE {PAYLOADS.name} SET kind = {kind_of}{before}")  # noqa: S608
    for name in ("ix_journal_payloads_client_id", "ix_journal_rows_client_id"):
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
    METADATA.create_all(connection, [ENTRIES, PAYLOADS, ROWS])
    for table in (ENTRIES, PAYLOADS, ROWS):
        for index in table.indexes:
            index.create(connection, checkfirst=True)
    closing = PAYLOADS.alias()
    closed = (
        select(closing.c.seq)
        .join(ENTRIES, ENTRIES.c.decision_id == closing.c.about)
        .where(ENTRIES.c.seq == PAYLOADS.c.seq, closing.c.kind == REVIEW_CLOSED)
    )
    reviews = select(ENTRIES.c.seq).where(ENTRIES.c.kind == REVIEW_ASKED)
    connection.execute(update(PAYLOADS).where(PAYLOADS.c.seq.in_(reviews), ~closed.exists()).values(waits=1))


def _fill_parts(connection: Connection) -> None:
    """Fill the table of batch parts from the payloads; one that can't be read or does not follow on is for `verify`.

    Where an erased part ended is not known: the next one may begin at any place behind what is known.
    """
    parts = (
        select(ENTRIES.c.seq, ENTRIES.c.decision_id, PAYLOADS.c.payload)
        .outerjoin(PAYLOADS, PAYLOADS.c.seq == ENTRIES.c.seq)
        .where(ENTRIES.c.kind == BATCH)
        .order_by(ENTRIES.c.seq)
    )
    ends: dict[str, int] = {}
    after_erased: set[str] = set()
    for seq, batch_id, payload in connection.execute(parts).all():
        if payload is None:
            after_erased.add(batch_id)
            continue
        try:
            cause = orjson.loads(payload)
            first, end = cause["first"], cause["first"] + cause["rows"]
        except (KeyError, TypeError, ValueError):
            continue
        known = ends.get(batch_id, 0)
        if (first == known or (first > known and batch_id in after_erased)) and end > first:
            connection.execute(insert(PARTS).values(batch_id=batch_id, first=first, next=end, seq=seq))
            ends[batch_id] = end
            after_erased.discard(batch_id)


def exclusive(connection: Connection) -> None:
    """Keep every other writer out until the transaction ends (SQLite's BEGIN IMMEDIATE has done so)."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{SILENCE}s'")
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def head_of(connection: Connection) -> Head:
    """The last entry."""
    found = connection.execute(
        select(ENTRIES.c.seq, ENTRIES.c.digest).order_by(ENTRIES.c.seq.desc()).limit(1)
    ).one_or_none()
    return Head() if found is None else Head(found.seq, found.digest)


def holds(connection: Connection, head: Head) -> bool:
    """Whether the chain has the very entry that a head names."""
    found = connection.execute(select(ENTRIES.c.digest).where(ENTRIES.c.seq == head.seq)).scalar_one_or_none()
    return head.seq == 0 or found == head.digest


def check_goes_on(connection: Connection, known: Head, found: Head | None = None) -> None:
    """Refuse a journal that lacks an entry after which decisions were given.

    Parameters
    ----------
    found : the journal's last entry, where it was read in the same transaction

    Raises
    ------
    JournalError
        When another journal, or an older copy of this one, lies in its place, or its end was cut.
    """
    if known != found and not holds(connection, known) and not _held_before(connection, known):
        raise JournalError(
            f"The journal must go on from entry {known.seq}, after which decisions were given; got another journal, or "
            "an older copy, in its place. Restore the whole one, or go on without as the owner's guide says."
        )


def file_before(engine: Engine) -> Path:
    """Where the chain lies that a rotated one goes on from (see `journal.rotating`)."""
    return Path(f"{engine.url.database}.before")


def _held_before(connection: Connection, known: Head) -> bool:
    """Whether the chain goes on from another one that has the very entry that a head names."""
    query = select(ENTRIES.c.seq, ENTRIES.c.kind, ENTRIES.c.previous).order_by(ENTRIES.c.seq).limit(1)
    first = connection.execute(query).one_or_none()
    if first is None or first.kind != ROTATION or known.seq >= first.seq:
        return False
    if known == Head(first.seq - 1, first.previous):
        return True
    file = file_before(connection.engine)
    if connection.dialect.name != "sqlite" or not file.is_file():
        return False
    with _sqlite(connection.engine.url.set(database=str(file))).connect() as before:
        return holds(before, known) and head_of(before) == Head(first.seq - 1, first.previous)


def identity_of(engine: Engine) -> Identity:
    """What tells a SQLite file from another of its name; None where a server holds the journal, or there is no file.

    A file that was moved or removed would go on to be written, and nobody would find what is in it.
    """
    if engine.dialect.name != "sqlite":
        return None
    try:
        found = os.stat(str(engine.url.database))  # noqa: PTH116  # once a group, so without a Path
    except OSError:
        return None
    return found.st_dev, found.st_ino


def truncate_log(engine: Engine) -> bool:
    """Empty SQLite's write-ahead log, which holds what was erased; whether that could be done in time.

    A reader that is open keeps the log. Each try is short, for it keeps writers out; PostgreSQL looks after its own.
    """
    if engine.dialect.name != "sqlite":
        return True
    end = time.monotonic() + TO_TRUNCATE
    while True:
        with engine.connect() as connection:
            connection.commit()
            connection.exec_driver_sql("PRAGMA busy_timeout = 100")
            busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if not busy:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.05)


def is_prepared(engine: Engine) -> bool:
    """Whether there is a journal at all.

    Raises
    ------
    JournalError
        When the place does not answer.
    """
    try:
        if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).is_file():
            return False
        return inspect(engine).has_table(ENTRIES.name)
    except SQLAlchemyError as error:
        raise JournalError(f"The journal must answer; got: {cause_of(error)}. Check where it lies.") from error


# Numbers of entries by their time, found by bisection: no index over times is kept for the few who ask.

SLACK = timedelta(days=1)


def written(time: datetime) -> str:
    """A time as entries bear it."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def first_since(connection: Connection, time: datetime) -> int:
    """A number before which no entry was written at a time or later."""
    return _first_at(connection, _moved(time, -SLACK))


def last_before(connection: Connection, time: datetime) -> int:
    """A number behind which no entry was written before a time."""
    return _first_at(connection, _moved(time, SLACK)) - 1


def _first_at(connection: Connection, time: str) -> int:
    """Number of the first entry that was written at a time or later, as if no clock was ever set back."""
    low, high = 1, head_of(connection).seq + 1
    while low < high:
        middle = (low + high) // 2
        query = select(ENTRIES.c.seq, ENTRIES.c.at).where(ENTRIES.c.seq >= middle).order_by(ENTRIES.c.seq).limit(1)
        found = connection.execute(query).one()
        if found.at >= time:
            high = middle
        else:
            low = found.seq + 1
    return low


def _moved(time: datetime, by: timedelta) -> str:
    try:
        return written(time + by)
    except OverflowError:  # the first or the last days that there are
        return written(time)
