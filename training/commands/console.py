"""Where commands print, and how an error becomes one message.

The rule: what a user can put right ends as one message on the error stream and exit code 2, without a traceback.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from scoring.errors import ClairscoreError

out_console = Console()
error_console = Console(stderr=True)


@contextmanager
def one_message() -> Iterator[None]:
    """Turn an error that a user can put right into one message and exit code 2."""
    try:
        yield
    except (ClairscoreError, OSError) as error:
        error_console.print(f"Error: {error}", style="bold red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error


@contextmanager
def bar(total: int) -> Iterator[Progress]:
    """A progress bar with one task of so many steps."""
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=error_console, transient=True) as shown:
        shown.add_task("starting", total=total)
        yield shown


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A progress bar of so many steps; call what it gives with a few words as each one ends."""
    with bar(total) as shown:
        task = shown.task_ids[0]
        yield lambda text: shown.update(task, advance=1, description=text)
