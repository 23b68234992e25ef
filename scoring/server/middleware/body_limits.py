"""How large a request's body may be, and how long it may take to arrive.

The rule: what is announced too large is refused unread, what turns out too large or too slow as soon as it does. A body
that is compressed is refused whole: nothing here unpacks one, so nobody can send a small one that grows.
"""

import asyncio
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.i18n import Said
from scoring.server.access.policy import PAGES, within
from scoring.server.middleware.error_responses import refuse

KILOBYTE: Final = 2**10
MEGABYTE: Final = 2**20
LARGEST: Final = 8 * MEGABYTE
"""An application with a long history takes a tenth of it."""
LARGEST_BATCH: Final = 64 * MEGABYTE
LARGEST_EVENT: Final = 64 * KILOBYTE
"""What a page sends: the longest note takes a tenth of it."""
LONGEST: Final = 30.0
"""Seconds within which a body must have arrived."""
LONGEST_BATCH: Final = 300.0
_BATCH: Final = "/api/predict/batch"


class _Refused(Exception):  # noqa: N818  # what is to be answered, rather than what failed
    def __init__(self, status: int, kind: str, values: dict[str, object]) -> None:
        super().__init__(kind)
        self.status, self.kind, self.values = status, kind, values


class Bodies:
    """ASGI middleware that bounds what comes in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; stop it where its body breaks the bounds."""
        announced = transfer = encoding = b""
        for name, value in scope.get("headers", ()):
            if name == b"content-length":
                announced = value
            elif name == b"transfer-encoding":
                transfer = value
            elif name == b"content-encoding":
                encoding = value
        if scope["type"] != "http" or not (announced or transfer) or announced == b"0":
            await self._app(scope, receive, send)
            return
        largest, longest = _bounds_of(scope["path"])
        values = _values(largest, longest)
        if encoding not in (b"", b"identity"):
            await self._close(scope, receive, send, 415, "body-compressed", values)
        elif announced and (not announced.isdigit() or len(announced) > 15 or int(announced) > largest):
            await self._close(scope, receive, send, 413, "body-too-large", values)
        else:
            await self._bounded(scope, receive, send, largest, longest)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send, largest: int, longest: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + longest
        refused: _Refused | None = None
        arrived, whole, started = 0, False, False

        async def counted() -> Message:
            nonlocal arrived, whole, refused
            if whole:
                return await receive()
            if refused is not None:
                raise refused
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                refused = _Refused(408, "body-too-slow", _values(largest, longest))
                raise refused from None
            if message["type"] == "http.request":
                arrived += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if arrived > largest:
                    refused = _Refused(413, "body-too-large", _values(largest, longest))
                    raise refused
            return message

        async def unless_refused(message: Message) -> None:
            nonlocal started
            if refused is None or started:
                started = started or message["type"] == "http.response.start"
                await send(message)

        try:
            await self._app(scope, counted, unless_refused)
        except Exception:
            if refused is None or started:
                raise
        if refused is not None and not started:
            await self._close(scope, receive, send, refused.status, refused.kind, refused.values)

    @staticmethod
    async def _close(
        scope: Scope, receive: Receive, send: Send, status: int, kind: str, values: dict[str, object]
    ) -> None:
        """Answer and hang up: what was not read shall not be sent."""
        await refuse(scope, receive, send, status, kind, headers={"Connection": "close"}, **values)


def _bounds_of(path: str) -> tuple[int, float]:
    """How many bytes a body may have at a path, and within how many seconds it must arrive."""
    if path == _BATCH:
        return LARGEST_BATCH, LONGEST_BATCH
    return (LARGEST_EVENT if any(within(path, page) for page in PAGES) else LARGEST), LONGEST


def _values(largest: int, longest: float) -> dict[str, object]:
    """The bounds, as a problem tells them."""
    unit = "megabytes" if largest >= MEGABYTE else "kilobytes"
    size = largest // (MEGABYTE if largest >= MEGABYTE else KILOBYTE)
    return {"size": Said(f"refused.size.{unit}", size=size), "seconds": int(longest)}
