"""Logging in and out: by a key or at the OpenID provider.

The rule: a login makes a new session, never goes on with one that a browser brought, and works only from a form that
this browser was given here. Where to afterwards is a place of ours, whatever the address said.
"""

import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from scoring.errors import AccessError
from scoring.i18n import LANGUAGES, text
from scoring.i18n.templates import renderer
from scoring.i18n.texts import COOKIE, preferred
from scoring.server.access.authorization import SESSION, Limits
from scoring.server.access.keys import KeyBook
from scoring.server.access.oidc import Provider
from scoring.server.access.policy import Roles
from scoring.server.access.sessions import Cookies, Session, Sessions
from scoring.server.identity import Identity
from scoring.server.middleware.headers import FORM
from scoring.server.middleware.logs import Metrics, event_logger, pseudonym
from scoring.server.middleware.proxy_headers import is_private
from scoring.server.middleware.rate_limits import neighbourhood
from scoring.server.middleware.tracing import WHO
from scoring.settings import Settings

# The page on which people log in and out: plain HTML, one sheet, no script, nothing from outside.

SHEET: Final = (Path(__file__).parent / "static" / "login.css").read_bytes()
_render: Final = renderer(Path(__file__).parent / "templates")
_NAMES: Final = {"fr": "Français", "en": "English"}


@dataclass(frozen=True)
class Form:
    """A form of the page: where it goes, and what proves that it is ours."""

    action: str
    token: str
    next: str = "/"


class LoginPage:
    """The page in one language.

    Parameters
    ----------
    here : the page's own address
    framed : whether another site may show the page in a frame
    query : what its links carry on
    """

    def __init__(self, lang: str, here: str, *, framed: bool, **query: str) -> None:
        self._lang, self._here, self._framed, self._query = lang, here, framed, query

    def with_key(self, form: Form, wrong: str = "") -> str:
        """Ask for a key."""
        own_tab = f"{self._here}?{urlencode(self._query)}" if self._framed else ""
        return self._page("with_key", "access.login.title", form=form, wrong=wrong, own_tab=own_tab)

    def with_provider(self, provider: str, start: str, wrong: str = "") -> str:
        """Lead to the provider."""
        return self._page(
            "with_provider", "access.login.title", provider=provider, start=start, wrong=wrong, framed=self._framed
        )

    def here(self, name: str, role: str, form: Form) -> str:
        """Say who is logged in, and let them log out."""
        return self._page("logged_in", "access.logout.title", name=name, role=role, form=form)

    def saying(self, title: str, key: str, *, wrong: bool = False, **values: object) -> str:
        """Say one thing."""
        return self._page("message", title, sentence=text(self._lang, key, **values), wrong=wrong)

    def _page(self, macro: str, title: str, **values: object) -> str:
        languages = [(one, _NAMES[one], urlencode({**self._query, "lang": one})) for one in LANGUAGES]
        return _render("login", macro, lang=self._lang, title=title, here=self._here, languages=languages, **values)


BEGUN: Final = 10 * 60
"""Seconds that a login may take from its page, or the provider's, to its end."""
LARGEST_FORM: Final = 4_096
_TOKEN: Final = "form"  # noqa: S105  # a name, not a secret
_NEXT: Final = "next"
_log = event_logger(__name__)


