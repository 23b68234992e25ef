"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from scoring.files import file_aside, files_aside


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
