"""Errors as RFC 9457 problem JSON, in the caller's language: one place that turns domain errors into answers."""

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from scoring.api.answers import Problem
from scoring.api.problem_types import KIND_OF, MEDIA_TYPE, OF_STATUS, RETRY_AFTER, STATUS
from scoring.api.query_parameters import language_of
from scoring.errors import ClairscoreError, QuotaError
from scoring.i18n import text

# Why a field is not as documented, in the caller's language; the validator's own words are English and may echo.

_MESSAGE_OF: Mapping[str, str] = MappingProxyType(
    {
        "missing": "missing",
        "extra_forbidden": "extra_forbidden",
        "int_type": "int",
        "int_parsing": "int",
        "int_parsing_size": "int",
        "int_from_float": "int",
        "float_type": "float",
        "float_parsing": "float",
        "finite_number": "finite",
        "string_type": "string",
        "bool_type": "bool",
        "bool_parsing": "bool",
        "dict_type": "object",
        "model_type": "object",
        "model_attributes_type": "object",
        "list_type": "list",
        "json_invalid": "json",
        "multiple_of": "int",
        "repeated": "repeated",
        "header_not_taken": "header_not_taken",
    }
)
_TAGS = frozenset({"client", "application", "row"})
"""Names that the validator gives to the forms of one body; they are no fields."""


def field_message(error: Mapping[str, Any], lang: str) -> str:
    """Say what was expected, never what was given."""
    kind, values = error["type"], error.get("ctx", {})
    if kind in ("literal_error", "enum"):
        return text(lang, "problem.field.among", expected=values["expected"].replace("'", "").replace(" or ", ", "))
    for bound, key in (("ge", "least"), ("gt", "least"), ("le", "most"), ("lt", "most")):
        if bound in values:
            return text(lang, f"problem.field.{key}", **{key: values[bound]})
    if "min_length" in values:
        return text(lang, "problem.field.short", least=values["min_length"])
    if "max_length" in values:
        return text(lang, "problem.field.long", most=values["max_length"])
    return text(lang, f"problem.field.{_MESSAGE_OF.get(kind, 'other')}")


def where(place: Sequence[Any]) -> str:
    """The place in the request, as a path of names: ``body.application.AMT_CREDIT``.

    >>> where(("body", "application", "application", "AMT_CREDIT")), where(("query", "lang"))
    ('body.application.AMT_CREDIT', 'query.lang')
    """
    steps = list(place)
    if len(steps) > 1 and steps[0] == "body" and steps[1] in _TAGS:
        del steps[1]
    return ".".join(str(step) for step in steps)


_log = logging.getLogger(__name__)
_MOST_ERRORS = 20


def problem(
    request: Request,
    kind: str,
    detail: str = "",
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem answer.

    Parameters
    ----------
    kind : one of `kinds.STATUS`; it ends the answer's stable type address
    detail : what happened here and what to do, in the caller's language; by default what the kind's page says
    errors : where in the request, and why
    """
    lang, status = language_of(request), int(STATUS[kind])
    body = Problem.of(kind, status, lang, instance=request.url.path, detail=detail, errors=errors)
    return JSONResponse(
        body.model_dump(exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", "Content-Language": lang, **(headers or {})},
    )


async def respond(request: Request, error: ClairscoreError) -> JSONResponse:
    """A domain error as an answer."""
    kind = KIND_OF.get(type(error))
    if kind is None:
        _log.error("request failed", exc_info=error)
        return problem(request, "internal")
    headers = {"Retry-After": RETRY_AFTER[kind]} if kind in RETRY_AFTER else None
    if isinstance(error, QuotaError):
        headers = {"Retry-After": str(error.seconds)}
    return problem(request, kind, error.say(language_of(request)) or "", headers=headers)


def add_problems(app: FastAPI) -> None:
    """Make every error of an app a problem answer; none shows a stack trace."""
    app.exception_handler(ClairscoreError)(respond)

    @app.exception_handler(RequestValidationError)
    async def form(request: Request, error: RequestValidationError) -> JSONResponse:
        # Where and why, never the value itself: an answer must not echo what may be somebody's data, or markup.
        lang = language_of(request)
        found = [
            {"where": where(one["loc"]), "message": field_message(one, lang)} for one in error.errors()[:_MOST_ERRORS]
        ]
        return problem(request, "bad-request", text(lang, "problem.said.form", **found[0]), errors=found)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        kind = OF_STATUS.get(error.status_code, "internal")
        detail = text(language_of(request), "problem.said.unreadable") if error.status_code == 400 else ""
        return problem(request, kind, detail, headers=error.headers)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        return problem(request, "internal")


def refused(request: Request, errors: list[dict[str, Any]]) -> JSONResponse:
    """The problem of a request whose fields, as pydantic found, are not as documented."""
    lang = language_of(request)
    found = [{"where": where(one["loc"]), "message": field_message(one, lang)} for one in errors[:_MOST_ERRORS]]
    return problem(request, "bad-request", text(lang, "problem.said.form", **found[0]), errors=found)
