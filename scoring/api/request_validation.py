"""Requests held to the OpenAPI document: their parameters, their content type, their idempotency key.

The rule: what the document does not name is refused, never passed over. So ``/api/predict/1?contribution=true`` is a
problem (the parameter is called ``contributions``), and so is an ``Idempotency-Key`` where no route would look at it.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from scoring.api.query_parameters import KEY_HEADER
from scoring.data.uploads.limits import MOST_HISTORY_OF_ONE
from scoring.errors import InputError
from scoring.i18n import LANGUAGES, Said

# How much a JSON body may hold, counted before it is parsed: a parser allocates many times what it reads.

MOST_ROWS: Final = MOST_HISTORY_OF_ONE
"""Rows of history; a hundred brackets more are for what stands around them."""
MOST_VALUES: Final = 250_000
"""Values in all: twelve in each of so many rows."""
_BRACKETS: Final = MOST_ROWS + 100


def check_json(body: bytes) -> None:
    """Refuse a body that holds more rows or values than any application has.

    Raises
    ------
    InputError
        When it does.
    """
    if body.count(b"{") + body.count(b"[") > _BRACKETS or body.count(b",") > MOST_VALUES:
        raise InputError(Said("problem.said.json-parts", values=MOST_VALUES, rows=MOST_ROWS))


FURTHER: Final = "x-further-parameters"
"""Field of an operation that takes more parameters than it lists, and checks them itself: what they are."""
_JSON: Final = "application/json"
_INTEGER: Final = TypeAdapter(int)
LANG: Final = "lang"
"""A parameter of every route: problems are told in that language."""


@dataclass(frozen=True)
class Documented:
    """What the document says that one operation takes.

    Attributes
    ----------
    parameters : of the query; whether each may be repeated
    further : whether the operation takes others too, and checks its parameters itself
    types : content types of the body; empty where it takes none
    keyed : whether it takes an idempotency key
    """

    parameters: Mapping[str, bool]
    further: bool
    types: frozenset[str]
    keyed: bool

    @classmethod
    def of(cls, operation: Mapping[str, Any]) -> "Documented":
        """Read an operation of the document."""
        given = operation.get("parameters", ())
        return cls(
            parameters={one["name"]: _is_list(one["schema"]) for one in given if one["in"] == "query"} | {LANG: False},
            further=FURTHER in operation,
            types=frozenset(operation.get("requestBody", {}).get("content", ())),
            keyed=any(one["in"] == "header" and one["name"] == KEY_HEADER for one in given),
        )

    def check(self, request: Request) -> None:
        """Refuse a request that is not as documented.

        Raises
        ------
        RequestValidationError
            When a parameter is unknown or comes twice, the language is none of ours, or a key is not taken here.
        HTTPException
            When the body's content type is none of those that the operation reads.
        """
        errors = [*self._parameters(request), *self._key(request)]
        if errors:
            raise RequestValidationError(errors)
        if self.types and request.headers.get("content-type", "").split(";")[0].strip().lower() not in self.types:
            raise HTTPException(415)

    def _parameters(self, request: Request) -> Iterator[dict[str, Any]]:
        if not request.scope["query_string"]:
            return
        for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
            if self.further:
                continue
            if name not in self.parameters:
                yield {"type": "extra_forbidden", "loc": ("query", name)}
            elif times > 1 and not self.parameters[name]:
                yield {"type": "repeated", "loc": ("query", name)}
        lang = request.query_params.get(LANG, LANGUAGES[0])
        if lang not in LANGUAGES:
            yield {"type": "literal_error", "loc": ("query", LANG), "ctx": {"expected": ", ".join(LANGUAGES)}}

    def _key(self, request: Request) -> Iterator[dict[str, Any]]:
        if not self.keyed and KEY_HEADER in request.headers:
            yield {"type": "header_not_taken", "loc": ("header", KEY_HEADER)}


class DocumentedRoute(APIRoute):
    """A route that refuses what its own documentation does not name; one that is not documented checks nothing."""

    _documented: Documented | None = None

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, behind the check."""
        answer = super().get_route_handler()
        if not self.include_in_schema:
            return answer

        async def checked(request: Request) -> Response:
            if self._check(request).types == {_JSON}:
                check_json(await request.body())
            return await answer(request)

        return checked

    def _check(self, request: Request) -> Documented:
        if self._documented is None:
            method = next(iter(request.scope["route"].methods))
            self._documented = Documented.of(request.app.openapi()["paths"][self.path_format][method.lower()])
        self._documented.check(request)
        return self._documented


class DirectRoute(DocumentedRoute):
    """A documented GET route whose endpoint takes one number of the path and the request.

    It is called without the framework's dependency solver, which would take longer than a decision.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        (self._parameter,) = self.param_convertors
        self.app = self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        self._check(request)
        try:
            number = _INTEGER.validate_python(scope["path_params"][self._parameter])
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            raise RequestValidationError([{**one, "loc": ("path", self._parameter)} for one in found]) from None
        await (await self.endpoint(number, request))(scope, receive, send)


def _is_list(schema: Mapping[str, Any]) -> bool:
    return any(one.get("type") == "array" for one in (schema, *schema.get("anyOf", ())))
