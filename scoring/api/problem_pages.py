"""The pages to which a problem's ``type`` leads: what it means and what to do, in French and English."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from scoring.api.problem_types import RENAMED, STATUS
from scoring.api.query_parameters import language_of
from scoring.i18n.templates import renderer
from scoring.server.middleware.headers import own_policy

_render = renderer(Path(__file__).parent / "templates")


def make_problem_pages_router() -> APIRouter:
    """The page of all problems, and one for each kind."""
    router = APIRouter(include_in_schema=False)

    @router.get("/problems")
    async def everything(request: Request) -> HTMLResponse:
        lang = language_of(request)
        return _page(lang, _render("problems", "every", lang=lang, problems=STATUS))

    @router.get("/problems/{kind}")
    async def one(kind: str, request: Request) -> Response:
        if kind in RENAMED:
            return RedirectResponse(f"{RENAMED[kind]}?{request.url.query}".removesuffix("?"), 301)
        if kind not in STATUS:
            raise HTTPException(404)
        lang = language_of(request)
        return _page(lang, _render("problems", "one", lang=lang, kind=kind, status=STATUS[kind]))

    return router


def _page(lang: str, html: str) -> HTMLResponse:
    headers = {"Vary": "Accept-Language", "Content-Language": lang, "Content-Security-Policy": own_policy(html)}
    return HTMLResponse(html, headers=headers)
