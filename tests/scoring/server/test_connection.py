"""A connection's patience: callers that say nothing, say it too slowly, say too much, or take nothing are let go."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from scoring.server import serving as connection
from scoring.server.serving import Connection
from tests.running import run

PIECE = b"x" * 65_536
Caller = Callable[[], socket.socket]


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    if scope["path"] == "/headers":
        await _tell_headers(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    pieces = 2_000 if scope["path"] == "/much" else 0
    for _ in range(pieces):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body", "body": b"done"})


async def _tell_headers(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the request's header fields, as they are once its body has been read."""
    while (await receive()).get("more_body"):
        pass
    fields = b"\n".join(b"%s=%s" % pair for pair in scope["headers"])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
    await send({"type": "http.response.body", "body": fields})


@pytest.fixture(autouse=True)
def short_of_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_WITHIN", 0.3)
    monkeypatch.setattr(connection, "TAKE_WITHIN", 0.3)


@pytest.fixture
def server() -> Iterator[uvicorn.Server]:
    config = uvicorn.Config(app, port=0, http=Connection, lifespan="off", log_config=None, timeout_keep_alive=1)
    served = uvicorn.Server(config)
    thread = threading.Thread(target=served.run)
    thread.start()
    while not served.started:
        time.sleep(0.005)
    yield served
    served.should_exit = True
    thread.join()


@pytest.fixture
def caller(server: uvicorn.Server) -> Iterator[Caller]:
    opened: list[socket.socket] = []

    def call() -> socket.socket:
        made = socket.create_connection(server.servers[0].sockets[0].getsockname(), timeout=5)
        opened.append(made)
        return made

    yield call
    for one in opened:
        one.close()


def feed(sent: bytes) -> tuple[bytes, bool]:
    """What a connection answers by itself to one read, and whether it passed a request on."""

    async def read() -> tuple[bytes, bool]:
        made = Connection(uvicorn.Config(app, lifespan="off"), uvicorn.server.ServerState(), {})
        transport = mock.create_autospec(asyncio.Transport, instance=True)
        transport.is_closing.side_effect = lambda: transport.close.called
        made.connection_made(transport)
        made.data_received(sent)
        answered = b"".join(call.args[0] for call in transport.write.call_args_list)
        passed_on = bool(made.tasks)
        for task in made.tasks:
            task.cancel()
        made.connection_lost(None)
        return answered, passed_on

    return run(read())


def rest(caller: socket.socket) -> bytes:
    """What comes until the other end hangs up."""
    got = b""
    while piece := caller.recv(65_536):
        got += piece
    return got


def test_a_request_is_answered_and_the_next_one_too(caller: Caller) -> None:
    one = caller()
    for _ in range(3):
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert one.recv(65_536).startswith(b"HTTP/1.1 200")
        time.sleep(0.05)


def test_who_says_nothing_is_let_go(caller: Caller) -> None:
    start = time.monotonic()
    assert rest(caller()).startswith(b"HTTP/1.1 408")
    assert 0.2 < time.monotonic() - start < 3


def test_who_speaks_too_slowly_is_let_go(caller: Caller) -> None:
    one = caller()
    start = time.monotonic()
    with pytest.raises(OSError):
        for letter in b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"y" * 10_000:
            one.sendall(bytes([letter]))
            time.sleep(0.01)
    assert time.monotonic() - start < 3


def test_who_says_nothing_more_is_let_go(caller: Caller) -> None:
    """Neither after an answer, nor with line ends that are no request."""
    one = caller()
    one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert one.recv(65_536).startswith(b"HTTP/1.1 200")
    one.sendall(b"\r\n")
    start = time.monotonic()
    rest(one)
    assert time.monotonic() - start < 3


def test_a_head_has_an_end(caller: Caller) -> None:
    one = caller()
    answer = b""
    try:
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        for number in range(200):
            one.sendall(b"X-%d: " % number + b"y" * 1_000 + b"\r\n")
    except OSError:
        pass
    try:
        answer = rest(one)
    except ConnectionResetError:  # we were still speaking
        return
    assert answer.startswith(b"HTTP/1.1 431")


CHUNKED = b"POST /headers HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.7\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("name", [b"X-Forwarded-For", b"Host", b"Authorization", b"Cookie", b"X-Anything"])
@pytest.mark.parametrize("together", [True, False])
def test_trailers_are_dropped(caller: Caller, name: bytes, together: bool) -> None:
    one = caller()
    rest_of_it = b"0\r\n%s: 203.0.113.9\r\n\r\n" % name
    if together:
        one.sendall(CHUNKED + b"2\r\n{}\r\n" + rest_of_it)
    else:
        one.sendall(CHUNKED + b"2\r\n{}\r\n")
        one.sendall(rest_of_it)
    answer = rest(one)
    assert b"x-forwarded-for=198.51.100.7" in answer
    assert b"203.0.113.9" not in answer


