"""The cookies of logging in. The rule: sent back to us alone, over https, unseen by scripts.

Where other sites may show the pages in a frame, as Spaces do, a browser sends a cookie only with ``SameSite=None``.
What that gives up, the door takes back: it refuses whatever another site made the browser ask.
"""

from dataclasses import dataclass
from typing import Final, Literal

from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Scope

from scoring.server.middleware.error_responses import header

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
