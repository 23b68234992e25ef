"""Everything between the server and the app, in its order; and what only concerns who may enter: login, figures.

From the outside in: trace what happens, answer other sites' scripts where they may ask, let in or refuse, bound what
comes in, end what has no end. The app behind is built without any of it, and knows who asks from the scope.
"""

import asyncio
from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.i18n import Said
from scoring.server.access.authorization import Door, Limits
from scoring.server.access.keys import KeyBook
from scoring.server.access.login import Login
from scoring.server.access.policy import METRICS, PAGES, Policy, within
from scoring.server.access.sessions import Cookies, Sessions
from scoring.server.middleware.error_responses import refuse
from scoring.server.middleware.headers import SecurityHeaders
from scoring.server.middleware.logs import CONTENT_TYPE, Metrics
from scoring.server.middleware.proxy_headers import Callers
from scoring.server.middleware.streams import Streams
from scoring.server.middleware.tracing import Tracing
from scoring.settings import Settings

# How large a request's body may be, and how long it may take to arrive.

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


_UNKEPT = {"Cache-Control": "no-store"}
_CORS_HEADERS = ("Accept-Language", "Authorization", "Content-Type", "Idempotency-Key", "If-None-Match")
_CORS_EXPOSED = ("ETag", "Link", "Location", "Retry-After", "X-Batch-Id", "X-Batch-Rows", "X-Request-ID")


class Guard:
    """An app, guarded: an ASGI app itself.

    Parameters
    ----------
    app : what is behind
    synthetic : whether all clients are made up, so that the model may be shown to everyone
    """

    def __init__(self, app: ASGIApp, settings: Settings, *, synthetic: bool, metrics: Metrics | None = None) -> None:
        self._app, self._settings = app, settings
        self.metrics = metrics or Metrics()
        self.policy = Policy(synthetic=synthetic, open=settings.is_open, metrics=settings.metrics)
        self.sessions, self.keys, self.limits = Sessions(), KeyBook(settings.keys), Limits.of(settings)
        # A browser may not keep a cookie for https that it got from this machine itself, by http.
        local = settings.public_url is None and settings.is_loopback
        cookies = Cookies(secure=not (settings.is_plain or local), framed=settings.is_framed)
        self._login = Login(
            settings=settings,
            keys=self.keys,
            sessions=self.sessions,
            cookies=cookies,
            limits=self.limits,
            metrics=self.metrics,
        )
        self._streams = Streams(self._inside)
        door = Door(
            Bodies(self._streams),
            settings=settings,
            policy=self.policy,
            keys=self.keys,
            sessions=self.sessions,
            cookies=cookies,
            limits=self.limits,
        )
        self._asked = Tracing(
            _answering_others(door, settings) if settings.origins else door,
            callers=Callers(settings.proxies, behind_edge=settings.is_behind_edge),
            headers=SecurityHeaders(settings.frames, shared=bool(settings.origins)),
            metrics=self.metrics,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._asked(scope, receive, send)

    def stop(self) -> None:
        """End the answers that would not end by themselves."""
        self._streams.stop()

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if within(path, "/login") or within(path, "/logout"):
                await self._login.app(scope, receive, send)
                return
            if path == METRICS:
                figures = Response(self.metrics.exposed(), headers={"Content-Type": CONTENT_TYPE, **_UNKEPT})
                await figures(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _answering_others(app: ASGIApp, settings: Settings) -> ASGIApp:
    """Let scripts of the sites that the settings name read the API, with a key of their own but never with a cookie."""
    shared = CORSMiddleware(
        app,
        allow_origins=settings.origins,
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=_CORS_HEADERS,
        expose_headers=_CORS_EXPOSED,
        max_age=600,
    )

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        on_api = scope["type"] == "http" and within(scope["path"], "/api")
        await (shared if on_api else app)(scope, receive, send)

    return answered
