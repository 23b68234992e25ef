"""One connection, with an end to every patience: for a request's head, for a caller that takes no answer, in all.

The server under us waits without end for the first byte of a request and for a slow reader, and reads a head of any
size. Thousands of connections that say nothing, or take nothing, would keep everyone else out.
"""

import asyncio
from typing import Any, Final

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

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
