"""What all command lines share: progress that also shows where the output goes to a file, and a word at Ctrl+C.

The rule: a person at a terminal sees a bar; a file or a log gets one line a step, written at once. A command that is
stopped says so and ends with 130, as a shell expects. Where a command is told to write, it tries before it works. A
terminal of another encoding shows a mark for what it can't; what goes to a file is UTF-8 everywhere.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from typer.core import TyperGroup

from scoring.errors import FileError
from scoring.files import check_target, file_aside, file_error

error_console: Final = Console(stderr=True)
STOPPED: Final = "Stopped by Ctrl+C. No file is left half written; what was recorded or kept before stays."
INTERRUPTED: Final = 130
PARTS: Final = 10
"""Lines that a count of many things leaves in a file."""


class Update(Protocol):
    """How far a command is: so many done, of how many (None where that is not known yet), and at what."""

    def __call__(self, done: int, total: int | None, text: str) -> None:
        """Show it."""


class Commands(TyperGroup):
    """A group of commands that says so when it is stopped: ``typer.Typer(cls=Commands)``."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        _replace_what_a_terminal_lacks()
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo(f"\n{STOPPED}", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package in ("", "scoring", "training"):
                raise
            file = "requirements-spark.txt" if package == "pyspark" else "requirements-train.txt"
            typer.echo(
                f"Error: This command must have {package}; got an environment without it, such as that of a service. "
                f"Install it: python -m pip install -r {file}",
                err=True,
            )
            raise typer.Exit(2) from error
        except OSError as error:
            if error.errno is None or isinstance(error, ConnectionError | BrokenPipeError):
                raise
            typer.echo(f"Error: {file_error(error, error.filename or 'The output')}", err=True)
            raise typer.Exit(2) from error

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, whose targets are tried when it is called: options that name a file or a folder alone."""
        command = super().get_command(ctx, cmd_name)
        for parameter in getattr(command, "params", ()):
            if is_target(parameter) and parameter.callback is None:
                parameter.callback = _tried
        return command


def is_target(parameter: Any) -> bool:
    """Whether an option is where a command writes: declared with ``dir_okay=False`` or ``file_okay=False``."""
    stated = getattr(getattr(parameter, "type_descriptor", None), "parameter_info", None)
    return not (getattr(stated, "file_okay", True) and getattr(stated, "dir_okay", True))


def give(text: str, out: Path | None) -> None:
    """Write a text to a file, or to the output, in UTF-8 either way."""
    if out is None:
        typer.echo(text.encode(), nl=False)
        return
    with file_aside(out) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")


def _tried(_context: Any, _parameter: Any, value: Any) -> Any:
    if value is not None:
        try:
            check_target(Path(value))
        except FileError as error:
            raise typer.BadParameter(str(error)) from error
    return value


def _replace_what_a_terminal_lacks() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextmanager
def steps(total: int) -> Iterator[Callable[[str], None]]:
    """Progress by so many steps; call what it gives with a few words as each one ends."""
    with counted(total, parts=total) as update:
        done = 0

        def ended(text: str) -> None:
            nonlocal done
            done += 1
            update(done, total, text)

        yield ended


@contextmanager
def counted(total: int | None = None, *, parts: int = PARTS) -> Iterator[Update]:
    """Progress by a count.

    Parameters
    ----------
    total : None where it is not known yet
    parts : lines that the whole count leaves where the output is no terminal
    """
    if not error_console.is_terminal:
        yield _lines(parts)
        return
    columns = (
        SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    )  # fmt: skip
    with Progress(*columns, console=error_console, transient=True) as shown:
        task = shown.add_task("starting", total=total)
        yield lambda done, total, text: shown.update(task, completed=done, total=total, description=text)


def _lines(parts: int) -> Update:
    last: tuple[str, int] | None = None

    def update(done: int, total: int | None, text: str) -> None:
        nonlocal last
        now = (text, parts * done // total if total else 0)
        if now != last:
            last = now
            of = f"{done:,}/{total:,}" if total else "…" if not done else f"{done:,}"
            typer.echo(f"[{of}] {text}", err=True)

    return update
