"""The server: starts, renews the artefacts while it runs, and stops without breaking an answer off."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

import uvicorn
from httptools import HttpParserError
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from scoring.server.middleware.logs import event_logger
from scoring.server.middleware.stack import Guard
from scoring.server.middleware.streams import is_endless
from scoring.server.model_reload import STALE, Live, Renewal
from scoring.settings import Settings

# One connection, with an end to every patience: for a request's head, for a caller that takes no answer, in all.

HEAD_WITHIN: Final = 15.0
"""Seconds from the connection, or the request's first byte, to the end of its head."""
TAKE_WITHIN: Final = 60.0
"""Seconds in which a caller must take some of an answer."""
LEAST_TAKEN: Final = 4 * 1024
"""Bytes that count as some, or all that waits."""
LARGEST_HEAD: Final = 64 * 1024
MOST: Final = 12_000
"""Connections at a time."""


class HeadTooLargeError(HttpParserError):
    """A request's head, its trailers among it, is larger than what is taken."""


class Connection(HttpToolsProtocol):
    """A connection that does not wait for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_due: asyncio.TimerHandle | None = None
        self._take_due: asyncio.TimerHandle | None = None
        self._head_size = self._parsed = 0
        self._head_complete = False
        self._trailer_size: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; not with more connections than we bear."""
        super().connection_made(transport)
        if len(self.connections) > MOST:
            self._hang_up(503)
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop("_head_due")
        self._stop("_take_due")
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; hang up where a head has no end."""
        if self._head_due is not None:
            self._head_size += len(data)
        if self._trailer_size is not None:
            self._trailer_size += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._trailer_size is not None and self._trailer_size > LARGEST_HEAD:
            self._hang_up(431)
            return
        if self._head_due is not None and self._head_size > LARGEST_HEAD:
            self._hang_up(431)
            return
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self._head_due is None and self.timeout_keep_alive_task is None:
            self._expect_head()  # something came that is no request yet

    def on_message_begin(self) -> None:
        """A request begins."""
        self._head_complete = False
        super().on_message_begin()
        self._parsed = 0
        if self._head_due is None:
            self._expect_head()

    def on_url(self, url: bytes) -> None:
        """An address is whole."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of a request's head; one that trails its body is dropped: nobody in front has looked at it."""
        self._count(len(name) + len(value) + len(b": \r\n"))
        if not self._head_complete:
            super().on_header(name, value)

    def on_chunk_header(self) -> None:
        """A chunk begins; after the last one, of size 0, come trailers until the end."""
        self._trailer_size = 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body: what began was no trailer."""
        self._trailer_size = None
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._trailer_size = None
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What was sent is no request that is taken: say why, and hang up."""
        if self._parsed > LARGEST_HEAD:
            self._hang_up(431)
        else:
            super().send_400_response(msg)

    def on_headers_complete(self) -> None:
        """A request's head is whole."""
        self._head_complete = True
        self._stop("_head_due")
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """The caller takes less than we send."""
        super().pause_writing()
        self._expect_taking()

    def resume_writing(self) -> None:
        """The caller took some."""
        self._stop("_take_due")
        super().resume_writing()

    def _count(self, size: int) -> None:
        self._parsed += size
        if self._parsed > LARGEST_HEAD:
            raise HeadTooLargeError

    def _expect_head(self) -> None:
        self._head_size = 0
        self._head_due = self.loop.call_later(HEAD_WITHIN, self._hang_up, 408)

    def _expect_taking(self) -> None:
        """Hang up where too little is taken; nothing is written meanwhile, so what waits says how much was taken."""
        waits = self.transport.get_write_buffer_size()

        def look() -> None:
            if waits - self.transport.get_write_buffer_size() < LEAST_TAKEN:
                self.transport.abort()
            else:
                self._expect_taking()

        self._take_due = self.loop.call_later(TAKE_WITHIN, look)

    def _hang_up(self, status: int) -> None:
        self._stop("_head_due")
        if not self.transport.is_closing():
            self.transport.write(STATUS_LINE[status] + b"connection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()

    def _stop(self, name: str) -> None:
        timer: asyncio.TimerHandle | None = getattr(self, name)
        if timer is not None:
            timer.cancel()
            setattr(self, name, None)


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
