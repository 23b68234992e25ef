"""Clients that ask for decisions all the time and remember what they were told, whatever becomes of the server."""

import asyncio
import json
import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

CONNECTIONS = 16


@dataclass
class Told:
    """What the clients were told.

    Attributes
    ----------
    decisions : ids of the decisions that were given whole
    statuses : how often each status came; 0 where a connection broke
    bare : problems with 503 that did not say when to come again
    """

    decisions: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    bare: int = 0


class Asking:
    """Asks from a thread of its own until the block ends.

    Parameters
    ----------
    clients : numbers to ask for
    """

    def __init__(self, address: str, clients: list[int]) -> None:
        self._host, self._port = urlsplit(address).hostname or "", urlsplit(address).port or 0
        self._clients = clients
        self._end = threading.Event()
        self.told = Told()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._ask_all()))

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """End, when every client has its last answer."""
        self._end.set()
        self._thread.join()

    async def _ask_all(self) -> None:
        await asyncio.gather(*(self._ask(random.Random(seed)) for seed in range(CONNECTIONS)))

    async def _ask(self, choose: random.Random) -> None:
        while not self._end.is_set():
            try:
                reader, writer = await asyncio.open_connection(self._host, self._port)
            except OSError:
                self.told.statuses[0] += 1
                await asyncio.sleep(0.05)
                continue
            try:
                while not self._end.is_set():
                    await self._ask_once(reader, writer, choose.choice(self._clients))
            except (OSError, asyncio.IncompleteReadError):
                self.told.statuses[0] += 1
            finally:
                writer.close()

    async def _ask_once(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: int) -> None:
        writer.write(f"GET /api/predict/{client} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n\r\n".encode())
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)).decode("latin-1").lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = await reader.readexactly(int(fields.get("content-length", "0")))
        status = int(head.split()[1])
        self.told.statuses[status] += 1
        if status == 200:
            self.told.decisions.append(json.loads(body)["decision_id"])
        elif status == 503:
            self.told.bare += "retry-after" not in fields
            await asyncio.sleep(0.05)
