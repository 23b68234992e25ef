"""Ten thousand connections that never ask: silent, or letter by letter in head or body, or taking no answer.

Each that the service lets go is opened again at once. Beside them one caller asks for decisions; each must be answered.
"""

import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx

from benchmarks.measure import Figure
from scoring.server import allow_connections

ROOT = Path(__file__).resolve().parent.parent
PORT = 7897
MANY = 10_000
FOR = 45.0
"""Seconds of siege: three times as long as the service waits for a head."""
SOURCES = [f"127.0.0.{n}" for n in range(2, 12)]


def figures() -> Iterator[Figure]:
    """Ask for decisions alone, then beside thousands that never end what they ask; memory before, with, after."""
    allow_connections(MANY + 1_000)
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={
                **os.environ,
                "PORT": str(PORT),
                "HOST": "127.0.0.1",
                "CLAIRSCORE_JOURNAL_URL": f"sqlite:///{folder}/journal.sqlite",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield from asyncio.run(_siege(server.pid))
        finally:
            server.terminate()
            server.wait(40)


async def _siege(pid: int) -> list[Figure]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=30) as client:
        for _ in range(600):
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get("/ready")).status_code == 200:
                    break
            await asyncio.sleep(0.1)
        alone, _ = await _asked(client, 10)
        before = _resident(pid)
        async with _besieged() as opened:
            await asyncio.sleep(5)
            held = opened()
            beside, failed = await _asked(client, FOR)
            during = _resident(pid)
        await asyncio.sleep(20)
        after = _resident(pid)
    return [
        Figure("others held open when asking began", held, "connections", MANY * 0.95, at_least=True),
        Figure("one caller alone, p50", 1_000 * _quantile(alone, 0.5), "ms"),
        Figure("one caller alone, p99", 1_000 * _quantile(alone, 0.99), "ms"),
        Figure("one caller beside the others, p50", 1_000 * _quantile(beside, 0.5), "ms"),
        Figure("one caller beside the others, p99", 1_000 * _quantile(beside, 0.99), "ms"),
        Figure("answers beside the others", len(beside), "answers"),
        Figure("answers that failed", failed, "answers", 0),
        Figure("memory before", before, "MB"),
        Figure("memory with the others", during, "MB"),
        Figure("memory after them", after, "MB"),
    ]


async def _asked(client: httpx.AsyncClient, seconds: float) -> tuple[list[float], int]:
    """Seconds that each decision took, one after the other, and how many failed."""
    took, failed = [], 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        try:
            answer = await client.get("/api/predict/100002")
            failed += answer.status_code != 200
        except httpx.HTTPError:
            failed += 1
        took.append(time.perf_counter() - start)
        await asyncio.sleep(0.01)
    return took, failed


@contextlib.asynccontextmanager
async def _besieged() -> AsyncIterator["_Count"]:
    """Keep many connections open, each in one of the ways not to ask."""
    count = _Count()
    ways = [_silent, _slow_head, _slow_body, _takes_nothing]
    tasks = [
        asyncio.create_task(_again(ways[n % len(ways)], SOURCES[n % len(SOURCES)], count, n / MANY * 4))
        for n in range(MANY)
    ]
    try:
        yield count
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Count:
    def __init__(self) -> None:
        self.open = 0

    def __call__(self) -> int:
        return self.open


async def _again(way: "_Way", source: str, count: _Count, wait: float) -> None:
    await asyncio.sleep(wait)
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT, local_addr=(source, 0))
        except OSError:
            await asyncio.sleep(0.5)
            continue
        count.open += 1
        with contextlib.suppress(OSError):
            await way(reader, writer)
        count.open -= 1
        writer.close()
        await asyncio.sleep(0.05)


async def _silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def _slow_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"GET /api/predict/100002 HTTP/1.1\r\nHost: localhost\r\n")
    await _letters(reader, writer)


async def _slow_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(
        b"POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 5000\r\n\r\n{"
    )
    await _letters(reader, writer)


async def _takes_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(b"GET /fr/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await asyncio.sleep(60)


async def _letters(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    closed = asyncio.ensure_future(reader.read(1))
    while not closed.done():
        writer.write(b"x")
        await asyncio.wait([closed], timeout=5)


_Way = type(_silent)


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _resident(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    for figure in figures():
        sys.stdout.write(f"{figure.name}: {figure.value:.4g} {figure.unit}\n")
