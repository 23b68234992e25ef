"""Answers that stay the same until the model changes: each with an ETag, so that who has it need not fetch it again."""

import hashlib
from collections.abc import Callable

from fastapi import Request, Response

_HEADERS = {"Cache-Control": "private, no-cache"}
"""A copy may be kept, and must be asked about each time."""


def tag_of(*parts: str) -> str:
    """An ETag of whatever an answer depends on."""
    return '"' + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32] + '"'


def kept(
    request: Request, tag: str, media_type: str, make: Callable[[], str | bytes], *, lang: str = "", file: str = ""
) -> Response:
    """The answer, or that the caller's copy is still good.

    Parameters
    ----------
    tag : of `tag_of`
    make : makes the answer, where it is needed
    lang : of its texts; empty where it has none
    file : the name under which a browser keeps it; empty where it is shown
    """
    headers = {**_HEADERS, "ETag": tag, "Vary": "Accept, Accept-Language"}
    if lang:
        headers["Content-Language"] = lang
    if _is_held(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    if file:
        headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return Response(make(), media_type=media_type, headers=headers)


def _is_held(stated: str, tag: str) -> bool:
    """Whether an If-None-Match header names the tag (RFC 9110, 13.1.2: compared weakly)."""
    held = [one.strip().removeprefix("W/") for one in stated.split(",")]
    return "*" in held or tag in held
