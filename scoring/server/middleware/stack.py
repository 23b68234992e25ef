"""Everything between the server and the app, in its order; and what only concerns who may enter: login, figures.

From the outside in: trace what happens, answer other sites' scripts where they may ask, let in or refuse, bound what
comes in, end what has no end. The app behind is built without any of it, and knows who asks from the scope.
"""

from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scoring.server.access.authorization import Door, Limits
from scoring.server.access.cookies import Cookies
from scoring.server.access.keys import KeyBook
from scoring.server.access.login import Login
from scoring.server.access.policy import METRICS, Policy, within
from scoring.server.access.sessions import Sessions
from scoring.server.middleware.body_limits import Bodies
from scoring.server.middleware.headers import SecurityHeaders
from scoring.server.middleware.metrics import CONTENT_TYPE, Metrics
from scoring.server.middleware.proxy_headers import Callers
from scoring.server.middleware.streams import Streams
from scoring.server.middleware.tracing import Tracing
from scoring.settings import Settings

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
