"""``--accept-findings`` for every command that reads tables, and what it met, told at its end."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from training.cli.console import out_console

AcceptFindings = Annotated[
    bool, typer.Option("--accept-findings", help="Go on where columns hold more refused values than training saw.")
]
_OPTION = "accept_findings"


def with_findings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option, and print what its tables held when it ends.

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
                out_console.print(f"Found: {finding}.", markup=False, highlight=False, soft_wrap=True)

    own = inspect.signature(command)
    option = inspect.Parameter(_OPTION, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AcceptFindings)
    run.__signature__ = own.replace(parameters=[*own.parameters.values(), option])  # type: ignore[attr-defined]
    run.__annotations__ = {**command.__annotations__, _OPTION: AcceptFindings}
    return run