class Login:
    """The routes of logging in and out."""

    def __init__(
        self,
        *,
        settings: Settings,
        keys: KeyBook,
        sessions: Sessions,
        cookies: Cookies,
        limits: Limits,
        metrics: Metrics,
    ) -> None:
        self._settings, self._keys, self._sessions, self._cookies = settings, keys, sessions, cookies
        self._limits, self._metrics = limits, metrics
        self._provider = Provider(settings) if settings.auth == "oidc" else None
        self._roles = Roles(settings.roles)
        routes = [
            Route("/login", self.page, methods=["GET"]),
            Route("/login/style.css", self.sheet, methods=["GET"]),
            Route("/logout", self.leaving, methods=["GET"]),
        ]
        if not settings.is_open:
            routes.append(Route("/logout", self.leave, methods=["POST"]))
        if settings.auth == "keys":
            routes.append(Route("/login", self.with_key, methods=["POST"]))
        if self._provider is not None:
            routes += [
                Route("/login/start", self.start, methods=["GET"]),
                Route("/login/back", self.back, methods=["GET"]),
            ]
        before = Middleware(
            SessionMiddleware,
            secret_key=secrets.token_urlsafe(32),
            session_cookie=cookies.before,
            max_age=BEGUN,
            same_site=cookies.same_site,
            https_only=cookies.secure,
        )
        self.app = Starlette(routes=routes, middleware=[before])

    async def sheet(self, _request: Request) -> Response:
        """The page's own sheet."""
        return Response(SHEET, media_type="text/css", headers={"Cache-Control": "public, max-age=86400"})

    async def page(self, request: Request) -> Response:
        """The page on which people log in, or see who they are."""
        if self._settings.is_open:
            return self._shown(request, self._texts(request).saying("access.login.title", "access.open"))
        session: Session | None = request.scope[SESSION]
        if session is not None:
            return self._shown(request, self._is_here(request, session.identity))
        if not self._is_private(request):
            return self._unsafe(request)
        ended = "ended" in request.query_params  # a page that was open found its session gone
        return self._ask(request, text(_lang(request), "access.login.ended") if ended else "")

    async def with_key(self, request: Request) -> Response:
        """Log in with a key."""
        wait = self._wait(request)
        if wait:
            return self._too_often(request, wait)
        if not self._is_private(request):
            return self._unsafe(request)
        form = await _form(request)
        if not self._is_ours(request, form):
            return self._ask(request, text(_lang(request), "access.login.stale"), status=400)
        key = self._keys.find(form.get("key", "").strip())
        if key is None or key.role == "script":
            self._tell("key", "refused", "")
            return self._ask(request, text(_lang(request), "access.login.wrong"), status=403)
        return self._let_in(request, key.identity, "key", key_id=key.id, to=form.get(_NEXT, ""))

    async def start(self, request: Request) -> Response:
        """Send somebody to the provider."""
        assert self._provider is not None  # noqa: S101  # the route is there with the provider alone
        wait = self._wait(request)
        if wait:
            return self._too_often(request, wait)
        if not self._is_private(request):
            return self._unsafe(request)
        request.session[_NEXT] = place_of(request.query_params.get(_NEXT, ""))
        try:
            return await self._provider.start(request)
        except AccessError:
            return self._did_not_work(request)

    async def back(self, request: Request) -> Response:
        """Take somebody in who comes from the provider."""
        assert self._provider is not None  # noqa: S101
        wait = self._wait(request)
        if wait:
            return self._too_often(request, wait)
        to = str(request.session.pop(_NEXT, ""))
        try:
            claims = await self._provider.finish(
                request, lambda claims_given: self._roles.identity_of(claims_given) is not None
            )
        except AccessError:
            return self._did_not_work(request)
        identity = self._roles.identity_of(claims)
        if identity is None:
            self._tell("oidc", "unknown", pseudonym(str(claims["sub"])))
            page = self._texts(request).saying(
                "access.login.title", "access.login.unknown", wrong=True, subject=claims["sub"]
            )
            return self._shown(request, page, status=403)
        return self._let_in(request, identity, "oidc", to=to)

    async def leaving(self, request: Request) -> Response:
        """Ask whether to log out: a link must not do it."""
        return await self.page(request)

    async def leave(self, request: Request) -> Response:
        """Log out."""
        session: Session | None = request.scope[SESSION]
        if session is not None:
            form = await _form(request)
            if not self._is_ours(request, form):
                return self._shown(request, self._is_here(request, session.identity), status=400)
            self._sessions.end(session)
            _log.info("logged out", who=request.scope.get(WHO, ""))
        request.session.clear()
        answer = self._shown(request, self._texts(request).saying("access.logout.title", "access.logout.done"))
        self._cookies.clear(answer)
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    def _let_in(
        self, request: Request, identity: Identity, way: str, *, key_id: str | None = None, to: str
    ) -> Response:
        former = self._sessions.find(self._cookies.read(request.scope))
        if former is not None:
            self._sessions.end(former)
        request.session.clear()
        answer = RedirectResponse(place_of(to), 303, headers={"Cache-Control": "no-store"})
        self._cookies.set(answer, self._sessions.begin(identity, key_id))
        self._tell(way, "let in", key_id or pseudonym(identity.name))
        return answer

    def _tell(self, way: str, result: str, who: str) -> None:
        self._metrics.logins.labels(way, result).inc()
        _log.info("login", way=way, result=result, who=who)

    def _wait(self, request: Request) -> float:
        """Seconds until this address may try again; each try counts, a good one too."""
        return self._limits.failures.wait(neighbourhood(request.client.host if request.client else ""))

    def _is_private(self, request: Request) -> bool:
        """Whether what is typed can't be heard on its way."""
        return is_private(request.scope, plain=self._settings.is_plain)

    def _is_ours(self, request: Request, form: dict[str, str]) -> bool:
        given, sent = str(request.session.get(_TOKEN, "")), form.get("token", "")
        return bool(given) and hmac.compare_digest(given.encode(), sent.encode("utf-8", "replace"))

    def _texts(self, request: Request) -> LoginPage:
        to = request.query_params.get(_NEXT)
        query = {} if to is None else {_NEXT: place_of(to)}
        return LoginPage(_lang(request), request.url.path, framed=self._settings.is_framed, **query)

    def _ask(self, request: Request, wrong: str = "", *, status: int = 200) -> Response:
        page, to = self._texts(request), place_of(request.query_params.get(_NEXT, ""))
        if self._provider is None:
            shown = page.with_key(Form(f"/login?{urlencode({_NEXT: to})}", self._token(request), to), wrong)
        else:
            name = urlsplit(str(self._settings.provider)).hostname or ""
            shown = page.with_provider(name, f"/login/start?{urlencode({_NEXT: to})}", wrong)
        return self._shown(request, shown, status=status)

    def _is_here(self, request: Request, identity: Identity) -> str:
        return self._texts(request).here(identity.name, identity.role, Form("/logout", self._token(request)))

    def _did_not_work(self, request: Request) -> Response:
        self._tell("oidc", "failed", "")
        return self._ask(request, text(_lang(request), "access.login.failed"), status=502)

    def _too_often(self, request: Request, wait: float) -> Response:
        self._tell("oidc" if self._provider else "key", "too often", "")
        seconds = int(wait) + 1
        page = self._texts(request).saying("access.login.title", "access.login.often", wrong=True, seconds=seconds)
        answer = self._shown(request, page, status=429)
        answer.headers["Retry-After"] = str(seconds)
        return answer

    def _unsafe(self, request: Request) -> Response:
        address, page = self._settings.public_url, self._texts(request)
        if address is None:
            shown = page.saying("access.login.title", "access.login.plain.unknown", wrong=True)
        else:
            shown = page.saying("access.login.title", "access.login.plain", wrong=True, address=address)
        return self._shown(request, shown, status=403)

    def _token(self, request: Request) -> str:
        return str(request.session.setdefault(_TOKEN, secrets.token_urlsafe(32)))

    @staticmethod
    def _shown(request: Request, page: str, *, status: int = 200) -> Response:
        answer = HTMLResponse(
            page, status, headers={"Cache-Control": "no-store", "Content-Security-Policy": FORM, "Vary": "Cookie"}
        )
        chosen = request.query_params.get("lang")
        if chosen in LANGUAGES:
            answer.set_cookie(COOKIE, chosen, max_age=31_536_000, path="/", samesite="lax")
        return answer


def place_of(wanted: str) -> str:
    r"""A place of ours to go to: the one asked for, or the first page where that is none of ours.

    >>> place_of("/fr/?client=100002"), place_of("//evil.example"), place_of("/login")
    ('/fr/?client=100002', '/', '/')
    >>> place_of("https://evil.example"), place_of("/\\evil.example"), place_of("javascript:alert(1)")
    ('/', '/', '/')
    """
    plain = wanted.isprintable() and wanted.isascii() and len(wanted) <= LARGEST_FORM and "\\" not in wanted
    return wanted if plain and wanted.startswith("/") and not wanted.startswith(("//", "/login", "/logout")) else "/"


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form, each once; nothing where it is too large or of another kind."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM * 2:
            return {}
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=10, errors="strict")
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items() if len(values) == 1}


def _lang(request: Request) -> str:
    """The language asked for in the address, chosen before, or preferred by the browser."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return preferred(request.headers.get("accept-language", ""))
