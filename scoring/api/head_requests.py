"""HEAD on every route that answers GET: the same status and headers, without the body.

The rule: the route runs as for GET, except that HEAD decides nothing: who asks for headers alone reads no decision, so
none is made and recorded. Such routes ask `is_head`.
"""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEAD: Final = "clairscore.head"


class HeadRequests:
    """ASGI middleware that asks an app for GET where HEAD is asked for, and drops the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            scope["method"] = "HEAD"  # what the server, the log and the figures shall see
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        scope["method"], scope[_HEAD] = "GET", True
        try:
            await self._app(scope, receive, without_body)
        finally:
            scope["method"] = "HEAD"


def is_head(request: Request) -> bool:
    """Whether only the headers of the answer are asked for."""
    return _HEAD in request.scope


def headers_alone(media_type: str, headers: Mapping[str, str]) -> Response:
    """The answer of a route that makes no body for HEAD; how long it would be, nobody knows."""
    answer = Response(media_type=media_type, headers=dict(headers))
    del answer.headers["content-length"]
    return answer
