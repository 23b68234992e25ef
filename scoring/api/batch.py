"""The route that decides on many clients: a stream, part by part, each recorded before it is sent."""

import asyncio
import csv
import io
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeVar

import orjson
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from scoring.api.answers import Problem, ReviewCause
from scoring.api.problem_types import KIND_OF, STATUS, problems
from scoring.api.query_parameters import Asked, asked_of, key_of, language_of, parameters_of
from scoring.api.request_validation import DocumentedRoute
from scoring.api.uploads import read_batch
from scoring.audit.audited_decisions import Recorder
from scoring.audit.batches import Batch, Given, Refused
from scoring.data.uploads.limits import MOST_CLIENTS
from scoring.data.uploads.reader import UploadReader
from scoring.data.uploads.spool import Spool, spool_body
from scoring.errors import ClairscoreError
from scoring.explain.batch_scoring import Teller
from scoring.i18n.figures import csv_text
from scoring.model.decision import Outcome
from scoring.server.identity import of_scope
from scoring.service import Service

# A batch's answer, line by line: NDJSON, or CSV that a spreadsheet takes for no formula.

NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
COLUMNS: Final = (
    "row", "client_id", "decision_id", "pd", "points", "low_points", "high_points", "level", "decision",
    "review_because", "reasons", "problem",
)  # fmt: skip
BETWEEN: Final = " | "


class BatchReason(BaseModel):
    """One reason of a batch's line."""

    code: str
    points: float
    text: str


class BatchDecision(BaseModel):
    """One line of a batch's answer: a client decided on."""

    row: int = Field(description="the place in what was sent, from 0")
    client_id: int | None
    decision_id: str
    pd: float
    points: float
    low_points: float
    high_points: float
    level: int
    decision: Outcome
    review_because: list[ReviewCause]
    reasons: list[BatchReason]


class BatchProblem(BaseModel):
    """One line of a batch's answer: a row that could not be decided on; `row` is None where the batch had to end."""

    row: int | None
    client_id: int | None
    problem: Problem


LINES: Final = (BatchDecision, BatchProblem)


class Lines:
    """Writes parts of a batch in one language and one form.

    Parameters
    ----------
    teller : says the reasons; None where none were asked for
    instance : the address that was called
    """

    def __init__(self, form: str, teller: Teller | None, lang: str, instance: str) -> None:
        self.form = form
        self._teller, self._lang, self._instance = teller, lang, instance

    @property
    def head(self) -> bytes:
        """What comes before the first part."""
        return _csv([COLUMNS]) if self.form == CSV else b""

    def write(self, part: Iterable[Given | Refused]) -> bytes:
        """The lines of one part."""
        if self.form == CSV:
            return _csv(self._cells(one) for one in part)
        return b"".join(orjson.dumps(self._fields(one), option=orjson.OPT_APPEND_NEWLINE) for one in part)

    def end(self, error: ClairscoreError | None) -> bytes:
        """The last line of a batch that had to end early; None for a cause that is nobody's business outside."""
        problem = self._problem(error)
        if self.form == CSV:
            return _csv([[*[""] * (len(COLUMNS) - 1), csv_text(problem["detail"])]])
        return orjson.dumps({"row": None, "client_id": None, "problem": problem}, option=orjson.OPT_APPEND_NEWLINE)

    def _fields(self, one: Given | Refused) -> dict[str, Any]:
        if isinstance(one, Refused):
            return {"row": one.row, "client_id": one.client_id, "problem": self._problem(one.error)}
        client = one.client
        return {
            "row": one.row,
            "client_id": one.client_id,
            "decision_id": one.decision_id,
            "pd": client.pd,
            "points": client.points,
            "low_points": client.low_points,
            "high_points": client.high_points,
            "level": client.level,
            "decision": client.decision,
            "review_because": client.review_because,
            "reasons": [] if self._teller is None else self._teller.tell(client),
        }

    def _cells(self, one: Given | Refused) -> Sequence[Any]:
        if isinstance(one, Refused):
            detail_cell = csv_text(self._problem(one.error)["detail"])
            return (one.row, one.client_id, *[""] * (len(COLUMNS) - 3), detail_cell)
        client = one.client
        reasons = [] if self._teller is None else self._teller.tell(client)
        return (
            one.row,
            one.client_id,
            one.decision_id,
            repr(client.pd),
            repr(client.points),
            repr(client.low_points),
            repr(client.high_points),
            client.level,
            client.decision,
            BETWEEN.join(client.review_because),
            csv_text(BETWEEN.join(reason.text for reason in reasons)),
            "",
        )

    def _problem(self, error: ClairscoreError | None) -> dict[str, Any]:
        kind, detail = "internal", ""
        if error is not None and type(error) in KIND_OF:
            kind, detail = KIND_OF[type(error)], error.say(self._lang) or ""
        failure = Problem.of(kind, int(STATUS[kind]), self._lang, instance=self._instance, detail=detail)
        return failure.model_dump(exclude_none=True)


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


