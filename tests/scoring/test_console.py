"""What every command shows where its output is a file, and how it ends at Ctrl+C, in processes of their own."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from scoring.__main__ import cli
from scoring.console import STOPPED, Commands
from scoring.settings import ROOT
from training.__main__ import app

WAITING = """
import time
import typer
from scoring.console import Commands, counted, steps
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
