"""How the door says no: a problem (RFC 9457) in the caller's language, or a page that leads to the login."""

import json
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from scoring.i18n import Said, text
from scoring.i18n.texts import preferred

MEDIA_TYPE: Final = "application/problem+json"
REFUSED: Final = "clairscore.refused"
"""Why a request was refused, where it was."""


def header(scope: Scope, name: bytes) -> bytes:
    """A header of a request, its first where there are several; empty where there is none."""
    return next((value for found, value in scope["headers"] if found == name), b"")


def language_of(scope: Scope) -> str:
    """The language that a caller prefers."""
    return preferred(header(scope, b"accept-language").decode("latin-1"))


async def refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    kind: str,
    *,
    headers: dict[str, str] | None = None,
    **values: object,
) -> None:
    """Answer with a problem; `kind` ends its type address and names its text."""
    scope[REFUSED] = kind
    lang = language_of(scope)
    body: dict[str, Any] = {
        "type": f"/problems/{kind}",
        "title": text(lang, f"problem.{kind}.title"),
        "status": status,
        "detail": Said(f"refused.{kind}", **values).say(lang),
        "instance": scope["path"],
    }
    written = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    answer = Response(
        b"" if scope["method"] == "HEAD" else written,
        status,
        headers={"Cache-Control": "no-store", "Content-Language": lang, **(headers or {})},
        media_type=MEDIA_TYPE,
    )
    await answer(scope, receive, send)


async def send_to_login(scope: Scope, receive: Receive, send: Send) -> None:
    """Lead somebody who opens a page to the login, and back afterwards."""
    query = scope["query_string"].decode("latin-1")
    here = scope["path"] + (f"?{query}" if query else "")
    answer = RedirectResponse(f"/login?next={quote(here, safe='')}", 303, headers={"Cache-Control": "no-store"})
    await answer(scope, receive, send)


def wants_page(scope: Scope) -> bool:
    """Whether a browser is opening a page, rather than a script asking for data."""
    return scope["method"] in ("GET", "HEAD") and b"text/html" in header(scope, b"accept")
