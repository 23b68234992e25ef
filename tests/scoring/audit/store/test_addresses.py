"""The journal's address: what can't be one is refused with what is wrong, and a fault says what the database says."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from scoring.audit.store.database import cause_of, engine_of, is_prepared
from scoring.audit.writer import Journal
from scoring.errors import JournalError, SettingsError


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite://data/j.sqlite", "must be sqlite:///PATH .*; got two slashes before the path"),
        ("sqlite:///data/what?.sqlite", "got a question mark, which would cut the file's name"),
        ("sqlite:///data/j.sqlite?mode=ro", "got a question mark"),
        ("sqlite://", "must be a file; got a SQLite address without one"),
        ("sqlite:///:memory:", "must be a file"),
        ("postgresql://user:s3cret@host:54x/journal", "The port .* must be a whole number"),
        ("mysql://user:s3cret@host/journal", "must be sqlite:///PATH or postgresql://USER@HOST/DATABASE"),
        ("journal.sqlite", "must be sqlite:///PATH or postgresql://USER@HOST/DATABASE"),
    ],
)
def test_what_is_no_address_is_refused(address: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        engine_of(address)
    assert "s3cret" not in str(raised.value)


def broken(kind: str, tmp_path: Path) -> Path:
    path = tmp_path / "journal.sqlite"
    if kind == "no database":
        path.write_bytes(b"this is no database at all" * 400)
    elif kind == "a folder":
        path.mkdir()
    else:
        (tmp_path / "file").write_text("")
        return tmp_path / "file" / "journal.sqlite"
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("no database", "file is not a database"),
        ("a folder", "unable to open database file"),
        ("a file for a folder", "File exists|Not a directory"),
    ],
)
def test_a_fault_says_what_the_database_says(kind: str, said: str, tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{broken(kind, tmp_path)}")
    try:
        with pytest.raises(JournalError, match=said):
            journal.check()
    finally:
        journal.close()


def test_reading_says_so_too(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="must answer; got: file is not a database"):
        is_prepared(engine_of(f"sqlite:///{broken('no database', tmp_path)}"))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ('connection to server at "10.0.0.1", port 5432 failed: Connection refused', "no server at its address"),
        ('FATAL:  password authentication failed for user "scoring"', "the password was refused"),
        ('FATAL:  database "s3cret" does not exist', "no such database"),
        ('FATAL:  role "s3cret" does not exist', "no such user"),
        ("failed to resolve host 's3cret'", "no such host"),
        ("connection timeout expired", "no answer in time"),
        ("something new about s3cret", "OSError"),
    ],
)
def test_a_fault_of_postgresql_is_told_without_its_names(message: str, said: str) -> None:
    error = DBAPIError("SELECT 1", {"secret": "s3cret"}, OSError(message))
    assert cause_of(error) == said


def test_a_fault_without_an_origin_has_its_kind() -> None:
    assert cause_of(SQLAlchemyError("s3cret")) == "SQLAlchemyError"
    assert cause_of(DBAPIError("x", {}, sqlite3.OperationalError("database is locked"))) == "database is locked"
