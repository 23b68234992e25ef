"""What is counted, in the form of Prometheus: by route, never by client, person or address."""

from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
disable_created_metrics()  # a time beside each count, which nobody reads
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The counters of one service, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self._requests = Counter("clairscore_requests", "Answers", ("method", "route", "status"), registry=registry)
        self._seconds = Histogram(
            "clairscore_request_seconds",
            "Time to the end of an answer",
            ("route",),
            registry=registry,
            buckets=_BUCKETS,
        )
        self.active = Gauge("clairscore_requests_active", "Requests being answered", registry=registry)
        self.refused = Counter("clairscore_refused", "Requests refused at the door", ("reason",), registry=registry)
        self.logins = Counter("clairscore_logins", "Attempts to log in", ("way", "result"), registry=registry)
        self.model = Gauge("clairscore_model_info", "The model that serves: 1", ("version",), registry=registry)
        self.changes = Counter(
            "clairscore_artefact_changes", "Changes of artefact while serving", ("result",), registry=registry
        )
        self.stale = Gauge(
            "clairscore_artefact_refused", "Whether the artefacts on the disk were refused: 1", registry=registry
        )
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer."""
        at = (method if method in _METHODS else "other", route, status)
        children = self._children.get(at)
        if children is None:
            requests = self._requests.labels(at[0], route, str(status))
            children = self._children[at] = (requests, self._seconds.labels(route))
        children[0].inc()
        children[1].observe(seconds)

    def exposed(self) -> bytes:
        """All figures as text."""
        return generate_latest(self.registry)
