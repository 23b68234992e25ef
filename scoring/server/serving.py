"""The server: starts, renews the artefacts while it runs, and stops without breaking an answer off."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from scoring.server.connection import MOST, Connection
from scoring.server.middleware.logs import event_logger
from scoring.server.middleware.stack import Guard
from scoring.server.middleware.streams import is_endless
from scoring.server.model_reload import STALE, Live
from scoring.server.renewal import Renewal
from scoring.settings import Settings

if sys.platform != "win32":  # which has other limits
    import resource

GRACE: Final = 30
"""Seconds that answers have to end when the service stops."""
_log = event_logger(__name__)


class Pinned:
    """ASGI middleware: a request sees one service from its beginning to its end."""

    def __init__(self, app: ASGIApp, live: Live) -> None:
        self._app, self._live = app, live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; what stays open for hours keeps no old service alive."""
        if scope["type"] != "http" or is_endless(scope["path"]):
            await self._app(scope, receive, send)
            return
        scope[STALE] = bool(self._live.refused)
        with self._live.pinned():
            await self._app(scope, receive, send)


class Server(uvicorn.Server):
    """Serves a guarded app.

    Parameters
    ----------
    guard : who may ask what
    renewal : what has the artefacts read again
    """

    def __init__(self, guard: Guard, renewal: Renewal, settings: Settings) -> None:
        self.guard = guard
        super().__init__(
            uvicorn.Config(
                guard,
                host=settings.host,
                port=settings.port,
                http=Connection,
                ws="none",
                proxy_headers=False,  # the guard believes our own proxies only
                server_header=False,
                access_log=False,
                log_config=None,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._guard, self._renewal, self._settings = guard, renewal, settings
        self._tasks: set[asyncio.Task[object]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open, and begin to watch the artefacts."""
        allow_connections(MOST + 512)
        await super().startup(sockets)
        with contextlib.suppress(NotImplementedError, AttributeError, ValueError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._begin, self._renewal.renew)
        if self._settings.watch:
            self._begin(lambda: self._renewal.watch(self._settings.watch))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let every answer end, the endless ones at once."""
        for task in self._tasks:
            task.cancel()
        self._guard.stop()
        await super().shutdown(sockets)

    def _begin(self, work: Callable[[], Coroutine[object, object, object]]) -> None:
        task = asyncio.create_task(work())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def allow_connections(wanted: int) -> None:
    """Ask the system for as many open files as connections may need; fewer are no error."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    granted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= granted:
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
    if granted < wanted:
        _log.warning("fewer connections than meant", open_files=granted)
