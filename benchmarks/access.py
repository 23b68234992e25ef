"""What each layer between the server and the app costs a request, in microseconds, on a GET that is let through."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks.measure import Figure
from scoring.server.access.authorization import Door, Limits
from scoring.server.access.keys import KeyBook, changing, make_key
from scoring.server.access.policy import Policy
from scoring.server.access.sessions import Cookies, Sessions
from scoring.server.middleware.headers import SecurityHeaders
from scoring.server.middleware.logs import Metrics
from scoring.server.middleware.proxy_headers import Callers
from scoring.server.middleware.stack import Bodies
from scoring.server.middleware.streams import Streams
from scoring.server.middleware.tracing import Tracing
from scoring.settings import Settings

ROUNDS, CALLS = 7, 3_000


async def answers(_scope: Scope, _receive: Receive, send: Send) -> None:
    """The app: nothing but an answer."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b"{}"})


def figures() -> Iterator[Figure]:
    """Time each layer around an app that does nothing; the least of some rounds, so that other work is not counted."""
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("wb") as nowhere:
        keys = Path(folder) / "keys.json"
        key, text = make_key("bench", "script", days=1, scopes=("decide",))
        with changing(keys) as kept:
            kept[key.id] = key
        # The line of the log is written, to nowhere: how long a disk or a pipe takes is its own affair.
        with mock.patch("scoring.server.middleware.logs.sys", SimpleNamespace(stderr=SimpleNamespace(buffer=nowhere))):
            layers = dict(_layers(keys))
        bearer = (b"authorization", f"Bearer {text}".encode())
        bare = _seconds(answers, bearer)
        for name, layer in layers.items():
            yield Figure(f"{name}, a request", 1e6 * (_seconds(layer, bearer) - bare), "µs")


def _layers(keys: Path) -> Iterator[tuple[str, ASGIApp]]:
    def door(app: ASGIApp, **given: Any) -> Door:
        settings = Settings(host="10.0.0.1", public_url="https://scores.example", rate=10**9, **given)
        return Door(
            app,
            settings=settings,
            policy=Policy(synthetic=True, open=settings.is_open),
            keys=KeyBook(keys),
            sessions=Sessions(),
            cookies=Cookies(secure=True, framed=False),
            limits=Limits.of(settings),
        )

    def traced(app: ASGIApp) -> Tracing:
        headers = SecurityHeaders("'self'")
        return Tracing(app, callers=Callers(()), headers=headers, metrics=Metrics())

    yield "trace: id, headers, log line, figures", traced(answers)
    yield "door, open", door(answers)
    yield "door, a key", door(answers, auth="keys", keys=keys)
    yield "bodies", Bodies(answers)
    yield "streams", Streams(answers)
    yield "all, a key", traced(door(Bodies(Streams(answers)), auth="keys", keys=keys))


def _seconds(app: ASGIApp, bearer: tuple[bytes, bytes]) -> float:
    """Seconds that one request takes."""
    headers = [
        (b"host", b"scores.example"),
        (b"user-agent", b"bench/1"),
        (b"accept", b"*/*"),
        (b"accept-encoding", b"gzip"),
        (b"accept-language", b"fr"),
        bearer,
    ]

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_message: Message) -> None:
        pass

    def scope() -> dict[str, Any]:
        return {
            "type": "http",
            "method": "GET",
            "scheme": "https",
            "path": "/api/predict/100002",
            "query_string": b"",
            "headers": headers,
            "client": ("198.51.100.7", 4711),
            "clairscore.forwarded": False,
        }

    async def measured() -> float:
        least = float("inf")
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for _ in range(CALLS):
                await app(scope(), receive, send)
            least = min(least, (time.perf_counter() - start) / CALLS)
        return least

    return asyncio.run(measured())


if __name__ == "__main__":
    show: Callable[[str], int] = sys.stdout.write
    for figure in figures():
        show(f"{figure.name}: {figure.value:.1f} {figure.unit}\n")
