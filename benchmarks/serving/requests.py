"""Single decisions: recorded on the disk, explained, answered; beside a trivial route of the same server."""

import random
from collections.abc import Iterator

from benchmarks.measure import Figure
from benchmarks.serving.artefacts import Served
from benchmarks.serving.servers import service
from benchmarks.serving.wrk import Load, load

TRIVIAL = "/health"
LEAST_OF_TRIVIAL = 0.6


def paths(served: Served, count: int = 5_000) -> list[str]:
    """Predictions for clients in no order."""
    chosen = random.Random(1).sample(served.clients, count)
    return [f"/api/predict/{client}" for client in chosen]


def figures(served: Served) -> Iterator[Figure]:
    """Start and memory; latency at one connection; throughput at 32 as a share of the trivial route's."""
    with service(served.folder) as running:
        yield Figure("start: python app.py to /ready", running.began_in, "s", 5)
        yield Figure(f"memory of service and writer, {len(served.clients):,} clients", running.memory, "MB", 400)
        asked = paths(served)
        load(running.address, asked, connections=32, seconds=3)  # what is made once is made
        alone = load(running.address, asked, connections=1, seconds=15)
        yield Figure("GET predict, 1 connection, journal on the disk: p50", alone.p50, "ms", 3)
        yield Figure("GET predict, 1 connection, journal on the disk: p99", alone.p99, "ms", 10)
        yield Figure("GET predict, 1 connection, journal on the disk", alone.a_second, "requests/s")
        before = load(running.address, [TRIVIAL], connections=32, seconds=15)
        under = load(running.address, asked, connections=32, seconds=60)
        after = load(running.address, [TRIVIAL], connections=32, seconds=15)
        trivial = (before.a_second + after.a_second) / 2
        yield Figure(f"GET {TRIVIAL}, 32 connections", trivial, "requests/s")
        yield Figure("GET predict, 32 connections, journal on the disk", under.a_second, "requests/s")
        yield Figure("GET predict, 32 connections: p50", under.p50, "ms")
        yield Figure("GET predict, 32 connections: p99", under.p99, "ms")
        share = under.a_second / trivial
        yield Figure(f"GET predict over GET {TRIVIAL}, 32 connections", share, "1", LEAST_OF_TRIVIAL, at_least=True)
        yield Figure("GET predict, 32 connections: lost or refused", _failures(under), "requests", 0)
        yield Figure("memory after the load", running.memory, "MB", 400)


def _failures(found: Load) -> int:
    return found.lost + found.refused