_log = logging.getLogger(__name__)
_Read = TypeVar("_Read")
AT_ONCE = 2
"""Parts that are computed at the same time, of however many batches: single decisions go on meanwhile."""


class AskedBatch(Asked):
    """What a batch may be asked with, in the address."""

    reasons: Annotated[bool, Field(description="give the reasons of each decision")] = True


def make_batch_router(service: Service, recorder: Recorder) -> APIRouter:
    """The route over one service and its journal."""
    router = APIRouter(tags=["decision"], route_class=DocumentedRoute)
    turns, reader = asyncio.Semaphore(AT_ONCE), UploadReader()

    @router.post(
        "/api/predict/batch",
        response_class=StreamingResponse,
        responses=_RESPONSES,
        openapi_extra={**parameters_of(AskedBatch, without={"contributions"}), "requestBody": _BODY},
    )
    async def batch(request: Request) -> Response:
        """Decide on up to 100,000 clients, or raw applications, in the order in which they were sent.

        One line a row: a decision, or the problem of that row. `X-Batch-Rows` says how many lines make a whole answer;
        a last line without a `row` says why a batch had to end. Each part was recorded before it is sent. With an
        `Idempotency-Key`, the same body sent again goes on where the batch ended, and records nothing twice; while the
        batch still runs, it is a 409.
        """
        params, lang, form = asked_of(request, AskedBatch), language_of(request), _form_of(request)
        kind = request.headers["content-type"].split(";")[0].strip().lower()
        body, inputs = await spool_body(request.stream(), kind, reader.space)
        try:
            read = await _unless_gone(request, read_batch(service, reader, kind, body))
        finally:
            body.close()
        if read is None:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # to nobody
        source, rows = read
        made = Batch(
            recorder,
            source,
            who=of_scope(request.scope),
            purpose=params.purpose,
            inputs=inputs,
            key=key_of(request, {"batch": inputs, "purpose": params.purpose}),
        )
        lines = Lines(form, Teller(made.model, lang) if params.reasons else None, lang, request.url.path)
        stream = _Stream(made, lines, turns, rows)
        try:
            first = await stream.begin()  # a batch that can't even begin is a problem, not a stream
        except BaseException:
            stream.end()
            raise
        headers = {
            "Cache-Control": "no-store",
            "Content-Language": lang,
            "X-Batch-Id": made.batch_id,
            "X-Batch-Rows": str(len(made)),
        }
        return _Answer(stream, first, media_type=form, headers=headers)

    return router


async def _unless_gone(request: Request, work: Coroutine[Any, Any, _Read]) -> _Read | None:
    """What some work gives; None, and the work ended, when the caller hangs up before."""

    async def hung_up() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            await asyncio.sleep(1)

    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(hung_up())
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for one in (working, gone):
            one.cancel()
        await asyncio.wait({working, gone})


