"""A backup is whole by itself; a restore replaces a closed journal by a sound one, and says what is lost."""

import gzip
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scoring.__main__ import cli
from scoring.audit import backups
from scoring.audit.backups import OF_POSTGRESQL, back_up, restore, serving
from scoring.audit.store.chain import Head
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import JournalError, SettingsError
from tests.scoring.audit.conftest import Record
from tests.scoring.audit.test_versions import VERSION_1

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", url)

    def words(*given: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["journal", *given])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return words


@pytest.fixture
def file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def filled(own: Journal, record: Record, clients: list[int]) -> Journal:
    for client in clients:
        record(own, client)
    return own


@pytest.mark.usefixtures("filled")
def test_a_file_that_was_copied_alone_is_said_to_be_empty(run: Run, file: Path, tmp_path: Path, monkeypatch) -> None:
    copied = tmp_path / "copied.sqlite"
    shutil.copyfile(file, copied)
    anchors = tmp_path / "anchors"
    anchors.write_text(f"4:{'0' * 64}\n", encoding="utf-8")
    code, out = run("backup", "--out", str(tmp_path / "backup.sqlite"))
    assert code == 0
    assert "4 entries from 2" in out
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", f"sqlite:///{copied}")
    assert "0 entries: the chain is empty" in run("verify")[1]
    code, out = run("verify", "--anchors", str(anchors))
    assert code == 1
    assert "FAULT entry 4" in out


def test_a_backup_holds_everything_and_needs_no_other_file(filled: Journal, url: str, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere" / "backup.sqlite"
    found = back_up(url, out)
    assert (found.entries, found.head, found.faults) == (4, filled.head, ())
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    assert out.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(f"file:{out}?mode=ro&immutable=1", uri=True)) as alone:
        assert alone.execute("SELECT count(*) FROM journal_entries").fetchone() == (4,)
    with pytest.raises(SettingsError, match="must be a new file"):
        back_up(url, out)


def test_a_backup_of_an_earlier_version_stays_one(tmp_path: Path) -> None:
    file, out = tmp_path / "journal.sqlite", tmp_path / "backup.sqlite"
    file.write_bytes(gzip.decompress(VERSION_1.read_bytes()))
    assert back_up(f"sqlite:///{file}", out).entries == 6
    for one in (file, out):
        with closing(sqlite3.connect(one)) as connection:
            assert connection.execute("SELECT version FROM journal_schema").fetchone() == (1,)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.sqlite", "journal.sqlite"]


def test_a_restore_says_what_is_lost_and_keeps_what_it_replaced(
    filled: Journal, record: Record, run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchors, out = tmp_path / "anchors", tmp_path / "backup.sqlite"
    assert run("backup", "--out", str(out))[0] == 0
    anchors.write_text(f"{filled.head}\n", encoding="utf-8")
    record(filled, 100002)
    anchors.write_text(f"{anchors.read_text()}{filled.head}\n", encoding="utf-8")
    filled.close()
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_ANCHOR", f"file:{anchors}")
    code, said = run("restore", str(out))
    assert code == 0
    assert "4 entries from 2" in said
    assert "Entries 5 to 5 at least are lost" in said
    assert "Repeat the erasures" in said
    [kept] = file.parent.glob("journal.sqlite.replaced-*")
    assert verify(engine_of(f"sqlite:///{kept}")).entries == 5
    again = Journal(f"sqlite:///{file}")
    assert record(again, 100002).link.seq == 5
    again.close()


def test_what_is_no_sound_backup_changes_nothing(filled: Journal, url: str, tmp_path: Path) -> None:
    out = tmp_path / "backup.sqlite"
    back_up(url, out)
    head = filled.head
    filled.close()
    with pytest.raises(JournalError, match="agree with the heads noted outside; got 1 faults"):
        restore(url, out, [Head(3, "0" * 64)])
    with closing(sqlite3.connect(out)) as connection:
        connection.execute("UPDATE journal_entries SET at = '1999' WHERE seq = 2")
        connection.commit()
    with pytest.raises(JournalError, match="must be sound"):
        restore(url, out)
    out.write_bytes(b"no database at all" * 1_000)
    with pytest.raises(JournalError, match="must be a sound SQLite file"):
        restore(url, out)
    out.unlink()
    Journal(f"sqlite:///{out}").check()
    with pytest.raises(JournalError, match="must hold entries"):
        restore(url, out, [head])
    with pytest.raises(SettingsError, match="other than the journal"):
        restore(url, Path(url.removeprefix("sqlite:///")))
    assert verify(engine_of(url), anchors=[head]).faults == ()
    assert list(tmp_path.glob("*.restoring*")) == list(tmp_path.glob("*.replaced*")) == []


def test_a_journal_in_use_is_not_replaced(filled: Journal, url: str, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup.sqlite"
    back_up(url, out)
    with pytest.raises(JournalError, match="must not be in use"):
        restore(url, out)  # the journal's writer has it open
    filled.close()
    with serving(url), pytest.raises(JournalError, match="must not be in use"):
        restore(url, out)  # a service that has written nothing yet
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM journal_entries").fetchone()
        with pytest.raises(JournalError, match="must not be in use"):
            restore(url, out)
    assert restore(url, out).found.entries == 4


def test_a_broken_journal_is_replaced_and_kept(filled: Journal, url: str, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "backup.sqlite"
    back_up(url, out)
    filled.close()
    file.write_bytes(b"broken" * 10_000)
    log = file.with_name(f"{file.name}-wal")
    log.write_bytes(b"old")
    assert restore(url, out).found.entries == 4
    [kept] = [one for one in file.parent.glob("*.replaced-*") if not one.name.endswith("-wal")]
    assert kept.read_bytes().startswith(b"broken")
    assert not log.exists()


def test_a_journal_on_a_server_is_left_to_its_own_tools(tmp_path: Path) -> None:
    for work in (
        lambda: back_up("postgresql://a@b/c", tmp_path / "x"),
        lambda: restore("postgresql://a@b/c", tmp_path),
    ):
        with pytest.raises(SettingsError, match="pg_dump") as refused:
            work()
        assert str(refused.value) == f"{OF_POSTGRESQL}."


def test_there_is_nothing_to_back_up_yet(url: str, tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="got none there yet"):
        back_up(url, tmp_path / "out")


@pytest.mark.usefixtures("filled")
def test_the_journal_of_an_open_demo_that_began_anew_is_whole(run: Run, own: Journal, url: str, tmp_path: Path) -> None:
    own.rotate()
    out = tmp_path / "backup.sqlite"
    code, said = run("backup", "--out", str(out))
    assert (code, "FAULT" in said) == (0, False)
    assert back_up(url, tmp_path / "closed.sqlite").faults != ()  # of a service that never begins anew
    own.close()
    with pytest.raises(JournalError, match="must be sound"):
        restore(url, out)
    assert run("restore", str(out))[0] == 0


@pytest.mark.parametrize("words", [("erase", "100002"), ("retain", "--older-than", "1d"), ("upgrade",)], ids=" ".join)
def test_no_command_writes_to_a_journal_that_is_being_restored(
    run: Run, own: Journal, url: str, words: tuple[str, ...]
) -> None:
    own.close()
    with (
        backups._alone(Path(url.removeprefix("sqlite:///"))),
        pytest.raises(SettingsError, match="must not be served while it is restored"),
    ):
        run(*words)
