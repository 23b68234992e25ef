"""Whether a request comes from where it may: asked under our own name, and not sent by another site's page.

The rule: a browser says truly from where a request comes (``Sec-Fetch-Site``, ``Origin``), so what changes something,
or is recorded under somebody's name, is refused when another site made a browser send it, whatever cookies came with
it.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.types import Scope

from scoring.access.caller import FORWARDED
from scoring.access.policy import within
from scoring.settings import Settings

Fields = Mapping[bytes, bytes]
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_READ: Final = frozenset({b"authorization", b"host", b"origin", b"sec-fetch-site", b"x-forwarded-host"})
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Sites:
    """Which sites may have a browser ask us."""

    def __init__(self, settings: Settings) -> None:
        self._local = settings.is_loopback
        self._ours = urlsplit(settings.public_url).netloc if settings.public_url else ""
        self._others = settings.origins

    def names_us(self, scope: Scope, fields: Fields) -> bool:
        """Whether a service of this machine alone is asked under its own name.

        Another site's page may have its own name lead to this machine (DNS rebinding), and would read what it answers.
        """
        if not self._local or scope[FORWARDED]:
            return True
        host = _text(fields, b"host")
        return host == self._ours or _host(f"//{host}") in _LOCAL

    def may_ask(self, scope: Scope, fields: Fields, *, by_session: bool) -> bool:
        """Whether a request is not one that another site made a browser send.

        Parameters
        ----------
        by_session : whether the asker is known by a cookie, which a browser adds to whatever it sends
        """
        on_api = within(scope["path"], "/api")
        safe = scope["method"] in _SAFE
        if safe and not (by_session and on_api):  # what the API decides is recorded under the asker's name
            return True
        origin = _text(fields, b"origin")
        allowed = not by_session and on_api and origin in self._others
        if b"sec-fetch-site" in fields:
            return fields[b"sec-fetch-site"] in (b"same-origin", b"none") or allowed
        if not origin:
            return not by_session or safe  # no browser leaves it out of what changes something
        ours = {self._ours, _text(fields, b"host"), _text(fields, b"x-forwarded-host")} - {""}
        return _place(origin) in ours or allowed


def read_fields(scope: Scope) -> dict[bytes, bytes] | None:
    """The headers that decide; None where one stands twice, for then somebody behind may read the other one."""
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _READ:
            if name in found:
                return None
            found[name] = value
    return found


def _text(fields: Fields, name: bytes) -> str:
    return fields.get(name, b"").decode("latin-1")


def _place(address: str) -> str:
    """Host and port of an address; empty where it is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
