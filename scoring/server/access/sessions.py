"""Who is logged in: kept here, named by a cookie.

The rule: a cookie holds a random number and nothing else. The session itself is in this process, so logging out,
revoking a key or a restart ends it at once, whatever the cookie says; and its age is told by a clock that nobody can
set.
"""

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from itsdangerous import BadSignature, Signer
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from scoring.server.identity import Identity
from scoring.server.middleware.error_responses import header

# The cookies of logging in. The rule: sent back to us alone, over https, unseen by scripts.

_SESSION: Final = "clairscore-session"
_BEFORE: Final = "clairscore-login"


@dataclass(frozen=True)
class Cookies:
    """How cookies are set.

    Attributes
    ----------
    secure : whether they go over https alone; false only where the service is meant to speak plain http
    framed : whether other sites may show the pages in a frame
    """

    secure: bool
    framed: bool

    @property
    def session(self) -> str:
        """The cookie of a login; a browser takes the prefix from this host alone, over https."""
        return f"__Host-{_SESSION}" if self.secure else _SESSION

    @property
    def before(self) -> str:
        """The cookie of somebody who is logging in."""
        return f"__Host-{_BEFORE}" if self.secure else _BEFORE

    @property
    def same_site(self) -> Literal["lax", "none"]:
        """Whether requests that another site begins carry them."""
        return "none" if self.framed and self.secure else "lax"

    def read(self, scope: Scope) -> str:
        """What the cookie of a login holds."""
        sent = header(scope, b"cookie")
        return cookie_parser(sent.decode("latin-1")).get(self.session, "") if sent else ""

    def set(self, answer: Response, value: str) -> None:
        """Have a browser keep a login until it is closed."""
        answer.set_cookie(self.session, value, path="/", secure=self.secure, httponly=True, samesite=self.same_site)

    def clear(self, answer: Response) -> None:
        """Have a browser forget a login."""
        answer.delete_cookie(self.session, path="/", secure=self.secure, httponly=True, samesite=self.same_site)


IDLE: Final = 60 * 60.0
"""Seconds without a request after which a session ends."""
LONGEST: Final = 10 * 60 * 60.0
"""Seconds after which a session ends in any case."""
MOST: Final = 10_000
MOST_EACH: Final = 10
"""Sessions that one identity may have at a time; the oldest makes room."""


@dataclass
class Session:
    """One login."""

    identity: Identity
    key_id: str | None
    began: float
    seen: float
    name: str
    ended: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)


class Sessions:
    """The sessions of this process."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._signer = Signer(secrets.token_bytes(32), salt="session", digest_method=hashlib.sha256)
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, identity: Identity, key_id: str | None = None) -> str:
        """Log somebody in; return what the cookie shall hold. The number is always a new one."""
        number = secrets.token_urlsafe(32)
        now = self._clock()
        theirs = [name for name, one in self._sessions.items() if one.identity == identity]
        for name in theirs[: max(len(theirs) - MOST_EACH + 1, 0)]:
            self._end(name)
        while len(self._sessions) >= MOST:
            self._end(next(iter(self._sessions)))
        self._sessions[_kept(number)] = Session(identity, key_id, now, now, _kept(number))
        return self._signer.sign(number).decode()

    def find(self, cookie: str) -> Session | None:
        """The session that a cookie names; None where it is forged, ended or too old. Finding it keeps it awake."""
        name = self._name(cookie)
        session = self._sessions.get(name) if name else None
        if session is None or name is None:
            return None
        now = self._clock()
        if now - session.seen > IDLE or now - session.began > LONGEST:
            self._end(name)
            return None
        session.seen = now
        return session

    def end(self, session: Session) -> None:
        """Log somebody out."""
        self._end(session.name)

    def end_of_key(self, key_id: str) -> None:
        """End what was opened with a key."""
        for name in [name for name, one in self._sessions.items() if one.key_id == key_id]:
            self._end(name)

    def _end(self, name: str) -> None:
        ended = self._sessions.pop(name, None)
        if ended is not None:
            ended.ended.set()

    def _name(self, cookie: str) -> str | None:
        try:
            return _kept(self._signer.unsign(cookie.encode("utf-8", "surrogatepass")).decode())
        except (BadSignature, UnicodeDecodeError):
            return None


def _kept(number: str) -> str:
    """What is kept of a session's number: whoever reads this process's memory, or a dump of it, can't present it."""
    return hashlib.sha256(number.encode()).hexdigest()
