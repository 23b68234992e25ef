"""A guarded app whose inside tells who asked: what the door lets through, and to whom, is seen in its answers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from scoring.server.access.keys import KeyRole, changing, make_key
from scoring.server.access.keys import Scope as KeyScope
from scoring.server.identity import of_scope
from scoring.server.middleware.stack import Guard
from scoring.settings import Settings

SITE = "https://scores.example"
KeyMaker = Callable[..., str]
Opener = Callable[..., TestClient]


async def inside(request: Request) -> Response:
    """Tells who asked and what came."""
    who = of_scope(request.scope)
    body = (await request.body()).decode("utf-8", "replace") if request.method == "POST" else ""
    return JSONResponse({"name": who.name, "role": who.role, "body": body, "origin": request.headers.get("origin")})


class Behind:
    """What is behind the door; one address fails."""

    def __init__(self) -> None:
        anything = Route("/{path:path}", inside, methods=["GET", "POST", "OPTIONS", "PUT"])
        self.app = Starlette(routes=[anything])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/api/predict/0":
            raise ValueError("client 100002 has an income of 12345")
        await self.app(scope, receive, send)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Without a configuration structlog draws each error with all its values, which takes seconds."""
    structlog.configure(processors=[_nothing], cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


def _nothing(*_event: object) -> str:
    raise structlog.DropEvent


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


@pytest.fixture
def new_key(keys_file: Path) -> KeyMaker:
    """Makes a key in the file, and gives its text."""

    def made(name: str, role: KeyRole, *scopes: KeyScope, days: float = 30) -> str:
        key, text = make_key(name, role, days=days, scopes=scopes)
        with changing(keys_file) as keys:
            keys[key.id] = key
        return text

    return made


@pytest.fixture
def settings_of(keys_file: Path) -> Callable[..., Settings]:
    """Settings of a service that bank staff reach by https, unless told otherwise."""

    def made(**given: Any) -> Settings:
        return Settings(
            **{"auth": "keys", "host": "10.0.0.1", "public_url": SITE, "keys": keys_file, "roles": (), **given}
        )

    return made


@pytest.fixture
def guarded(settings_of: Callable[..., Settings]) -> Opener:
    """Opens a client of a guarded app; the guard is at ``client.app``."""

    def opened(*, synthetic: bool = False, address: str = "198.51.100.7", url: str = SITE, **given: Any) -> TestClient:
        guard = Guard(Behind(), settings_of(**given), synthetic=synthetic)
        return TestClient(
            guard, base_url=url, client=(address, 40_000), raise_server_exceptions=False, follow_redirects=False
        )

    return opened


@pytest.fixture
def log_in() -> Callable[[TestClient, str], Response]:
    """Logs a browser in with a key, as the page's form does."""

    def done(client: TestClient, key: str, **headers: str) -> Any:
        form = client.get("/login")
        token = form.text.partition('name="token" value="')[2].partition('"')[0]
        return client.post(
            "/login", data={"token": token, "key": key, "next": "/fr/"}, headers={"Origin": SITE, **headers}
        )

    return done
