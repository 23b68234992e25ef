"""An hour's worth of load squeezed: many decisions one after the other, memory flat, every one in the journal."""

from collections.abc import Iterator

from benchmarks.measure import Figure
from benchmarks.serving.artefacts import Served
from benchmarks.serving.requests import paths
from benchmarks.serving.servers import service
from benchmarks.serving.wrk import load
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify

DECISIONS = 100_000
MOST_GROWTH = 20.0
"""MB that the last four fifths of the decisions may add."""


def figures(served: Served) -> Iterator[Figure]:
    """Decide until there are enough; read memory on the way; verify the journal."""
    with service(served.folder) as running:
        asked, answered, failed, grown = paths(served), 0, 0, list[float]()
        while answered < DECISIONS:
            found = load(running.address, asked, connections=32, seconds=5)
            answered, failed = answered + found.requests, failed + found.lost + found.refused
            grown.append(running.memory)
        settled = grown[len(grown) // 5]
        checked = verify(engine_of(running.journal))
        name = f"{DECISIONS:,} decisions"
        yield Figure(f"{name}: lost or refused", failed, "requests", 0)
        yield Figure(f"{name}: memory after a fifth", settled, "MB", 400)
        yield Figure(f"{name}: memory that the rest adds", max(grown[-1] - settled, 0.0), "MB", MOST_GROWTH)
        yield Figure(f"{name}: answered but not in the journal", max(answered - checked.entries, 0), "decisions", 0)
        yield Figure(f"{name}: faults of the journal", len(checked.faults), "entries", 0)
