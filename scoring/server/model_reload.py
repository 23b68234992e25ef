"""A service whose artefacts can be changed while it answers.

The rule: a request sees one service from its beginning to its end, the one that was current when it came. So an
answer's score, reasons, model version and record always belong together, and the old service goes when the last one
who uses it is done.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, cast

from scoring.service import Service

STALE: Final = "clairscore.stale"
"""Where an ASGI scope says whether the artefacts on the disk were refused."""
_pinned: ContextVar["_Pin | None"] = ContextVar("pinned service", default=None)


class _Pin:
    """The service of one request; empty when the request is over, whoever still holds it then."""

    def __init__(self, service: Service) -> None:
        self.service: Service | None = service


class Live:
    """Holds the current service.

    Attributes
    ----------
    face : the service as everything else sees it: every attribute is that of the request's service
    refused : why the artefacts on the disk do not serve; empty where they do
    """

    def __init__(self, service: Service) -> None:
        self._current = service
        self.face = cast("Service", _Face(self))
        self.refused = ""

    @property
    def now(self) -> Service:
        """The service of the request that asks, else the current one."""
        pin = _pinned.get()
        return self._current if pin is None or pin.service is None else pin.service

    def change(self, service: Service) -> None:
        """Make another service the current one, for whoever comes from now on."""
        self._current = service
        self.refused = ""

    @contextmanager
    def pinned(self) -> Iterator[Service]:
        """One service until the block ends."""
        pin = _Pin(self._current)
        token = _pinned.set(pin)
        try:
            yield self._current
        finally:
            _pinned.reset(token)
            pin.service = None


class _Face:
    """Looks like a service, and asks the one that is meant each time."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def __getattr__(self, name: str) -> Any:
        return getattr(self._live.now, name)
