"""Answers without an end, which pages may keep open: bounded, and ended when the service stops or somebody logs out.

A server that waits for them to end by themselves never stops; one that bounds them for nobody can be filled with them.
"""

import asyncio
import re
from collections import Counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.server.access.authorization import SESSION
from scoring.server.access.page_sessions import MOST_EACH, asker_of
from scoring.server.access.sessions import Session
from scoring.server.middleware.error_responses import refuse

RETRY_AFTER: Final = 30
"""Seconds after which who has too many open may try again."""
_ENDLESS: Final = re.compile(r".*/gradio_api/(heartbeat/[^/]+|queue/data)/?")
_GONE: Final[Message] = {"type": "http.disconnect"}


def is_endless(path: str) -> bool:
    """Whether what is answered at a path has no end of its own."""
    return _ENDLESS.fullmatch(path) is not None


class Streams:
    """ASGI middleware that bounds endless answers, and can end them.

    Parameters
    ----------
    most_each : how many one login or one address may have open: one for each page session that it may have
    """

    def __init__(self, app: ASGIApp, *, most_each: int = MOST_EACH) -> None:
        self._app, self._most_each = app, most_each
        self._stopping = asyncio.Event()
        self._open: Counter[str] = Counter()

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
        asker = asker_of(scope)
        if self._open[asker] >= self._most_each:
            headers = {"Retry-After": str(RETRY_AFTER)}
            await refuse(scope, receive, send, 429, "rate-limited", headers=headers, seconds=RETRY_AFTER)
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

        self._open[asker] += 1
        try:
            await self._app(scope, received, send)
        finally:
            self._open[asker] -= 1
            if not self._open[asker]:
                del self._open[asker]
