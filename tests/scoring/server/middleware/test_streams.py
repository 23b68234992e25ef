"""Endless answers: so many for each login or address; who closes one may open another."""

import asyncio
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from scoring.server.middleware.streams import Streams
from tests.running import run

HEARTBEAT = "/fr/gradio_api/heartbeat/abc"


async def endless(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while (await receive())["type"] != "http.disconnect":
        pass


class Opened:
    """One answer that is asked for, and goes on until it is closed."""

    def __init__(self, streams: Streams, address: str, path: str = HEARTBEAT) -> None:
        self.sent: list[Message] = []
        self._closed = asyncio.Event()
        scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        self._task = asyncio.ensure_future(streams({**scope, "client": (address, 4)}, self._receive, self._send))

    async def _receive(self) -> Message:
        await self._closed.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)

    async def status(self) -> int:
        while not self.sent:
            await asyncio.sleep(0)
        return int(self.sent[0]["status"])

    async def close(self) -> None:
        self._closed.set()
        await self._task


def test_an_address_has_so_many_and_others_have_theirs() -> None:
    async def asked() -> None:
        streams = Streams(endless, most_each=3)
        ours = [Opened(streams, "192.0.2.7") for _ in range(3)]
        assert [await one.status() for one in ours] == [200] * 3
        for path in (HEARTBEAT, "/en/model/gradio_api/queue/data"):
            refused = Opened(streams, "192.0.2.7", path)
            assert await refused.status() == 429
            assert (b"retry-after", b"30") in refused.sent[0]["headers"]
        other = Opened(streams, "192.0.2.8")
        assert await other.status() == 200
        await ours[0].close()
        again = Opened(streams, "192.0.2.7")
        assert await again.status() == 200
        for one in (*ours[1:], other, again):
            await one.close()

    run(asked())


def test_an_answer_that_fails_is_open_no_more() -> None:
    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError

    async def asked() -> None:
        streams = Streams(fails, most_each=1)
        for _ in range(3):
            opened = Opened(streams, "192.0.2.7")
            try:
                await opened.close()
            except ValueError:
                continue
            raise AssertionError

    run(asked())
