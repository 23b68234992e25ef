"""Whether a request comes from where it may: asked under our own name, and not sent by another site's page.

The rule: a browser says truly from where a request comes (``Sec-Fetch-Site``, ``Origin``), so what changes something,
or is recorded under somebody's name, is refused when another site made a browser send it, whatever cookies came with
it.
"""

import ipaddress
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.types import Scope

from scoring.server.access.policy import SELECTIONS, within
from scoring.settings import Settings

Fields = Mapping[bytes, bytes]
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_READ: Final = frozenset({b"authorization", b"host", b"origin", b"sec-fetch-site", b"x-forwarded-host"})
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Sites:
    """Which sites may have a browser ask us."""

    def __init__(self, settings: Settings) -> None:
        self._local = settings.is_loopback
        self._named = self._local or "public_url" in settings.model_fields_set
        public = urlsplit(settings.public_url or "")
        self._ours, self._names = public.netloc, _LOCAL | {public.hostname}
        self._others = settings.origins

    def names_us(self, fields: Fields) -> bool:
        """Whether a service that knows its own name is asked under it, whoever asks and whatever a proxy says.

        Another site's page may have its own name lead here (DNS rebinding), and would read what is answered. It can't
        do so by an address, nor by a name without a dot: the service's health is asked for by these inside a network.
        """
        if not self._named:
            return True
        host = _host(f"//{_text(fields, b'host')}")
        return host in self._names or (not self._local and ("." not in host or _is_address(host)))

    def may_ask(self, scope: Scope, fields: Fields, *, by_session: bool) -> bool:
        """Whether a request is not one that another site made a browser send.

        Parameters
        ----------
        by_session : whether the asker is known by a cookie, which a browser adds to whatever it sends
        """
        on_api = within(scope["path"], "/api")
        safe = scope["method"] in _SAFE
        # What the API decides, and whose facts a file holds, is recorded under the asker's name.
        if safe and not (by_session and (on_api or scope["path"] in SELECTIONS)):
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


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
