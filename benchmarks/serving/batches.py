"""A batch of as many clients as the real tables have new applicants, with reasons, over the API."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.measure import Figure
from benchmarks.serving.artefacts import Served
from benchmarks.serving.servers import Running, service

MOST_GROWTH = 50.0
"""MB that the second and third batch may add to what the first one left."""


@dataclass(frozen=True)
class Given:
    """One batch as it came."""

    first: float
    seconds: float
    lines: int


def figures(served: Served) -> Iterator[Figure]:
    """Seconds to the first bytes and to the last, and how memory goes while it is asked for three times."""
    with service(served.folder) as running:
        ask(running, list(served.clients)[:100])
        with watched(running) as peak:
            first = ask(running, list(served.clients))
        settled, most = running.memory, peak[0]
        with watched(running) as peak:
            again = [ask(running, list(served.clients)) for _ in range(2)]
        if {one.lines for one in (first, *again)} != {len(served.clients)}:
            raise RuntimeError(f"a batch must have a line a client; got {[one.lines for one in (first, *again)]}")
        name = f"batch of {len(served.clients):,} clients, with reasons, recorded"
        yield Figure(f"{name}: first bytes", first.first, "s", 0.5)
        yield Figure(f"{name}: whole", first.seconds, "s", 5)
        yield Figure(f"{name}: whole, again", min(one.seconds for one in again), "s", 5)
        yield Figure(f"{name}: most memory", most, "MB")
        yield Figure(f"{name}: memory that two more add", max(peak[0] - max(most, settled), 0.0), "MB", MOST_GROWTH)


def ask(running: Running, clients: list[int]) -> Given:
    """Ask for a batch, and read it as it comes."""
    host = running.address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=300)
    body = json.dumps(clients)
    began = time.perf_counter()
    connection.request("POST", "/api/predict/batch", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != http.client.OK:
        raise RuntimeError(f"a batch must be answered; got {answer.status} {answer.read(500)!r}")
    first, lines = 0.0, 0
    while part := answer.read1(1 << 20):
        first = first or time.perf_counter() - began
        lines += part.count(b"\n")
    connection.close()
    return Given(first, time.perf_counter() - began, lines)


@contextmanager
def watched(running: Running) -> Iterator[list[float]]:
    """The most memory while the block runs, in MB, as the only item of a list."""
    peak, end = [0.0], threading.Event()

    def look() -> None:
        while not end.wait(0.05):
            peak[0] = max(peak[0], running.memory)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        end.set()
        watcher.join()
