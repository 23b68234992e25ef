"""The pages to which a problem's ``type`` leads: what it means and what to do, in French and English."""

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from scoring.api.problem_types import RENAMED, STATUS
from scoring.api.query_parameters import language_of
from scoring.i18n import LANGUAGES, text
from scoring.server.middleware.headers import own_policy

_STYLE = """
:root{--page:#F6F7F9;--ink:#16202C;--muted:#55616F;--brand:#123B5D;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--page:#0F1720;--ink:#E8EDF2;--muted:#A9B4C0;--brand:#9CC7E8}}
*{box-sizing:border-box}body{margin:0;padding:24px;background:var(--page);color:var(--ink);
font:16px/1.5 "IBM Plex Sans",system-ui,sans-serif}main{max-width:720px;margin:0 auto}
h1{font-size:28px;margin:8px 0 16px;color:var(--brand)}p{max-width:70ch}a{color:var(--brand)}
.muted{color:var(--muted)}code{font-size:14px}nav a{margin-right:16px}li{margin:8px 0}
"""


def make_problem_pages_router() -> APIRouter:
    """The page of all problems, and one for each kind."""
    router = APIRouter(include_in_schema=False)

    @router.get("/problems")
    async def everything(request: Request) -> HTMLResponse:
        lang = language_of(request)
        rows = "".join(
            f'<li><a href="problems/{kind}?lang={lang}">{escape(text(lang, f"problem.{kind}.title"))}</a> '
            f'<span class="muted">{int(status)} <code>{kind}</code></span></li>'
            for kind, status in STATUS.items()
        )
        return _page(lang, text(lang, "problems.title"), f"<p>{escape(text(lang, 'problems.lead'))}</p><ul>{rows}</ul>")

    @router.get("/problems/{kind}")
    async def one(kind: str, request: Request) -> Response:
        if kind in RENAMED:
            return RedirectResponse(f"{RENAMED[kind]}?{request.url.query}".removesuffix("?"), 301)
        if kind not in STATUS:
            raise HTTPException(404)
        lang = language_of(request)
        status = text(lang, "problems.status", status=int(STATUS[kind]))
        return _page(
            lang,
            text(lang, f"problem.{kind}.title"),
            f'<p class="muted">{escape(status)}, <code>/problems/{kind}</code></p>'
            f"<p>{escape(text(lang, f'problem.{kind}.page'))}</p>"
            f'<p><a href="../problems?lang={lang}">{escape(text(lang, "problems.all"))}</a></p>',
        )

    return router


def _page(lang: str, title: str, inside: str) -> HTMLResponse:
    others = "".join(
        f'<a href="?lang={one}" hreflang="{one}" lang="{one}">{escape(text(one, "problems.language"))}</a>'
        for one in LANGUAGES
        if one != lang
    )
    html = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main><nav>{others}</nav>"
        f"<h1>{escape(title)}</h1>{inside}</main></body></html>"
    )
    return HTMLResponse(
        html,
        headers={
            "Vary": "Accept-Language",
            "Content-Language": lang,
            "Content-Security-Policy": own_policy(html),
        },
    )
