"""What a route may be asked with: a language, a purpose, every contribution.

The rule: what is asked is declared once, as a model; the documentation's parameters are made of it. Routes that
scripts call all day read it here, without the framework's own way to parameters, which takes longer than the decision.
"""

from collections.abc import Container, Mapping
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, TypeVar, cast

from fastapi import Depends, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scoring.audit.idempotency import Key
from scoring.audit.store.chain import canonical
from scoring.i18n import LANGUAGES
from scoring.i18n.texts import preferred
from scoring.server.identity import Identity, of_scope
from scoring.server.middleware.proxy_headers import address_of
from scoring.server.middleware.rate_limits import neighbourhood

# Who asks, for the routes: ``def route(who: Who)``; and where, as consultations say it.

PAGE: Final = "api"
"""Where facts of clients are shown that a route gives."""


async def who(request: Request) -> Identity:
    """The identity that the door found, or `ANONYMOUS`."""
    return of_scope(request.scope)


Who = Annotated[Identity, Depends(who)]


Lang = Literal["fr", "en"]
ClientId = Annotated[int, Path(description="the client's number", examples=[100002])]
KEY_HEADER = "Idempotency-Key"
MOST_OF_A_KEY = 255
_KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "required": False,
    "description": "any name of your own: the same request sent again with it gets its first decision, recorded once",
    "schema": {"type": "string", "minLength": 1, "maxLength": MOST_OF_A_KEY, "pattern": "^[ -~]+$"},
}
_MOST_KEPT = 200
"""Characters of an Accept-Language header whose answer is kept ready; a longer one is read each time."""


class Asked(BaseModel):
    """What a decision may be asked with, in the address."""

    model_config = ConfigDict(frozen=True)
    lang: Annotated[Lang | None, Field(description="language of the texts; else that of Accept-Language")] = None
    purpose: Annotated[
        str, Field(max_length=200, description="what the decision is for; recorded with it, and erased with it")
    ] = ""
    contributions: Annotated[
        bool, Field(description="give every term's part too: with the constant they add up to the score")
    ] = False


_A = TypeVar("_A", bound=Asked)


def asked_of(request: Request, model: type[_A]) -> _A:
    """What a request asks for.

    Raises
    ------
    RequestValidationError
        When it is not as documented.
    """
    if not request.scope["query_string"]:
        return model()
    try:
        return model.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("query", *one["loc"])} for one in error.errors(include_url=False, include_input=False)]
        ) from None


def key_of(request: Request, content: object) -> Key | None:
    """The caller's idempotency key for what was said; None where there is none.

    Raises
    ------
    RequestValidationError
        When it is no key.
    """
    name = request.headers.get(KEY_HEADER)
    if name is None:
        return None
    if not (1 <= len(name) <= MOST_OF_A_KEY and name.isascii() and name.isprintable()):
        raise RequestValidationError(
            [{"type": "string_too_long", "loc": ("header", KEY_HEADER), "ctx": {"max_length": MOST_OF_A_KEY}}]
        )
    who = of_scope(request.scope)
    # Strangers are told apart by their address, or one could be given what another asked for; no name holds a NUL.
    whose = f"\0{neighbourhood(address_of(request.scope))}" if who.role == "anonymous" else who.name
    return Key(name, whose, canonical(content))


def parameters_of(model: type[BaseModel], *, without: Container[str] = (), keyed: bool = True) -> dict[str, Any]:
    """The fields of a model as the documentation's query parameters, for a route's ``openapi_extra``.

    Parameters
    ----------
    without : fields that the route does not take
    keyed : whether the route takes an idempotency key
    """
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": schema.pop("description", ""),
                "schema": schema,
            }
            for name, schema in model.model_json_schema()["properties"].items()
            if name not in without
        ]
        + [_KEY] * keyed
    }


def language_of(request: Request) -> Lang:
    """The language of the texts: asked for in the address, else preferred by the caller, else French."""
    scope: Mapping[str, Any] = request.scope
    if b"lang=" in scope["query_string"]:
        lang = request.query_params.get("lang")
        if lang in LANGUAGES:
            return cast("Lang", lang)
    header = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return _preferred(header) if len(header) <= _MOST_KEPT else cast("Lang", preferred(header.decode("latin-1")))


@lru_cache(maxsize=256)
def _preferred(header: bytes) -> Lang:
    return cast("Lang", preferred(header.decode("latin-1")))


async def asked_language(
    request: Request,
    lang: Annotated[Lang | None, Query(description="language of the texts; else that of Accept-Language")] = None,
) -> str:
    """The same, as a dependency of routes that are called less often; a language that is none of ours is refused."""
    return lang or language_of(request)


AskedLanguage = Annotated[str, Depends(asked_language)]
Purpose = Annotated[
    str, Query(max_length=200, description="what the decision is for; recorded with it, and erased with it")
]