class _Stream:
    """The lines of a batch, part by part; the next one is made while this one is sent.

    The batch runs until `end`, whoever has gone meanwhile: then its key is free again.

    Parameters
    ----------
    rows : what the parts are read from; it is closed behind the last one that is made
    """

    def __init__(self, batch: Batch, lines: Lines, turns: asyncio.Semaphore, rows: Spool) -> None:
        self._parts, self._lines, self._turns, self._rows = batch.parts(), lines, turns, rows
        self._coming: asyncio.Task[bytes | None] | None = None
        self._ended = False

    def begin(self) -> "asyncio.Future[bytes | None]":
        """Begin the next part: its lines, or None behind the last."""
        self._coming = asyncio.create_task(self._next())
        # A caller who goes must not stop it halfway: its thread would go on, and the batch with it.
        return asyncio.shield(self._coming)

    async def lines(self, first: bytes | None) -> AsyncIterator[bytes]:
        """All lines, from those of the first part on."""
        yield self._lines.head
        ready = first
        while ready is not None:
            coming = self.begin()
            yield ready
            try:
                ready = await coming
            except ClairscoreError as error:
                yield self._lines.end(error)
                return
            except Exception as error:  # noqa: BLE001  # the answer has begun: it ends with a line that says so
                _log.error("a batch had to end", exc_info=error)
                yield self._lines.end(None)
                return

    def end(self) -> None:
        """End the batch, as soon as the part under way is done."""
        self._ended = True
        if self._coming is None or self._coming.done():
            self._parts.close()
            self._rows.close()
        else:
            self._coming.add_done_callback(self._close)

    def _close(self, coming: "asyncio.Task[bytes | None]") -> None:
        if not coming.cancelled() and coming.exception() is not None:
            _log.info("a batch whose caller had gone had to end", exc_info=coming.exception())
        self._parts.close()
        self._rows.close()

    async def _next(self) -> bytes | None:
        async with self._turns:
            return None if self._ended else await run_sync(self._made)

    def _made(self) -> bytes | None:
        part = next(self._parts, None)
        return None if part is None else self._lines.write(part)


class _Answer(StreamingResponse):
    """Sends the lines of a batch, and ends it when they are sent or can't be."""

    def __init__(self, stream: _Stream, first: bytes | None, **how: Any) -> None:
        super().__init__(stream.lines(first), **how)
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stream.end()


def _form_of(request: Request) -> str:
    """NDJSON, unless CSV is asked for."""
    accepted = [one.split(";")[0].strip().lower() for one in request.headers.get("accept", "*/*").split(",")]
    for one in accepted:
        if one in (NDJSON, CSV):
            return one
    if not {"*/*", "application/*", "application/json", ""} & set(accepted):
        raise HTTPException(406)
    return NDJSON


_ROWS: dict[str, Any] = {"type": "array", "items": {"type": "object"}, "minItems": 1, "maxItems": MOST_CLIENTS}
_IDS: dict[str, Any] = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": MOST_CLIENTS}
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "title": "BatchRequest",
                "anyOf": [
                    _IDS,
                    _ROWS,
                    {
                        "type": "object",
                        "properties": {"client_ids": _IDS},
                        "required": ["client_ids"],
                        "additionalProperties": False,
                    },
                    {
                        "type": "object",
                        "properties": {
                            "applications": _ROWS,
                            "history": {
                                "type": "object",
                                "description": "rows of the history tables, each of one of the applications",
                                "additionalProperties": {"type": "array", "items": {"type": "object"}},
                            },
                        },
                        "required": ["applications"],
                        "additionalProperties": False,
                    },
                ],
            },
            "examples": {
                "clients": {"value": [100002, 100003]},
                "named": {"value": {"client_ids": [100002, 100003]}},
            },
        },
        "text/csv": {
            "schema": {"type": "string", "description": "a column client_id, or the columns of the application table"},
            "example": "client_id\r\n100002\r\n100003\r\n",
        },
        "application/vnd.apache.parquet": {
            "schema": {"type": "string", "format": "binary", "description": "the same columns, in Parquet"}
        },
    },
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One line a row: BatchDecision or BatchProblem",
        "content": {
            NDJSON: {
                "schema": {
                    "description": "one of these a line",
                    "anyOf": [{"$ref": f"#/components/schemas/{one.__name__}"} for one in LINES],
                }
            },
            CSV: {"schema": {"type": "string"}},
        },
        "headers": {
            "X-Batch-Rows": {"schema": {"type": "integer"}, "description": "how many lines make a whole answer"},
            "X-Batch-Id": {"schema": {"type": "string"}, "description": "what its decisions' ids begin with"},
        },
    },
    **problems(
        "bad-input",
        "key-reused",
        "key-in-use",
        "conflict",
        "erased",
        "not-acceptable",
        "wrong-type",
        "journal",
        "overloaded",
    ),
}
