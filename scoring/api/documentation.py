"""The OpenAPI page at ``/docs``, from files of our own: it works without internet."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, Response

from scoring.server.middleware.content_policy import hashes_of, page_policy

STATIC = Path(__file__).parent / "static"
FILES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}


def add_documentation(app: FastAPI) -> None:
    """Add ``/docs`` and the files it loads."""
    compressed = {name: (STATIC / f"{name}.gz").read_bytes() for name in FILES}

    page = get_swagger_ui_html(
        openapi_url="../openapi.json",
        title="Clairscore API",
        swagger_js_url="docs/swagger-ui-bundle.js",
        swagger_css_url="docs/swagger-ui.css",
        swagger_favicon_url="favicon.ico",
    ).body
    policy = page_policy(hashes_of(bytes(page).decode()), evaluating=False)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    @app.get("/docs/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        if name not in compressed:
            return Response(status_code=404)
        headers = {"Content-Encoding": "gzip", "Cache-Control": "public, max-age=86400"}
        return Response(compressed[name], media_type=FILES[name], headers=headers)
