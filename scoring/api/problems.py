"""Errors as RFC 9457 problem JSON: one place that turns domain errors into answers."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from scoring.api.answers import Problem
from scoring.errors import (
    ClairscoreError,
    ConflictError,
    InputError,
    JournalError,
    TableError,
    UnknownClientError,
    UnknownDecisionError,
    UnknownReviewError,
)

MEDIA_TYPE = "application/problem+json"
STATUS_OF: dict[type[ClairscoreError], tuple[HTTPStatus, str]] = {
    UnknownClientError: (HTTPStatus.NOT_FOUND, "unknown-client"),
    UnknownDecisionError: (HTTPStatus.NOT_FOUND, "unknown-decision"),
    UnknownReviewError: (HTTPStatus.NOT_FOUND, "unknown-review"),
    ConflictError: (HTTPStatus.CONFLICT, "conflict"),
    JournalError: (HTTPStatus.SERVICE_UNAVAILABLE, "journal"),
    InputError: (HTTPStatus.UNPROCESSABLE_ENTITY, "bad-application"),
    TableError: (HTTPStatus.UNPROCESSABLE_ENTITY, "bad-application"),
}
RETRY_AFTER = "5"
"""Seconds after which a caller may try again."""
_log = logging.getLogger(__name__)


def problem(
    request: Request,
    status: int,
    kind: str,
    title: str,
    detail: str,
    *,
    errors: list[dict[str, object]] | None = None,
) -> JSONResponse:
    """A problem answer; `kind` ends its stable type address."""
    body = Problem(
        type=f"/problems/{kind}",
        title=title,
        status=status,
        detail=detail,
        instance=request.url.path,
        errors=errors,
    )
    return JSONResponse(body.model_dump(exclude_none=True), status_code=status, media_type=MEDIA_TYPE)


def add_problems(app: FastAPI) -> None:
    """Make every error of an app a problem answer; none shows a stack trace."""

    @app.exception_handler(ClairscoreError)
    async def domain(request: Request, error: ClairscoreError) -> JSONResponse:
        status, kind = STATUS_OF.get(type(error), (HTTPStatus.INTERNAL_SERVER_ERROR, "internal"))
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("request failed", exc_info=error)
            return problem(request, status, kind, status.phrase, "The service could not answer. Try again later.")
        answer = problem(request, status, kind, status.phrase, str(error))
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            answer.headers["Retry-After"] = RETRY_AFTER
        return answer

    @app.exception_handler(RequestValidationError)
    async def body(request: Request, error: RequestValidationError) -> JSONResponse:
        # Where and why, never the value itself: an answer must not echo what may be somebody's data, or markup.
        found: list[dict[str, object]] = [
            {"where": ".".join(str(step) for step in one["loc"]), "message": one["msg"]} for one in error.errors()
        ]
        first = found[0]
        detail = f"The request must follow the documented form; got a problem at {first['where']}: {first['message']}."
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return problem(request, status, "bad-request-body", status.phrase, detail, errors=found)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == HTTPStatus.BAD_REQUEST:  # the framework's word for a body too deep to parse
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            detail = "The request must hold JSON of the documented form; got a body that cannot be parsed. Correct it."
            return problem(request, status, "bad-request-body", status.phrase, detail)
        phrase = HTTPStatus(error.status_code).phrase
        answer = problem(request, error.status_code, f"http-{error.status_code}", phrase, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        return problem(request, status, "internal", status.phrase, "The service could not answer. Try again later.")
