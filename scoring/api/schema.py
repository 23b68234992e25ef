"""The OpenAPI document: what FastAPI makes of the routes, and the models that no route returns by itself."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from scoring.api.answers import Problem
from scoring.api.batch import LINES
from scoring.server.middleware.headers import hashes_of, page_policy

# The OpenAPI page at ``/docs``, from files of our own: it works without internet.

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


TAGS = [
    {"name": "decision", "description": "Decide on a client, or on many; recorded first, then answered with reasons."},
    {"name": "clients", "description": "The portfolio's clients: lists, facts, who is similar."},
    {"name": "what if", "description": "Another request, simulated; what would change a decision. Nothing is decided."},
    {"name": "model", "description": "The model that serves: its document, its points, its evaluation."},
    {"name": "journal", "description": "What was decided: its record, made again, receipts."},
    {"name": "operation", "description": "Whether the service is alive, and can decide."},
]
_REFERENCE = "#/components/schemas/{model}"


def add_schema(app: FastAPI) -> None:
    """Make an app's OpenAPI document whole."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=TAGS,
                license_info={"name": "Apache-2.0"},
            )
            schemas = made.setdefault("components", {}).setdefault("schemas", {})
            models = [(model, "serialization") for model in (Problem, *LINES)]
            _, more = models_json_schema(models, ref_template=_REFERENCE)  # type: ignore[arg-type]
            schemas.update(more["$defs"])
            for operations in made["paths"].values():
                for operation in operations.values():
                    _sum_up(operation)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def name_of(route: APIRoute) -> str:
    """What an operation is called: as its function."""
    return route.name


def _sum_up(operation: dict[str, Any]) -> None:
    """Sum an operation up by the first line of what it says."""
    first, _, rest = operation.pop("description", "").partition("\n")
    operation["summary"] = first.rstrip(".")
    if rest.strip():
        operation["description"] = rest.strip()
