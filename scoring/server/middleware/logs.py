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

    def line(told: dict[str, object]) -> None:
        with contextlib.suppress(OSError):  # a log that nobody takes any more must not keep answers back
            write(orjson.dumps({"event": "request", **told, "level": "info", "at": datetime.now(UTC)}) + b"\n")

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
