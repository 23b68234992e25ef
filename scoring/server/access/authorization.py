"""The door: who asks, whether they may, how often.

The rule: every request passes here, those of the pages' own scripts too, and nothing behind decides again who somebody
is. A session's cookie counts only in requests that our own pages made; a key counts only where nobody can listen.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from scoring.server.access.keys import KeyBook
from scoring.server.access.keys import Scope as KeyScope
from scoring.server.access.policy import METRICS, PAGES, Policy, within
from scoring.server.access.sessions import Cookies, Session, Sessions
from scoring.server.identity import ANONYMOUS, OPEN_KEY, SCOPE_KEY, SENSITIVE_KEY, Identity
from scoring.server.middleware.cross_site_requests import Sites, read_fields
from scoring.server.middleware.error_responses import refuse, send_to_login, wants_page
from scoring.server.middleware.logs import pseudonym
from scoring.server.middleware.proxy_headers import FORWARDED, address_of, is_near, is_private
from scoring.server.middleware.rate_limits import ADDRESS as QUOTA_ADDRESS
from scoring.server.middleware.rate_limits import Rates, neighbourhood
from scoring.server.middleware.tracing import WHO
from scoring.settings import Settings

SESSION: Final = "clairscore.session"
"""Where the door leaves the session of a login in an ASGI scope."""
A_MINUTE_ON_PAGES: Final = 3000.0
"""Pages that one visitor may open, and events of theirs: a slider raises thirty a second."""
_ASSETS: Final = re.compile(r"/(assets|static)/")
"""Files of the pages, a hundred for each."""


@dataclass(frozen=True)
class Asker:
    """Somebody at the door."""

    identity: Identity = ANONYMOUS
    scopes: tuple[KeyScope, ...] = ()
    session: Session | None = None
    key_id: str | None = None

    @property
    def known_as(self) -> str:
        """What logs call them."""
        if self.key_id:
            return self.key_id
        return pseudonym(self.identity.name) if self.identity is not ANONYMOUS else ""


NOBODY: Final = Asker()


@dataclass
class Limits:
    """How often somebody may ask.

    Attributes
    ----------
    api : calls of the API, by identity, or by address where nobody is known
    pages : events of the pages, likewise
    failures : keys that open nothing, and logins, by address
    """

    api: Rates
    pages: Rates = field(default_factory=lambda: Rates(a_minute=A_MINUTE_ON_PAGES, burst=A_MINUTE_ON_PAGES / 10))
    failures: Rates = field(default_factory=lambda: Rates(a_minute=10, burst=20))

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """The limits of the settings: a tenth of a minute's calls may come at once."""
        return cls(Rates(a_minute=settings.rate, burst=max(settings.rate / 10, 1)))


class Door:
    """ASGI middleware that lets in, or refuses."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        policy: Policy,
        keys: KeyBook,
        sessions: Sessions,
        cookies: Cookies,
        limits: Limits,
    ) -> None:
        self._app, self._settings, self._policy = app, settings, policy
        self._keys, self._sessions, self._cookies, self.limits = keys, sessions, cookies, limits
        self._sites, self._local = Sites(settings), settings.is_loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        fields = read_fields(scope)
        if fields is None or not self._sites.names_us(fields):
            await refuse(scope, receive, send, 421, "wrong-host")
            return
        need = self._policy.need(path, near=path == METRICS and is_near(scope))
        on_pages = not within(path, "/api") and any(within(path, start) for start in PAGES)
        if need is None or (on_pages and scope["method"] not in ("GET", "HEAD", "POST")):
            await refuse(scope, receive, send, 404, "not-found")
            return
        asker = NOBODY if self._settings.is_open else self._recognise(scope, fields)
        if not self._sites.may_ask(scope, fields, by_session=asker.session is not None):
            await refuse(scope, receive, send, 403, "other-site")
            return
        if not need.lets(asker.identity.role, asker.scopes):
            await self._refuse(scope, receive, send, asker, fields)
            return
        wait = self._wait(scope, path, on_pages, asker)
        if wait:
            await _slow_down(scope, receive, send, wait)
            return
        if on_pages and b"origin" in fields:
            # Gradio would answer to any site that it may read our pages.
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"origin"]
        scope[SCOPE_KEY], scope[SESSION], scope[WHO] = asker.identity, asker.session, asker.known_as
        scope[OPEN_KEY] = self._settings.is_open
        scope[SENSITIVE_KEY] = self._policy.sees_sensitive(asker.identity.role, asker.scopes)
        counted = self._settings.is_open and not (self._local and not scope[FORWARDED])
        QUOTA_ADDRESS.set(neighbourhood(address_of(scope)) if counted else "")
        await self._app(scope, receive, send)

    def _recognise(self, scope: Scope, fields: Mapping[bytes, bytes]) -> Asker:
        """Who asks: by a key, else by a login."""
        if not is_private(scope, plain=self._settings.is_plain):
            return NOBODY
        presented = fields.get(b"authorization", b"")
        if presented:
            kind, _, value = presented.partition(b" ")
            key = self._keys.find(value.strip().decode("latin-1")) if kind.lower() == b"bearer" else None
            # Where people log in at a provider, a key is for scripts alone.
            if key is None or (self._settings.auth == "oidc" and key.role != "script"):
                return NOBODY
            return Asker(key.identity, key.scopes, key_id=key.id)
        session = self._sessions.find(self._cookies.read(scope))
        if session is None:
            return NOBODY
        if session.key_id is not None and not self._keys.is_good(session.key_id):
            self._sessions.end_of_key(session.key_id)
            return NOBODY
        return Asker(session.identity, session=session, key_id=session.key_id)

    def _wait(self, scope: Scope, path: str, on_pages: bool, asker: Asker) -> float:
        """Seconds that somebody must wait; 0 where they need not. On this machine alone nobody is counted."""
        if self._local and not scope[FORWARDED]:
            return 0.0
        who = asker.identity.name
        name = f"who {who}" if who else f"at {neighbourhood(address_of(scope))}"
        if within(path, "/api"):
            return self.limits.api.wait(name)
        if on_pages and not _ASSETS.search(path):
            return self.limits.pages.wait(name)
        return 0.0

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, asker: Asker, fields: Mapping[bytes, bytes]
    ) -> None:
        """Say why somebody may not."""
        scope[WHO] = asker.known_as
        if asker.identity is not ANONYMOUS:
            await refuse(scope, receive, send, 403, "forbidden")
        elif b"authorization" in fields:
            wait = self.limits.failures.wait(neighbourhood(address_of(scope)))
            if wait:
                await _slow_down(scope, receive, send, wait)
            elif not is_private(scope, plain=self._settings.is_plain):
                await refuse(scope, receive, send, 403, "plain-http")
            else:
                challenge = 'Bearer realm="clairscore", error="invalid_token"'
                await refuse(scope, receive, send, 401, "invalid-key", headers={"WWW-Authenticate": challenge})
        elif wants_page(scope):
            await send_to_login(scope, receive, send)
        else:
            await refuse(
                scope, receive, send, 401, "unauthorized", headers={"WWW-Authenticate": 'Bearer realm="clairscore"'}
            )


async def _slow_down(scope: Scope, receive: Receive, send: Send, wait: float) -> None:
    seconds = int(wait) + 1
    await refuse(scope, receive, send, 429, "rate-limited", headers={"Retry-After": str(seconds)}, seconds=seconds)
