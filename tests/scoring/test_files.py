"""Files appear whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from scoring import files
from scoring.errors import FileError
from scoring.files import check_target, file_aside, files_aside
from scoring.settings import ROOT


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="stop"), file_aside(path) as aside:
        aside.write_text("half")
        raise RuntimeError("stop")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_good_write_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.csv"
    with file_aside(path) as aside:
        aside.write_text("whole")
    assert path.read_text() == "whole"


def test_a_failed_folder_leaves_the_old_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old")
    with pytest.raises(RuntimeError, match="stop"), files_aside(tmp_path) as aside:
        (aside / "a.json").write_text("half")
        raise RuntimeError("stop")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"a.json": "old"}


def test_a_good_folder_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with files_aside(tmp_path) as aside:
        (aside / "a.json").write_text("new")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "a.json": "new",
        "notes.txt": "mine",
    }


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "no space left on its disk. Make room"),
        (errno.EDQUOT, "no space left on its disk"),
        (errno.EACCES, "a place that may not be written. Name a folder that you may write to"),
        (errno.EROFS, "a place that may not be written"),
        (errno.EISDIR, "a folder. Name a file in it"),
        (errno.ENOENT, "no such folder. Make it"),
        (errno.EFBIG, "more than its disk holds in one file"),
    ],
)
@pytest.mark.parametrize("aside", [file_aside, files_aside])
def test_a_write_that_fails_is_one_message(
    tmp_path: Path, aside: Callable[[Path], AbstractContextManager[Path]], number: int, message: str
) -> None:
    path = tmp_path / "out"
    with pytest.raises(FileError, match=rf"/out must be a place that can be written; got {message}"), aside(path):
        raise OSError(number, os.strerror(number))
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    def write() -> None:
        with file_aside(path) as aside:
            aside.unlink()
            aside.symlink_to("/dev/full")
            aside.write_text("new")

    with pytest.raises(FileError, match=r"out\.csv must be a place that can be written; got no space left on its disk"):
        write()
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])


def test_a_library_that_only_says_so_counts_too(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="no space left"), file_aside(tmp_path / "out.parquet"):
        raise RuntimeError("IO Error: Could not write file: No space left on device (os error 28)")


def test_an_error_about_another_file_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), file_aside(tmp_path / "out.csv"):
        (tmp_path / "tables.csv").read_text()


def places(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "file").write_text("")
    return {"a folder": tmp_path, "a file where a folder should be": tmp_path / "file" / "out.csv"}


@pytest.mark.parametrize("got", ["a folder", "a file where a folder should be"])
def test_a_place_for_no_file_is_found_before_the_block(tmp_path: Path, got: str) -> None:
    with pytest.raises(FileError, match=f"got {got}"), file_aside(places(tmp_path)[got]):
        pytest.fail("the block began")


@pytest.mark.parametrize("path", ["/proc/out.csv", "/proc/new/out.csv", "/dev/null/out.csv"])
def test_a_target_is_tried_not_guessed(path: str) -> None:
    with pytest.raises(FileError, match=f"{path} must be a place that can be written; got "):
        check_target(Path(path))


def test_trying_a_target_leaves_nothing(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "out.csv", tmp_path / "new" / "folder" / "out.csv"):
        check_target(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="locks of folders are a Unix matter")
def test_a_private_folder_of_a_killed_process_is_removed_and_one_in_use_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(files, "_FRESH", 0.0)
    code = "from scoring.files import private_folder; print(private_folder('of-')); input()"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        made = Path(other.stdout.readline().strip())
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
        (made / "clients.parquet").write_bytes(b"of somebody")
        own = files.private_folder("of-")
        assert made.is_dir()
        other.kill()
    files.private_folder("of-")
    assert not made.exists()
    assert own.is_dir()
