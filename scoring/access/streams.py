"""Answers without an end, which the pages keep open: they end when the service stops, or when somebody logs out.

Gradio's pages hold one for as long as they are open. A server that waits for them to end by themselves never stops.
"""

import asyncio
import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.access.door import SESSION
from scoring.access.refusals import refuse
from scoring.access.sessions import Session

_ENDLESS: Final = re.compile(r".*/gradio_api/(heartbeat/[^/]+|queue/data)/?")
_GONE: Final[Message] = {"type": "http.disconnect"}


def is_endless(path: str) -> bool:
    """Whether what is answered at a path has no end of its own."""
    return _ENDLESS.fullmatch(path) is not None


class Streams:
    """ASGI middleware that can end what would not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End all that are open; begin no more."""
        self._stopping.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; where its answer has no end, tell the app that the caller went when it has to end."""
        if scope["type"] != "http" or not is_endless(scope["path"]):
            await self._app(scope, receive, send)
            return
        if self._stopping.is_set():
            await refuse(scope, receive, send, 503, "stopping", headers={"Retry-After": "5", "Connection": "close"})
            return
        session: Session | None = scope.get(SESSION)
        ends = [self._stopping] if session is None else [self._stopping, session.ended]

        async def received() -> Message:
            came = asyncio.ensure_future(receive())
            ended = [asyncio.ensure_future(end.wait()) for end in ends]
            try:
                await asyncio.wait([came, *ended], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in ended:
                    one.cancel()
            if came.done():
                return came.result()
            came.cancel()
            return _GONE

        await self._app(scope, received, send)
