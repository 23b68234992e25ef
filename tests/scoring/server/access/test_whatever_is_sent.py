"""Whatever is sent: nobody gets in who may not, nothing is a failure of ours, and every answer is whole."""

from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from scoring.server.access.policy import EVERYONE
from scoring.server.identity import of_scope
from scoring.server.middleware.stack import Guard
from scoring.settings import Settings
from tests.running import run

PARTS = ["fr", "en", "api", "predict", "100002", "gradio_api", "run", "queue", "data", "file=", "modele", "model"]
PARTS += ["assets", "static", "files", "login", "logout", "back", "start", "metrics", "health", "docs", "problems"]
PARTS += ["", ".", "..", "%2e%2e", "..%2f", ";", "\x00", "\n", "é", "\ud800", "//", "?", "#", "heartbeat"]
paths = st.lists(st.sampled_from(PARTS) | st.text(max_size=8), max_size=6).map(lambda parts: "/" + "/".join(parts))
NAMES = [b"host", b"origin", b"cookie", b"authorization", b"sec-fetch-site", b"content-length", b"content-encoding"]
NAMES += [b"transfer-encoding", b"content-type", b"accept", b"accept-language", b"x-forwarded-for", b"x-request-id"]
NAMES += [b"x-forwarded-proto", b"x-forwarded-host", b"forwarded"]
VALUES = [b"Bearer clair_aaaaaaaaaaaa_" + b"A" * 43, b"__Host-clairscore-session=x.y", b"scores.example", b"https://["]
VALUES += [
    b"same-origin",
    b"cross-site",
    b"text/html",
    b"gzip",
    b"chunked",
    b"0",
    b"99999999999",
    b"127.0.0.1",
    b"fr;q=x",
]
headers = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.binary(max_size=30)), max_size=6)


@hypothesis.settings(max_examples=300)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE", "get"]),
    path=paths,
    query=st.text(st.characters(max_codepoint=127), max_size=40).map(str.encode),  # any other is a 400 of the server
    sent=headers,
    body=st.binary(max_size=60),
    secure=st.booleans(),
)
def test_nobody_gets_in_and_nothing_fails(
    method: str, path: str, query: bytes, sent: list[tuple[bytes, bytes]], body: bytes, secure: bool
) -> None:
    inside: list[Any] = []

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        inside.append(of_scope(scope).role)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    settings = Settings(auth="keys", host="10.0.0.1", public_url="https://scores.example", proxies=("198.51.100.0/24",))
    guard = Guard(app, settings, synthetic=False)
    answered = run(ask(guard, method, path, query, sent, body, "https" if secure else "http"))
    assert answered[0]["type"] == "http.response.start"
    assert not answered[-1].get("more_body")
    assert answered[0]["status"] < 500
    assert all(b"\r" not in value and b"\n" not in value for _, value in answered[0]["headers"])
    if inside:
        assert inside == ["anonymous"]
        assert guard.policy.need(path) == EVERYONE


async def ask(
    app: Callable[..., Any],
    method: str,
    path: str,
    query: bytes,
    sent: list[tuple[bytes, bytes]],
    body: bytes,
    scheme: str,
) -> list[Message]:
    """What is answered to one request."""
    answered: list[Message] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode("utf-8", "replace"),
        "root_path": "",
        "query_string": query,
        "headers": list(sent),
        "client": ("198.51.100.7", 4711),
        "server": ("10.0.0.1", 7860),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        answered.append(message)

    await app(scope, receive, send)
    return answered
