"""An event of a page that fails is told in the log like any other failure: its kind and place, not its message.

Gradio prints the whole of it on standard error, where the message may hold a client's values and starts lines of its own.
An event that asks for what there is not, such as a client that nobody has, is no failure: it is noted for its answer.
"""

import sys
import traceback
from contextvars import ContextVar
from typing import Any

from gradio import queueing, route_utils, routes

from scoring.errors import InputError, UnknownClientError, UnknownDecisionError
from scoring.server.middleware.logs import event_logger
from scoring.web.page import NotANumber

_log = event_logger(__name__)
REFUSED: ContextVar[list[str]] = ContextVar("refused_event")
"""What the event that is being answered was refused for, by whoever answers it."""


class _Told:
    """Stands for the module `traceback` where Gradio prints with it."""

    @staticmethod
    def print_exc(*_how: object, **_more: object) -> None:
        """Tell of the exception that is being handled."""
        error = sys.exception()
        if isinstance(error, InputError | UnknownClientError | UnknownDecisionError | NotANumber):
            REFUSED.get([]).append(type(error).__name__)
            return
        _log.error("an event of a page failed", exc_info=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)


def tell_failures() -> None:
    """Have Gradio tell of failures in our log."""
    for module in (routes, queueing, route_utils):
        module.traceback = _Told()  # type: ignore[attr-defined]
