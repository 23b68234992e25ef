"""What every command shows where its output is a file, and how it ends at Ctrl+C, in processes of their own."""

import codecs
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from scoring.__main__ import cli
from scoring.server.console import STOPPED, Commands
from scoring.settings import ROOT
from training.__main__ import app

WAITING = """
import time
import typer
from scoring.server.console import Commands, counted, steps
cli = typer.Typer(cls=Commands)

@cli.command()
def wait() -> None:
    with steps(3) as ended:
        ended("one")
        ended("two")
        while True:
            time.sleep(60)

@cli.command()
def count() -> None:
    with counted() as update:
        update(0, None, "building")
        for done in range(1, 2001):
            update(done, 2000, "deciding")

cli()
"""
SCRIPT = (sys.executable, "-c", WAITING)


@pytest.mark.parametrize("command_line", [cli, app])
def test_every_command_line_says_so_when_it_is_stopped(command_line: typer.Typer) -> None:
    assert isinstance(get_command(command_line), Commands)


def test_a_command_that_is_stopped_says_so_in_one_line() -> None:
    with subprocess.Popen([*SCRIPT, "wait"], cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        shown = [process.stderr.readline() for _ in range(2)]  # each step as it ends, while the command goes on
        process.send_signal(signal.SIGINT)
        left = process.stderr.read()
    assert shown == ["[1/3] one\n", "[2/3] two\n"]
    assert left.strip() == STOPPED
    assert process.returncode == 130


def test_a_count_leaves_a_line_a_tenth_in_a_file() -> None:
    done = subprocess.run([*SCRIPT, "count"], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = done.stderr.splitlines()
    assert lines[:3] == ["[…] building", "[1/2,000] deciding", "[200/2,000] deciding"]
    assert lines[-1] == "[2,000/2,000] deciding"
    assert len(lines) == 12


def test_a_real_command_tells_its_steps_in_a_file(tmp_path: Path) -> None:
    words = ["-m", "training", "portfolio", "--clients", "20", "--out", str(tmp_path / "tables")]
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[20/20] clients"


def commands_of(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of a command line, with the words that call it."""
    if isinstance(command, Commands):
        for name in command.list_commands(None):  # type: ignore[arg-type]
            yield from commands_of(command.get_command(None, name), (*words, name))
    else:
        yield words, command


WRITING = [
    (command_line, words, option.opts[0], option.type_descriptor.parameter_info.file_okay)
    for command_line in (cli, app)
    for words, command in commands_of(get_command(command_line))
    for option in command.params
    if option.name in ("out", "page", "html", "report", "counts", "top")
]


def test_commands_that_write_are_known() -> None:
    assert {"batch", "run", "watch", "validate", "backup"} <= {words[-1] for _, words, _, _ in WRITING}


@pytest.mark.parametrize(("command_line", "words", "option", "is_file"), WRITING)
def test_a_place_that_cannot_be_written_stops_a_command_before_its_work(
    command_line: typer.Typer, words: tuple[str, ...], option: str, is_file: bool, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for place in ("/proc/none/out", str(tmp_path / "file" / "out"), str(tmp_path if is_file else tmp_path / "file")):
        done = CliRunner().invoke(command_line, [*words, option, place])
        assert done.exit_code == 2, done.output
        assert option in done.output
        assert not isinstance(done.exception, OSError)


def test_a_library_of_training_that_is_absent_is_named() -> None:
    other = typer.Typer(cls=Commands)

    @other.command()
    def one() -> None:
        raise ModuleNotFoundError("No module named 'interpret'", name="interpret.glassbox")

    @other.command()
    def two() -> None:
        raise ModuleNotFoundError("No module named 'pyspark'", name="pyspark")

    for word, package, file in (("one", "interpret", "train"), ("two", "pyspark", "spark")):
        done = CliRunner().invoke(other, [word])
        assert done.exit_code == 2
        assert f"must have {package}; got an environment without it" in done.output
        assert f"pip install -r requirements-{file}.txt" in done.output


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "utf-8"])
def test_an_output_of_another_encoding_breaks_nothing(encoding: str) -> None:
    """What a person reads has a mark for what the terminal lacks; what is data is UTF-8 anywhere."""

    def said(*words: str) -> bytes:
        done = subprocess.run(
            [sys.executable, "-m", "scoring", *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "points" in said("explain", "100002").decode(encoding)
    table = said("export", "points", "--lang", "fr")
    assert table.startswith(codecs.BOM_UTF8)
    assert "Constante" in table.decode("utf-8")
