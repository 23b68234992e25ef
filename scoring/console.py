"""What all command lines share: progress that also shows where the output goes to a file, and a word at Ctrl+C.

The rule: a person at a terminal sees a bar; a file or a log gets one line a step, written at once. A command that is
stopped says so and ends with 130, as a shell expects.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from typer.core import TyperGroup

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
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo(f"\n{STOPPED}", err=True)
            raise typer.Exit(INTERRUPTED) from None


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
