"""Logs: one line of JSON an event, on standard error, without anybody's data.

The rule: no value that a caller sent, no client's number, no person's name. An event says which route, not which
address; who, by a key's id or a pseudonym; of an error its kind and where it was raised, not its message, which may
hold values. Everything is encoded as JSON, so nothing sent can start a line of its own.
"""

import contextlib
import hashlib
import logging
import sys
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, cast

import orjson
import structlog
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

# What is counted, in the form of Prometheus: by route, never by client, person or address.

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


_KEPT_FRAMES: Final = 12
# What JSON leaves as it is, though some readers end a line there.
_LINE_ENDS: Final = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
Event = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logs() -> None:
    """Have all logs, those of the libraries too, written as lines of JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        without_messages,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_json],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for talkative in ("httpx", "httpx2", "httpcore", "httpcore2", "authlib", "uvicorn.access"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def without_messages(_logger: object, _method: str, event: Event) -> Event:
    """Of an exception, keep its kind and where it was raised."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    elif isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        event["error"] = info[0].__name__
        event["raised"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(info[2])[-_KEPT_FRAMES:]
        ]
    event.pop("exception", None)
    return event


def _as_json(_logger: object, _method: str, event: Mapping[str, Any]) -> str:
    written = orjson.dumps(event, default=repr).decode()
    return written.translate(_LINE_ENDS)


def request_log() -> Callable[[dict[str, object]], None]:
    """Writes the one line that each request gets: straight to the output, for it is on everyone's way."""
    output = sys.stderr.buffer
    write = getattr(output, "raw", output).write

    def line(entry: dict[str, object]) -> None:
        with contextlib.suppress(OSError):  # a log that nobody takes any more must not keep answers back
            write(orjson.dumps({"event": "request", **entry, "level": "info", "at": datetime.now(UTC)}) + b"\n")

    return line


def pseudonym(text: str) -> str:
    """A short name for somebody, the same each time, from which nobody reads who it is.

    >>> pseudonym("https://provider.example 248289761001") == pseudonym("https://provider.example 248289761001")
    True
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def event_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger of events with values: ``log.info("key revoked", key=...)``."""
    return cast("structlog.stdlib.BoundLogger", structlog.get_logger(name))
