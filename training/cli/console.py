"""Where commands print, and how an error becomes one message.

The rule: what a user can put right ends as one message on the error stream and exit code 2, without a traceback.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from scoring.errors import ClairscoreError
from scoring.files import lacks_room, temporary_disk_error
from scoring.server.console import error_console

out_console = Console()


@contextmanager
def one_message() -> Iterator[None]:
    """Turn an error that a user can put right into one message and exit code 2."""
    try:
        yield
    except (ClairscoreError, OSError) as error:
        said = temporary_disk_error() if lacks_room(error) else error
        error_console.print(f"Error: {said}", style="bold red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error
