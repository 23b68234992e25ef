"""The call that scripts make all day, answered before the framework looks for a route.

The rule: only a request about which there is no doubt goes this way: GET, a plain number in the path, no more in the
query than a language, no idempotency key. Every other one goes on, and is read, checked and refused as declared. Both
ways give the same.
"""

import zlib
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scoring.api.query_parameters import KEY_HEADER
from scoring.api.serializers import answer_of
from scoring.audit.audited_decisions import Recorder
from scoring.errors import ClairscoreError, UnknownClientError
from scoring.i18n.preference import preferred
from scoring.server.identity import of_scope

PATH: Final = "/api/predict/"
SOURCE: Final = "api"
MOST_DIGITS: Final = 15
_ROUTE: Final = SimpleNamespace(path_format=PATH + "{client_id}")
"""What traces and figures call the route."""
_LANGUAGES: Final = {b"": "", b"lang=fr": "fr", b"lang=en": "en"}
_HEADERS: Final = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept-Language, Accept-Encoding"),
]
_CONTENT_LANGUAGE: Final = {"fr": (b"content-language", b"fr"), "en": (b"content-language", b"en")}
_KEY_HEADER: Final = KEY_HEADER.lower().encode()
_GZIP: Final = (b"content-encoding", b"gzip")
_LEVEL: Final = 5
"""Of compression, as everywhere in the service."""

Refused = Callable[[Request, ClairscoreError], Awaitable[Response]]


class QuickPredictions:
    """ASGI middleware around the whole app, which answers the same, and everything else.

    Parameters
    ----------
    refused : makes a domain error the answer that the app would make of it
    """

    def __init__(self, app: ASGIApp, *, recorder: Recorder, refused: Refused) -> None:
        self._app, self._recorder, self._refused = app, recorder, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once, or pass on."""
        asked = _asked(scope)
        if asked is None:
            await self._app(scope, receive, send)
            return
        client_id, lang, compressed = asked
        try:
            decided = await self._recorder.decide_known_async(client_id, who=of_scope(scope), source=SOURCE)
        except UnknownClientError:
            await self._app(scope, receive, send)
            return
        except ClairscoreError as error:  # not passed on: it must not be recorded twice
            scope["route"] = _ROUTE
            await (await self._refused(Request(scope), error))(scope, receive, send)
            return
        scope["route"] = _ROUTE
        body = orjson.dumps(answer_of(decided, lang, synthetic=self._recorder.service.synthetic))
        headers: list[Any] = [*_HEADERS, _CONTENT_LANGUAGE[lang]]
        if compressed:
            body = zlib.compress(body, _LEVEL, wbits=31)
            headers.append(_GZIP)
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _asked(scope: Scope) -> tuple[int, str, bool] | None:
    """The client's number, the language, and whether the answer may be compressed; None where there is any doubt."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path: str = scope["path"]
    number = path.removeprefix(PATH)
    if len(number) == len(path) or len(number) > MOST_DIGITS or not (number.isascii() and number.isdigit()):
        return None
    lang = _LANGUAGES.get(scope["query_string"])
    if lang is None:
        return None
    accepted, compressed = "", False
    for name, value in scope["headers"]:
        if name == b"accept-language":
            accepted = value.decode("latin-1")
        elif name == b"accept-encoding":
            compressed = b"gzip" in value
        elif name == _KEY_HEADER:
            return None
    return int(number), lang or preferred(accepted), compressed
