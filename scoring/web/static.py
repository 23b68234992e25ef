"""Our own files, served by ourselves: nothing on the pages is loaded from outside."""

import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.requests import Request

from scoring.i18n import LANGUAGES
from scoring.i18n.texts import COOKIE, preferred

STATIC = Path(__file__).parent / "static"
TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".css": "text/css", ".js": "text/javascript"}
PACKED = ".gz"
"""Ends the name of a file that is kept, and served, compressed; its address goes without."""
_NAMES = sorted(path.name.removesuffix(PACKED) for path in STATIC.iterdir())
FILES = {name: TYPES[Path(name).suffix] for name in _NAMES if Path(name).suffix in TYPES}
FIRST = "clairscore.css"
"""The sheet with the colours and parts that all pages share."""
STYLES = (FIRST, *(name for name in FILES if name.endswith(".css") and name != FIRST))
"""Sheets in the order they are linked: what all share, then one a page."""
OF_THE_MODEL = ("model.css",)
"""Sheets of the model's pages alone."""
FOR_A_DAY, FOR_EVER = "public, max-age=86400", "public, max-age=31536000, immutable"


@cache
def fingerprint(name: str) -> str:
    """A short name of a file's content, for its address: a changed file is never taken from a browser's cache."""
    return hashlib.sha256(_kept(name).read_bytes()).hexdigest()[:12]


def _kept(name: str) -> Path:
    """Where a file is: as it is, or compressed."""
    plain = STATIC / name
    return plain if plain.exists() else STATIC / f"{name}{PACKED}"


def add_static(app: FastAPI) -> None:
    """Add fonts, icon, and the way from ``/`` to the pages of the visitor's language."""

    @app.get("/static/{name}", include_in_schema=False)
    async def static(name: str, request: Request) -> Response:
        if name not in FILES:
            return Response(status_code=404)
        path = _kept(name)
        # An address with the content's fingerprint never means another content.
        headers = {"Cache-Control": FOR_EVER if request.url.query == fingerprint(name) else FOR_A_DAY}
        if path.suffix == PACKED:
            headers["Content-Encoding"] = "gzip"
        return FileResponse(path, media_type=FILES[name], headers=headers)

    @app.get("/favicon.ico", include_in_schema=False)
    async def favicon() -> Response:
        return FileResponse(STATIC / "favicon.svg", media_type=FILES["favicon.svg"])

    @app.get("/", include_in_schema=False)
    async def root(request: Request) -> Response:
        chosen = request.cookies.get(COOKIE, "")
        lang = chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{lang}/{query}", status_code=307)
