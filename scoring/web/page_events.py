"""Every event of a page is checked here, before Gradio reads it.

The rule: what a page does not declare does not reach Gradio. Its own check of the files that an event names is skipped
for apps that are mounted, so no event that could name one is passed on. Of Gradio's routes the events' own two and the
streams of answers are known here; whatever else would change something is not found.
"""

import json
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from gradio import queueing, route_utils, routes
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.errors import InputError, UnknownClientError, UnknownDecisionError
from scoring.server.access.page_sessions import PageSessions, asker_of
from scoring.server.middleware.error_responses import refuse
from scoring.server.middleware.logs import event_logger
from scoring.web.event_inputs import Event
from scoring.web.page import NotANumber

# An event of a page that fails is told in the log like any other failure: its kind and place, not its message.

_log = event_logger(__name__)
REFUSED: ContextVar[list[str]] = ContextVar("refused_event")
"""What the event that is being answered was refused for, by whoever answers it."""


class _Told:
    """Stands for the module `traceback` where Gradio prints with it."""

    @staticmethod
    def print_exc(*_how: object, **_more: object) -> None:
        """Tell of the exception that is being handled."""
        error = sys.exception()
        if isinstance(error, InputError | UnknownClientError | UnknownDecisionError | NotANumber):
            REFUSED.get([]).append(type(error).__name__)
            return
        _log.error("an event of a page failed", exc_info=True)

    def __getattr__(self, name: str) -> Any:
        return getattr(traceback, name)


def tell_failures() -> None:
    """Have Gradio tell of failures in our log."""
    for module in (routes, queueing, route_utils):
        module.traceback = _Told()  # type: ignore[attr-defined]


_GRADIO: Final = "/gradio_api/"
_QUEUED: Final = {"run/predict": False, "queue/join": True}
"""The routes that take events, and whether an event there waits in the queue."""
_STREAM: Final = re.compile(r"heartbeat/(?P<name>[^/]+)|queue/data")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_FIELDS: Final = frozenset({"data", "event_data", "fn_index", "session_hash", "trigger_id"})
_GRADIOS_PARAMETERS: Final = frozenset({"page", "deep_link"})
"""What Gradio itself reads of a page's address, and fails on where it does not know the value: we have neither."""
_MOST_ID: Final = 2**31


class PageEvents:
    """ASGI middleware that checks what pages send, and to whom their sessions belong.

    Parameters
    ----------
    events : by the path below which a page is mounted, the events that it declares
    forget : called with the name of a page session that is kept no more
    """

    def __init__(
        self, app: ASGIApp, events: Mapping[str, Mapping[int, Event]], forget: Callable[[str], object]
    ) -> None:
        self.app = app
        self._events = {path.rstrip("/"): declared for path, declared in events.items()}
        self._sessions = PageSessions(forget=forget)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what a page declares; refuse anything else that is below one."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        page, of_gradio, route = scope["path"].partition(_GRADIO)
        declared = self._events.get(page) if of_gradio else None
        if declared is not None and scope["method"] == "POST":
            await self._event(scope, receive, send, route.rstrip("/"), declared)
        elif of_gradio and (declared is None or scope["method"] not in ("GET", "HEAD")):
            await refuse(scope, receive, send, 404, "not-found")
        elif stream := _STREAM.fullmatch(route.rstrip("/")):
            await self._stream(scope, receive, send, stream["name"])
        else:
            await self.app(_without_gradios_parameters(scope), receive, send)

    async def _event(
        self, scope: Scope, receive: Receive, send: Send, route: str, declared: Mapping[int, Event]
    ) -> None:
        queued = _QUEUED.get(route)
        if queued is None:
            await refuse(scope, receive, send, 404, "not-found")
            return
        body = await _whole(receive)
        sent = _read(body)
        where = _fault(sent, declared, queued=queued)
        if where:
            await refuse(scope, receive, send, 422, "bad-event", where=where)
        elif not self._sessions.admits(sent["session_hash"], asker_of(scope)):
            await refuse(scope, receive, send, 403, "forbidden")
        else:
            if None in sent["data"]:
                empty = declared[sent["fn_index"]].empty
                filled = zip(sent["data"], empty, strict=True)
                body = json.dumps({**sent, "data": [other if one is None else one for one, other in filled]}).encode()
            await self._answer(scope, _again(body, receive), send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have an event answered; what its function refuses is the caller's fault, not a failure of the page."""
        refused = REFUSED.set([])
        replaced = False

        async def sent(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 500 and REFUSED.get():
                replaced = True
                await refuse(scope, receive, send, 422, "bad-event", where="data")
            elif not replaced:
                await send(message)

        try:
            await self.app(scope, receive, sent)
        finally:
            REFUSED.reset(refused)

    async def _stream(self, scope: Scope, receive: Receive, send: Send, name: str | None) -> None:
        parameters = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        names = [value for field, value in parameters if field == "session_hash"] if name is None else [name]
        if len(names) != 1 or not _NAME.fullmatch(names[0]):
            await refuse(scope, receive, send, 422, "bad-event", where="session_hash")
        elif not self._sessions.admits(names[0], asker_of(scope)):
            await refuse(scope, receive, send, 403, "forbidden")
        else:
            await self.app(scope, receive, send)


def _fault(sent: Any, declared: Mapping[int, Event], *, queued: bool) -> str:
    """Where an event is not as a page declares it; empty where all is."""
    if not isinstance(sent, dict):
        return "JSON"
    unknown = sent.keys() - _FIELDS
    if unknown:
        return "fields"
    index, trigger, name, data = (sent.get(field) for field in ("fn_index", "trigger_id", "session_hash", "data"))
    event = declared.get(index) if type(index) is int else None
    if event is None or event.queued is not queued:
        return "fn_index"
    if trigger is not None and (type(trigger) is not int or not 0 <= trigger < _MOST_ID):
        return "trigger_id"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return "session_hash"
    return event.fault(data, sent.get("event_data")) if isinstance(data, list) else "data"


def _read(body: bytes) -> Any:
    """An event's JSON; None where it is none, or where two readers could read two things."""
    try:
        return json.loads(body.decode(), object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a field must stand once")
    return read


def _no_number(name: str) -> float:
    raise ValueError(f"a number must be finite; got {name}")


async def _whole(receive: Receive) -> bytes:
    """A body to its end; how long it may be is bounded before (see `scoring.server.middleware.stack`)."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """A way to receive a body that was read already, and then whatever comes."""
    given = False

    async def received() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def _without_gradios_parameters(scope: Scope) -> Scope:
    """A request whose address says nothing that Gradio would take for its own."""
    query: bytes = scope["query_string"]
    if b"page" not in query and b"deep" not in query and b"%" not in query:
        return scope
    parameters = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    left = [(name, value) for name, value in parameters if name not in _GRADIOS_PARAMETERS]
    if len(left) == len(parameters):
        return scope
    return {**scope, "query_string": urlencode(left).encode()}
