"""An event of a page that fails is told in the log like any other failure: its kind and place, not its message.

Gradio prints the whole of it on standard error, where the message may hold a client's values and starts lines of its own.
"""

import traceback
from typing import Any

from gradio import queueing, route_utils, routes

from scoring.access.logs import event_logger

_log = event_logger(__name__)


class _Told:
    """Stands for the module `traceback` where Gradio prints with it."""

    @staticmethod
    def print_exc(*_how: object, **_more: object) -> None:
        """Tell of the exception that is being handled."""
        _log.error("an event of a page failed", exc_info=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)


def tell_failures() -> None:
    """Have Gradio tell of failures in our log."""
    for module in (routes, queueing, route_utils):
        module.traceback = _Told()  # type: ignore[attr-defined]
