"""What a page holds for somebody belongs to the login that opened it.

Gradio keeps a page's state, and the answers that wait for it, under a name that the page's script makes up and sends
along. It asks for no more, so whoever learns the name could read them. Here the first login that uses a name owns it.
"""

import json
import re
from collections import OrderedDict
from typing import Final
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.access.door import SESSION
from scoring.access.refusals import refuse
from scoring.access.sessions import Session

MOST: Final = 50_000
_EVENTS: Final = re.compile(
    r".*/gradio_api/(heartbeat/(?P<name>[^/]+)|queue/data|queue/join|run/predict|cancel|reset)/?"
)


class PageSessions:
    """ASGI middleware that keeps one login out of another's pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._owners: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on unless the page it speaks for is another login's."""
        session: Session | None = scope.get(SESSION)
        found = _EVENTS.fullmatch(scope["path"]) if session is not None and scope["type"] == "http" else None
        if session is None or found is None:
            await self._app(scope, receive, send)
            return
        names = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
        if found["name"]:
            names.append(found["name"])
        if scope["method"] == "POST":
            body = await _whole(receive)
            names += _named(body)
            receive = _again(body, receive)
        if all(self._owns(session, name) for name in names):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 403, "not-yours")

    def _owns(self, session: Session, name: str) -> bool:
        owner = self._owners.setdefault(name, session.name)
        self._owners.move_to_end(name)
        if len(self._owners) > MOST:
            self._owners.popitem(last=False)
        return owner == session.name


async def _whole(receive: Receive) -> bytes:
    """A body to its end; what is too large was refused before."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """A way to receive a body that was read already, and then whatever comes."""
    given = False

    async def received() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def _named(body: bytes) -> list[str]:
    """The page's name in an event, read as the framework behind reads it."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return []
    name = event.get("session_hash") if isinstance(event, dict) else None
    return [name] if isinstance(name, str) else []