def test_trailers_have_an_end(caller: Caller) -> None:
    one = caller()
    one.sendall(CHUNKED + b"2\r\n{}\r\n0\r\nX-Long: ")
    with pytest.raises(OSError):  # which of the two sees it depends on who is faster
        for _ in range(2_000):
            one.sendall(PIECE)
        assert rest(one).startswith(b"HTTP/1.1 200")
        raise AssertionError("a trailer of 128 MB was taken")


def test_a_body_in_many_chunks_is_no_trailer(caller: Caller) -> None:
    one = caller()
    one.sendall(CHUNKED)
    for _ in range(8):
        one.sendall(b"10000\r\n")
        one.sendall(PIECE + b"\r\n")
    one.sendall(b"0\r\n\r\n")
    assert b"transfer-encoding=chunked" in rest(one)


HEADS = {
    "many headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1_000) for n in range(70)),
    "one header": b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000 + b"\r\n",
    "an address": b"GET /" + b"y" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n",
    "short headers": b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a:b\r\n" * 14_000,
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_head_that_comes_whole_in_one_read_is_bounded_too(head: bytes) -> None:
    """Read at once, so that it is whole before anything is counted between two reads."""
    written, asked = feed(head + b"\r\n")
    assert written.startswith(b"HTTP/1.1 431")
    assert not asked


def test_trailers_are_counted_as_a_head_is() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    written, _ = feed(head + b"0\r\na: " + b"b" * 70_000 + b"\r\n\r\n")
    assert written.startswith(b"HTTP/1.1 431")


def test_heads_that_come_in_one_read_are_counted_each_for_itself() -> None:
    request = b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000 + b"\r\n\r\n"
    written, asked = feed(request * 2)
    assert not written
    assert asked


def test_who_takes_nothing_is_let_go(caller: Caller, server: uvicorn.Server) -> None:
    one = caller()
    one.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
    deadline = time.monotonic() + 4
    while server.server_state.connections and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not server.server_state.connections
    assert not server.server_state.tasks


def test_who_takes_slowly_but_steadily_gets_all(caller: Caller) -> None:
    one = caller()
    one.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    got = 0
    while piece := one.recv(1_000_000):
        got += len(piece)
        time.sleep(0.001)
    assert got > 2_000 * len(PIECE)


def test_there_is_a_most(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST", 2)
    monkeypatch.setattr(connection, "HEAD_WITHIN", 5)
    held = [caller(), caller()]
    time.sleep(0.1)
    assert rest(caller()).startswith(b"HTTP/1.1 503")
    held[0].sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert rest(held[0]).startswith(b"HTTP/1.1 200")
    again = caller()
    again.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert rest(again).startswith(b"HTTP/1.1 200")


SMUGGLED = {
    "two ends": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "a line end in a name": b"GET / HTTP/1.1\r\nHost: x\r\nX\rY: z\r\n\r\n",
    "a query that is not ASCII": b"GET /?a=\xdc HTTP/1.1\r\nHost: x\r\n\r\n",
    "a null": b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}


@pytest.mark.parametrize("sent", SMUGGLED.values(), ids=SMUGGLED)
def test_what_two_servers_could_read_differently_is_refused(caller: Caller, sent: bytes) -> None:
    one = caller()
    one.sendall(sent)
    assert rest(one).startswith(b"HTTP/1.1 400")


class _Slow:
    """A transport whose peer takes so many bytes between two looks, and the loop that looks."""

    def __init__(self, waiting: int, taken: list[int]) -> None:
        self.waiting, self.taken = waiting, taken
        self.aborted = False

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.aborted = True

    def call_later(self, _seconds: float, look: Callable[[], None]) -> Any:
        if self.taken:
            self.waiting -= self.taken.pop(0)
            look()
        return None


@pytest.mark.parametrize(
    ("taken", "aborted"),
    [([8_192] * 20, False), ([4_096] * 20, False), ([8_192, 8_192, 100], True), ([0], True), ([4_095], True)],
)
def test_who_takes_little_is_let_go_and_who_takes_some_is_not(taken: list[int], aborted: bool) -> None:
    slow = _Slow(1_000_000, list(taken))
    one: Any = Connection.__new__(Connection)
    one.transport = one.loop = slow
    one.flow = SimpleNamespace(pause_writing=lambda: None)
    one.pause_writing()
    assert slow.aborted is aborted
