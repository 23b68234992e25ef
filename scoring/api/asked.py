"""What a route may be asked with: a language, a purpose, every contribution.

The rule: what is asked is declared once, as a model; the documentation's parameters are made of it. Routes that
scripts call all day read it here, without the framework's own way to parameters, which takes longer than the decision.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, cast

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scoring.language import LANGUAGES
from scoring.language.preference import preferred

Lang = Literal["fr", "en"]
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


_NOTHING = Asked()


def asked_of(request: Request) -> Asked:
    """What a request asks for.

    Raises
    ------
    RequestValidationError
        When it is not as documented.
    """
    if not request.scope["query_string"]:
        return _NOTHING
    try:
        return Asked.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("query", *one["loc"])} for one in error.errors(include_url=False, include_input=False)]
        ) from None


def parameters_of(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a model as the documentation's query parameters, for a route's ``openapi_extra``."""
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
        ]
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
