"""From the command to the first page."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from benchmarks.measure import Figure, memory_of
from scoring.settings import ROOT

PORT = 7899


def figures() -> Iterator[Figure]:
    """Time `python app.py` until health and the first page answer; read its memory."""
    for round_ in ("first", "second"):
        start = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, "PORT": str(PORT), "HOST": "127.0.0.1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for("/health", server)
            ready = time.perf_counter() - start
            _wait_for("/fr/", server)
            page = time.perf_counter() - start
            memory = memory_of(server.pid) / 2**20
        finally:
            server.terminate()
            server.wait(10)
        yield Figure(f"start to /health, {round_}", ready, "s", 5)
        yield Figure(f"start to the first page, {round_}", page, "s")
        yield Figure(f"memory after the first page, {round_}", memory, "MB", 400)


def _wait_for(path: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"the server must stay up; it ended with code {server.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=5) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{path} must answer within 30 s")
