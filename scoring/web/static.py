"""Our own files, served by ourselves: nothing on the pages is loaded from outside."""

import hashlib
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.requests import Request

from scoring.language import LANGUAGES
from scoring.language.preference import preferred

STATIC = Path(__file__).parent / "static"
TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".css": "text/css", ".js": "text/javascript"}
FILES = {path.name: TYPES[path.suffix] for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
FIRST = "clairscore.css"
"""The sheet with the colours and parts that all pages share."""
STYLES = (FIRST, *(name for name in FILES if name.endswith(".css") and name != FIRST))
"""Sheets in the order they are linked: what all share, then one a page."""
COOKIE = "clairscore_language"


def fingerprint(name: str) -> str:
    """A short name of a file's content, for its address: a changed file is never taken from a browser's cache."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def add_static(app: FastAPI) -> None:
    """Add fonts, icon, and the way from ``/`` to the pages of the visitor's language."""

    @app.get("/static/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        if name not in FILES:
            return Response(status_code=404)
        headers = {"Cache-Control": "public, max-age=86400"}
        return FileResponse(STATIC / name, media_type=FILES[name], headers=headers)

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return FileResponse(STATIC / "favicon.svg", media_type=FILES["favicon.svg"])

    @app.get("/", include_in_schema=False)
    async def root(request: Request) -> Response:
        chosen = request.cookies.get(COOKIE, "")
        lang = chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{lang}/{query}", status_code=307)
