"""Bodies: too large, too slow, compressed, without end; refused as early as it shows, and nothing is read on."""

import asyncio
import gzip
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from scoring.server.middleware.stack import LARGEST, LARGEST_BATCH, LARGEST_EVENT, MEGABYTE, Bodies
from tests.running import run
from tests.scoring.server.conftest import Opener

BOMB = gzip.compress(b"0" * 20 * MEGABYTE)


class Reader:
    """Reads a body to its end, and answers how long it was."""

    def __init__(self, *, answers_at_once: bool = False) -> None:
        self.answers_at_once = answers_at_once
        self.read = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.answers_at_once:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            message = await receive()
            self.read += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        if not self.answers_at_once:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(self.read).encode()})


def ask(
    reader: Reader, pieces: Iterator[bytes], headers: dict[str, str], *, path: str = "/api/predict", pause: float = 0
) -> list[Message]:
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(pause)
        piece = next(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Message) -> None:
        sent.append(message)

    run(Bodies(reader)(scope, receive, send))
    return sent


def status(sent: list[Message]) -> int:
    return int(next(message["status"] for message in sent if message["type"] == "http.response.start"))


def endless() -> Iterator[bytes]:
    while True:
        yield b"x" * MEGABYTE


def test_what_fits_passes() -> None:
    for size in (0, 1, LARGEST):
        reader = Reader()
        assert status(ask(reader, iter([b"x" * size]), {"Content-Length": str(size)})) == 200
        assert reader.read == size


@pytest.mark.parametrize("announced", [str(LARGEST + 1), str(100 * MEGABYTE), "9" * 30, "-1", "1e3", "٣"])
def test_what_is_announced_too_large_is_not_read(announced: str) -> None:
    reader = Reader()
    sent = ask(reader, endless(), {"Content-Length": announced})
    assert status(sent) == 413
    assert reader.read == 0
    assert (b"connection", b"close") in sent[0]["headers"]


def test_what_turns_out_too_large_is_stopped() -> None:
    reader = Reader()
    assert status(ask(reader, endless(), {"Transfer-Encoding": "chunked"})) == 413
    assert reader.read <= LARGEST


def test_a_batch_may_be_larger_but_not_endless() -> None:
    reader = Reader()
    sent = ask(reader, endless(), {"Transfer-Encoding": "chunked"}, path="/api/predict/batch")
    assert status(sent) == 413
    assert LARGEST < reader.read <= LARGEST_BATCH


@pytest.mark.parametrize("path", ["/fr/gradio_api/run/predict", "/en/model/gradio_api/queue/join", "/fr/made-up"])
def test_what_a_page_sends_is_small(path: str) -> None:
    fits, announced, endless_one = Reader(), Reader(), Reader()
    assert status(ask(fits, iter([b"x" * LARGEST_EVENT]), {"Content-Length": str(LARGEST_EVENT)}, path=path)) == 200
    assert status(ask(announced, endless(), {"Content-Length": str(LARGEST_EVENT + 1)}, path=path)) == 413
    assert status(ask(endless_one, endless(), {"Transfer-Encoding": "chunked"}, path=path)) == 413
    assert (fits.read, announced.read, endless_one.read) == (LARGEST_EVENT, 0, 0)


def test_an_app_that_swallows_the_refusal_does_not_hide_it() -> None:
    async def swallows(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            while (await receive()).get("more_body"):
                pass
        except Exception:  # noqa: BLE001
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b"what?"})

    sent = ask(swallows, endless(), {"Transfer-Encoding": "chunked"})  # type: ignore[arg-type]
    assert status(sent) == 413
    assert len([message for message in sent if message["type"] == "http.response.start"]) == 1


def test_an_answer_that_began_is_not_begun_again() -> None:
    with pytest.raises(Exception, match="body-too-large"):
        ask(Reader(answers_at_once=True), endless(), {"Transfer-Encoding": "chunked"})


def test_a_slow_body_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.server.middleware.stack.LONGEST", 0.05)
    sent = ask(Reader(), iter([b"x"] * 1_000), {"Content-Length": "1000"}, pause=0.01)
    assert status(sent) == 408


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd", "gzip, gzip", "GZIP"])
def test_a_bomb_is_refused_before_it_could_go_off(encoding: str) -> None:
    reader = Reader()
    assert status(ask(reader, iter([BOMB]), {"Content-Length": str(len(BOMB)), "Content-Encoding": encoding})) == 415
    assert reader.read == 0


def test_the_refusal_is_told_in_the_callers_language(guarded: Opener) -> None:
    client = guarded(auth=None, synthetic=True)
    told: dict[str, Any] = {}
    for lang in ("fr", "en"):
        answer = client.post("/api/predict", content=b"x" * (LARGEST + 1), headers={"Accept-Language": lang})
        assert answer.status_code == 413
        told[lang] = answer.json()
    assert told["en"]["detail"] == "The request's body must fit in 8 MB. Send less at a time."
    assert told["fr"]["detail"] == "Le corps de la demande doit tenir en 8\u00a0Mo. Envoyez-en moins à la fois."
    assert told["fr"]["type"] == told["en"]["type"] == "/problems/body-too-large"
