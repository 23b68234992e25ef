"""Every kind of problem that an answer may be: its status, and which error of the product it stands for.

The rule: a kind's name ends its `type` and never changes. Its title and its page are texts, ``problem.KIND.title`` and
``problem.KIND.page``; those that the door gives (see `scoring.server.access`) are among them.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from scoring.api.answers import Problem
from scoring.errors import (
    ClairscoreError,
    ConflictError,
    ErasedError,
    ForbiddenError,
    InputError,
    JournalError,
    KeyInUseError,
    KeyReusedError,
    OverloadedError,
    QuotaError,
    TableError,
    UnknownClientError,
    UnknownDecisionError,
    UnknownReviewError,
)

MEDIA_TYPE: Final = "application/problem+json"
STATUS: Mapping[str, HTTPStatus] = MappingProxyType(
    {
        "unknown-client": HTTPStatus.NOT_FOUND,
        "unknown-decision": HTTPStatus.NOT_FOUND,
        "unknown-review": HTTPStatus.NOT_FOUND,
        "client-missing": HTTPStatus.UNPROCESSABLE_ENTITY,
        "bad-request": HTTPStatus.UNPROCESSABLE_ENTITY,
        "bad-input": HTTPStatus.UNPROCESSABLE_ENTITY,
        "key-reused": HTTPStatus.UNPROCESSABLE_ENTITY,
        "key-in-use": HTTPStatus.CONFLICT,
        "conflict": HTTPStatus.CONFLICT,
        "erased": HTTPStatus.GONE,
        "journal": HTTPStatus.SERVICE_UNAVAILABLE,
        "overloaded": HTTPStatus.SERVICE_UNAVAILABLE,
        "not-found": HTTPStatus.NOT_FOUND,
        "wrong-method": HTTPStatus.METHOD_NOT_ALLOWED,
        "not-acceptable": HTTPStatus.NOT_ACCEPTABLE,
        "wrong-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
        "unauthorized": HTTPStatus.UNAUTHORIZED,
        "invalid-key": HTTPStatus.UNAUTHORIZED,
        "forbidden": HTTPStatus.FORBIDDEN,
        "plain-http": HTTPStatus.FORBIDDEN,
        "other-site": HTTPStatus.FORBIDDEN,
        "wrong-host": HTTPStatus.MISDIRECTED_REQUEST,
        "rate-limited": HTTPStatus.TOO_MANY_REQUESTS,
        "bad-event": HTTPStatus.UNPROCESSABLE_ENTITY,
        "body-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body-too-slow": HTTPStatus.REQUEST_TIMEOUT,
        "body-compressed": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "stopping": HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "who-are-you": "unauthorized",
        "no-such-key": "invalid-key",
        "not-yours": "forbidden",
        "too-often": "rate-limited",
        "nothing-here": "not-found",
    }
)
"""Former names of types, whose pages lead on to the present ones."""
KIND_OF: Mapping[type[ClairscoreError], str] = MappingProxyType(
    {
        UnknownClientError: "unknown-client",
        UnknownDecisionError: "unknown-decision",
        UnknownReviewError: "unknown-review",
        InputError: "bad-input",
        TableError: "bad-input",
        KeyReusedError: "key-reused",
        KeyInUseError: "key-in-use",
        ConflictError: "conflict",
        ErasedError: "erased",
        ForbiddenError: "forbidden",
        JournalError: "journal",
        QuotaError: "rate-limited",
        OverloadedError: "overloaded",
    }
)
OF_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "bad-request",  # the framework's word for a body too deep to parse, or broken in its parts
        404: "not-found",
        405: "wrong-method",
        406: "not-acceptable",
        415: "wrong-type",
        422: "bad-request",
        503: "stopping",
    }
)
"""What a status that the framework gives stands for."""
RETRY_AFTER: Mapping[str, str] = MappingProxyType({"journal": "5", "overloaded": "5", "key-in-use": "1"})
"""Seconds after which a caller may try again, of the kinds that go away by themselves."""


def problems(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """The answers of a route that are problems, for its documentation.

    >>> sorted(problems("unknown-client", "journal"))
    [404, 422, 503]
    """
    found: dict[int | str, dict[str, Any]] = {}
    for kind in ("bad-request", *kinds):
        status = STATUS[kind]
        body = {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}, "examples": {}}
        entry = found.setdefault(int(status), {"description": "", "content": {MEDIA_TYPE: body}})
        entry["description"] = f"{entry['description']}, `{kind}`".removeprefix(", ")
        entry["content"][MEDIA_TYPE]["examples"][kind] = {"value": _example(kind, status)}
    return found


def _example(kind: str, status: HTTPStatus) -> dict[str, Any]:
    entry = Problem.of(kind, int(status), "en", instance="/api/…")
    return entry.model_dump(exclude_none=True)
