"""A journal on SQLite backed up while it is served, and restored while it is not.

The rule: a backup is one file that is whole by itself and was verified; copying the journal's file alone misses what
waits in the write-ahead log. A restore replaces a journal by one that was verified, in one step, and keeps the replaced
one beside it. PostgreSQL has its own tools (`OF_POSTGRESQL`).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from scoring.audit.store.chain import Head
from scoring.audit.store.database import SCHEMA_VERSION, engine_of, head_of, version_of
from scoring.audit.verification import Verification, verify
from scoring.errors import JournalError, SettingsError
from scoring.files import file_aside

if sys.platform != "win32":
    import fcntl

OF_POSTGRESQL = (
    "A journal on PostgreSQL is backed up by `pg_dump --format=custom --table='journal_*' --file=FILE DATABASE`, and "
    "restored, while nothing serves it, by `pg_restore --clean --if-exists --dbname=DATABASE FILE`; then run "
    "`python -m scoring journal verify`"
)
_LOG_FILES = ("-wal", "-shm")


@dataclass(frozen=True)
class Restored:
    """What a restore came to.

    Attributes
    ----------
    found : the restored chain
    kept : the journal that was replaced; None where there was none
    beyond : heads noted outside that lie behind its end: the entries up to them are lost
    """

    found: Verification
    replaced: Path | None
    beyond: tuple[Head, ...]


def back_up(url: str, out: Path, *, may_rotate: bool = False) -> Verification:
    """Copy a journal into a new file, whatever writes to it meanwhile; return what a check of the copy found.

    Parameters
    ----------
    may_rotate : as of `verify`

    Raises
    ------
    SettingsError
        When the journal is not on SQLite, or the file is there already.
    JournalError
        When there is no journal, or it can't be copied.
    """
    file = _file_of(url)
    if out.exists():
        raise SettingsError(f"A backup must be a new file; got {out}, which is there already. Name another.")
    if not file.is_file():
        raise JournalError("There must be a journal to back up; got none there yet. Record a decision first.")
    with file_aside(out) as aside:
        _copy(file, aside)
        return _verified(aside, may_rotate=may_rotate)


def restore(url: str, backup: Path, noted: Sequence[Head] = (), *, may_rotate: bool = False) -> Restored:
    """Put a backup in the journal's place, which nothing may serve or read; the replaced journal is kept beside it.

    Parameters
    ----------
    noted : heads that were noted outside
    may_rotate : as of `verify`

    Raises
    ------
    SettingsError
        When the journal is not on SQLite, or there is no such backup.
    JournalError
        When the journal is in use, or the backup is not sound or contradicts the heads; nothing was changed then.
    """
    file = _file_of(url)
    if not backup.is_file() or (file.exists() and file.samefile(backup)):
        raise SettingsError(
            f"A backup must be a file other than the journal; got {backup}. Name one that `journal backup` made."
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.restoring")
    with _alone(file):
        try:
            _copy(backup, aside)
            end = _end_of(aside)
            agreeing = [one for one in noted if one.seq <= end]
            checked = verify(engine_of(f"sqlite:///{aside}"), anchors=agreeing, may_rotate=may_rotate)
            _check_backup(checked, expected=bool(noted))
            _as_one_file(aside)
            replaced = _set_aside(file)
            aside.replace(file)
            synchronise(file)
        finally:
            for name in ("", *_LOG_FILES):
                aside.with_name(aside.name + name).unlink(missing_ok=True)
        found = verify(engine_of(url), anchors=agreeing, may_rotate=may_rotate)
    return Restored(found, replaced, tuple(one for one in noted if one.seq > end))


@contextmanager
def serving(url: str) -> Iterator[None]:
    """Mark a journal as served as long as the block, or the process, lives; several may serve one.

    Raises
    ------
    SettingsError
        When it is being restored.
    """
    if not url.startswith("sqlite") or sys.platform == "win32":  # where a file that is open can't be replaced
        yield
        return
    file = _file_of(url)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        mark = _mark_of(file).open("ab")
    except OSError:  # where nothing can be written there is no decision either, and the service says so
        yield
        return
    with mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError(
                "A journal must not be served while it is restored; got one that is. Start again when it is done."
            ) from error
        yield


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Keep every service out, and refuse where one, or any other program, has the journal open."""
    with _mark_of(file).open("ab") as mark:
        try:
            if sys.platform != "win32":
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if file.exists():
                _check_closed(file)
        except (BlockingIOError, sqlite3.OperationalError) as error:
            raise JournalError(
                f"A journal must not be in use while it is replaced; got one that is ({file}). Stop the service, and "
                "whatever else has it open."
            ) from error
        yield


def _check_closed(file: Path) -> None:
    """Raise `sqlite3.OperationalError` where another connection is open; empty the log where none is."""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            return  # a broken journal is what a restore is for


def _end_of(file: Path) -> int:
    with engine_of(f"sqlite:///{file}").connect() as connection:
        return 0 if version_of(connection) is None else head_of(connection).seq


def _check_backup(found: Verification, *, expected: bool) -> None:
    """Refuse what must not become the journal."""
    if found.faults:
        raise JournalError(
            f"A backup must be sound, and agree with the heads noted outside; got {len(found.faults)} faults, the "
            f"first at {found.faults[0]}. Restore another; the journal was left as it was."
        )
    if expected and not found.entries:
        raise JournalError(
            "A backup must hold entries where heads of them were noted outside; got none. Restore another; the journal "
            "was left as it was."
        )


def _set_aside(file: Path) -> Path | None:
    """Keep the journal that is about to be replaced under another name too; there is never none in its place."""
    if not file.exists():
        return None
    replaced = file.with_name(f"{file.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    for end in _LOG_FILES:  # of a broken journal; they must not be read with the new one
        log = file.with_name(file.name + end)
        if log.exists():
            log.rename(replaced.with_name(replaced.name + end))
    try:
        os.link(file, replaced)
    except OSError:  # a disk without links
        shutil.copy2(file, replaced)
    return replaced


def _copy(file: Path, out: Path) -> None:
    """Copy a database as it is at one moment, with what waits in its log."""
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(out)) as copy:
            out.chmod(0o600)  # it holds personal data
            source.backup(copy)
    except sqlite3.Error as error:
        raise JournalError(f"A journal must be a sound SQLite file; got {file}: {error}.") from error
    _as_one_file(out)


def _as_one_file(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    synchronise(file)


def synchronise(file: Path) -> None:
    """Have a file, and its name, on the disk."""
    for path, flags in ((file, os.O_RDWR), (file.parent, os.O_RDONLY)):
        if sys.platform == "win32" and path is not file:
            continue
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _verified(file: Path, *, may_rotate: bool) -> Verification:
    """Check a copy, and leave it as it is: a check brings an older version up to this one."""
    checked = file.with_name(f"{file.name}.checked")
    engine = engine_of(f"sqlite:///{file}")
    with engine.connect() as connection:
        current = version_of(connection) == SCHEMA_VERSION
    try:
        if not current:
            shutil.copyfile(file, checked)
            engine = engine_of(f"sqlite:///{checked}")
        return verify(engine, may_rotate=may_rotate)
    finally:
        _as_one_file(file)
        for end in ("", *_LOG_FILES):
            checked.with_name(checked.name + end).unlink(missing_ok=True)


def _file_of(url: str) -> Path:
    engine_of(url)  # which refuses what is no address of a journal
    if not url.startswith("sqlite"):
        raise SettingsError(f"{OF_POSTGRESQL}.")
    return Path(str(make_url(url).database))


def _mark_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.serving")
