"""The service under load, with a durable journal, beside a trivial route of its own and beside other servers.

The rule: a ratio is taken in one run, on one machine that serves and loads, by one generator, which is shown first on a
constant answer. What was answered is counted in the journal at the end, and the journal is verified.
"""

from collections.abc import Iterator

from benchmarks.measure import Figure
from benchmarks.serving import batches, ceiling, longevity, requests, rivals
from benchmarks.serving.artefacts import artefacts

__all__ = ["figures"]


def figures() -> Iterator[Figure]:
    """The generator itself, start and memory, single decisions, a batch, an hour's load, other servers."""
    yield from ceiling.figures()
    with artefacts() as served:
        yield from requests.figures(served)
        yield from batches.figures(served)
        yield from longevity.figures(served)
        yield from rivals.figures(served)
