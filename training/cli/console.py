"""What all commands of training share: their declaration, their output, and errors as one message.

An error that a user can put right ends as one message on the error stream and exit code 2, without a traceback.
"""

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console

from scoring.errors import ClairscoreError
from scoring.files import lacks_room, temporary_disk_error
from scoring.server.console import error_console

Command = Callable[..., None]
AcceptFindings = Annotated[
    bool, typer.Option("--accept-findings", help="Go on where columns hold more refused values than training saw.")
]
_OPTION = "accept_findings"
_out_console = Console()


def show(*parts: object) -> None:
    """Print lines of text, which a terminal may wrap but not colour, and tables."""
    for part in parts:
        plain = isinstance(part, str)
        _out_console.print(part, highlight=None if not plain else False, soft_wrap=plain)


def command_of(app: typer.Typer) -> Callable[..., Callable[[Command], Command]]:
    """The decorator that adds a function to a command line.

    With ``findings=True`` the command has the option ``--accept-findings`` too, and ends with what its tables held.
    """

    def command(*, findings: bool = False) -> Callable[[Command], Command]:
        def add(function: Command) -> Command:
            guarded = _with_one_message(function)
            app.command()(with_findings(guarded) if findings else guarded)
            return function

        return add

    return command


def _with_one_message(function: Command) -> Command:
    @functools.wraps(function)
    def run(**options: Any) -> None:
        with one_message():
            function(**options)

    return run


@contextmanager
def one_message() -> Iterator[None]:
    """Turn an error that a user can put right into one message and exit code 2."""
    try:
        yield
    except (ClairscoreError, OSError) as error:
        reason = temporary_disk_error() if lacks_room(error) else error
        error_console.print(f"Error: {reason}", style="bold red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error


def with_findings(command: Command) -> Command:
    """Give a command the option ``--accept-findings``, and print what its tables held when it ends.

    Examples
    --------
    >>> def select(tables: str) -> None: ...
    >>> list(inspect.signature(with_findings(select)).parameters)
    ['tables', 'accept_findings']
    """

    @functools.wraps(command)
    def run(**options: Any) -> None:
        from training.data.findings import collected  # noqa: PLC0415  # so that --help is answered at once

        accepted = options.pop(_OPTION)
        with collected(accepted=accepted) as met:
            command(**options)
        for findings in met.findings.values():
            for finding in findings:
                _out_console.print(f"Found: {finding}.", markup=False, highlight=False, soft_wrap=True)

    own = inspect.signature(command)
    option = inspect.Parameter(_OPTION, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AcceptFindings)
    run.__signature__ = own.replace(parameters=[*own.parameters.values(), option])  # type: ignore[attr-defined]
    run.__annotations__ = {**command.__annotations__, _OPTION: AcceptFindings}
    return run
