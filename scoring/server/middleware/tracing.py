"""Around everything: a request's id, its line in the log, its place in the figures, the headers of its answer.

Outside of all else, so that a refusal, a failure or a broken connection is seen as well as an answer.
"""

import time
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.server.middleware.error_responses import REFUSED, refuse
from scoring.server.middleware.headers import SecurityHeaders
from scoring.server.middleware.logs import Metrics, event_logger, request_log
from scoring.server.middleware.proxy_headers import Callers

WHO: Final = "clairscore.who"
"""Who asked, as logs may say it: a key's id, or a pseudonym."""
_UNMATCHED: Final = "unmatched"
_log = event_logger(__name__)


class Tracing:
    """ASGI middleware: the outermost."""

    def __init__(self, app: ASGIApp, *, callers: Callers, headers: SecurityHeaders, metrics: Metrics) -> None:
        self._app, self._callers, self._headers, self._metrics = app, callers, headers, metrics
        self._log = request_log()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell of it when it is over."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":  # nothing here speaks it
                await send({"type": "websocket.close", "code": 1008})
            else:
                await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = self._callers.settle(scope)
        https = scope["scheme"] == "https"
        status = 0

        async def completed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = self._headers.add(message.get("headers", ()), https=https, request_id=request_id)
                message = {**message, "headers": headers}
            await send(message)

        metrics = self._metrics
        metrics.active.inc()
        try:
            await self._app(scope, receive, completed)
        except Exception as error:  # noqa: BLE001  # the last place where it can still become an answer
            _log.error("request failed", id=request_id, route=route_of(scope), exc_info=error)
            if not status:
                await refuse(scope, receive, completed, 500, "internal")
        finally:
            metrics.active.dec()
            route = route_of(scope)
            seconds = time.perf_counter() - began
            metrics.answered(scope["method"], route, status, seconds)
            entry: dict[str, object] = {
                "id": request_id,
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 2),
                "who": scope.get(WHO, ""),
            }
            if REFUSED in scope:
                entry["refused"] = scope[REFUSED]
                metrics.refused.labels(scope[REFUSED]).inc()
            self._log(entry)


def route_of(scope: Scope) -> str:
    """The route that answered, as it is declared: without the client's number or whatever else was sent."""
    route: Any = scope.get("route")
    declared = getattr(route, "path_format", None) or getattr(route, "path", None)
    if not isinstance(declared, str):
        return _UNMATCHED
    return f"{scope.get('root_path', '')}{declared}"
