"""What every route may be asked with: a language, a purpose."""

from typing import Annotated, Literal, cast

from fastapi import Depends, Header, Query, Request

from scoring.language import LANGUAGES
from scoring.language.preference import preferred

Lang = Literal["fr", "en"]


def asked_language(
    lang: Annotated[Lang | None, Query(description="language of the texts; else that of Accept-Language")] = None,
    accept_language: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> str:
    """The language of the texts: asked for in the address, else preferred by the caller, else French."""
    return lang or preferred(accept_language or "")


AskedLanguage = Annotated[str, Depends(asked_language)]
Purpose = Annotated[
    str, Query(max_length=200, description="what the decision is for; recorded with it, and erased with it")
]


def language_of(request: Request) -> Lang:
    """The same, for an answer that is given although the request is not as documented."""
    lang = request.query_params.get("lang", "")
    return cast("Lang", lang if lang in LANGUAGES else preferred(request.headers.get("accept-language", "")))
