"""Ten thousand connections that never ask: silent, or letter by letter in head or body, or taking no answer.

Each that the service lets go is opened again at once. Beside them one caller asks for decisions; each must be answered.
The besiegers are a process of their own, so that the caller's times are the service's. ``python -m
benchmarks.connections PORT`` is that process.
"""

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import httpx

from benchmarks.measure import Figure
from scoring.server.serving import allow_connections
from scoring.settings import ROOT

PORT = 7897
MANY = 10_000
GATHERING = 10.0
FOR = 45.0
"""Seconds of siege: three times as long as the service waits for a head."""
SOURCES = [f"127.0.0.{n}" for n in range(2, 12)]


def figures() -> Iterator[Figure]:
    """Ask for decisions alone, then beside thousands that never end what they ask; memory before, with, after."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PORT": str(PORT),
            "HOST": "127.0.0.1",
            "CLAIRSCORE_JOURNAL_URL": f"sqlite:///{folder}/journal.sqlite",
        }
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": ROOT, "env": environment}
        server = subprocess.Popen([sys.executable, "app.py"], **quiet)  # type: ignore[call-overload]
        besiegers = None
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{PORT}", timeout=60) as client:
                _wait(client)
                alone, _ = _asked(client, 10)
                before = _resident(server.pid)
                command = [sys.executable, "-m", "benchmarks.connections", str(PORT)]
                besiegers = subprocess.Popen(command, **quiet)  # type: ignore[call-overload]
                time.sleep(GATHERING)
                held = _open_files(server.pid)
                beside, failed = _asked(client, FOR)
                during, held_at_the_end = _resident(server.pid), _open_files(server.pid)
                besiegers.kill()
                time.sleep(20)
                again, _ = _asked(client, 5)
                after = _resident(server.pid)
        finally:
            for process in (besiegers, server):
                if process is not None:
                    process.terminate()
                    process.wait(40)
    yield Figure("connections held open at the beginning", held, "connections", MANY * 0.9, at_least=True)
    yield Figure("connections held open at the end", held_at_the_end, "connections", MANY * 0.9, at_least=True)
    for name, times in (("alone", alone), ("beside the others", beside), ("after them", again)):
        yield Figure(f"one caller {name}, p50", 1_000 * _quantile(times, 0.5), "ms")
        yield Figure(f"one caller {name}, p99", 1_000 * _quantile(times, 0.99), "ms")
    yield Figure("answers beside the others", len(beside), "answers")
    yield Figure("answers that failed", failed, "answers", 0)
    yield Figure("memory before", before, "MB")
    yield Figure("memory with the others", during, "MB")
    yield Figure("memory after them", after, "MB")


def _wait(client: httpx.Client) -> None:
    for _ in range(600):
        with contextlib.suppress(httpx.HTTPError):
            if client.get("/ready").status_code == 200:
                return
        time.sleep(0.1)


def _asked(client: httpx.Client, seconds: float) -> tuple[list[float], int]:
    """Seconds that each decision took, one after the other, and how many failed."""
    took, failed = [], 0
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        try:
            failed += client.get("/api/predict/100002").status_code != 200
        except httpx.HTTPError:
            failed += 1
        took.append(time.perf_counter() - start)
        time.sleep(0.02)
    return took, failed


async def besiege(port: int) -> None:
    """Keep many connections open, each in one of the ways not to ask, until killed."""
    allow_connections(MANY + 1_000)
    ways = [_silent, _slow_head, _slow_body, _takes_nothing]
    async with asyncio.TaskGroup() as group:
        for number in range(MANY):
            way, source = ways[number % len(ways)], SOURCES[number % len(SOURCES)]
            group.create_task(_again(way, source, port))
            if number % 50 == 0:
                await asyncio.sleep(GATHERING / MANY * 25)


async def _again(way: "_Way", source: str, port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            link = socket.socket()
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            link.setblocking(False)
            link.bind((source, 0))
            try:
                await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", port))
                await way(link)
            finally:
                link.close()
        await asyncio.sleep(0.1)


async def _silent(link: socket.socket) -> None:
    await asyncio.get_running_loop().sock_recv(link, 1)


async def _slow_head(link: socket.socket) -> None:
    await _send(link, b"GET /api/predict/100002 HTTP/1.1\r\nHost: localhost\r\n")
    await _letters(link)


async def _slow_body(link: socket.socket) -> None:
    head = b"POST /api/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    await _send(link, head + b"Content-Length: 5000\r\n\r\n{")
    await _letters(link)


async def _takes_nothing(link: socket.socket) -> None:
    await _send(link, b"GET /static/clairscore.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200)
    await asyncio.sleep(90)


async def _send(link: socket.socket, sent: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(link, sent)


async def _letters(link: socket.socket) -> None:
    """A letter every five seconds, until the other end hangs up (which the next letter but one shows)."""
    while True:
        await asyncio.sleep(5)
        await _send(link, b"x")


_Way = Callable[[socket.socket], Coroutine[object, object, None]]


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _resident(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(found[1]) / 1024 if found else 0.0


def _open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(besiege(int(sys.argv[1])))
    else:
        for figure in figures():
            sys.stdout.write(f"{figure.name}: {figure.value:.4g} {figure.unit}\n")
