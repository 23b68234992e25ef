"""Whence a request came, when proxies stand between: who called, by http or https, under which id.

The rule: a header that proxies write is believed only where a proxy that the settings name wrote it, and removed where
it came from anybody else, so that nothing behind can believe it by mistake. That it was there is remembered: such
a request is never taken for one of this machine's own.
"""

import ipaddress
import re
import secrets
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from starlette.types import Scope

from scoring.settings import Network

REQUEST_ID: Final = "clairscore.request_id"
FORWARDED: Final = "clairscore.forwarded"
"""Whether the request says that a proxy passed it on. Anybody can say so: it may take rights away, never give one."""
_REQUEST_ID: Final = b"x-request-id"
_WRITTEN_BY_PROXIES: Final = frozenset(
    {
        b"forwarded",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"x-forwarded-proto",
        b"x-forwarded-server",
        b"x-real-ip",
        _REQUEST_ID,
    }
)
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_MOST_HOPS: Final = 20


class Callers:
    """Settles who called, for each request.

    Parameters
    ----------
    proxies : networks of the proxies whose word is believed
    behind_edge : whether every connection comes from the host's own edge, whatever its address (see `docs/space.md`)
    """

    def __init__(self, proxies: Sequence[Network], *, behind_edge: bool = False) -> None:
        networks, self._behind_edge = tuple(proxies), behind_edge

        @lru_cache(4096)
        def trusted(address: str) -> bool:
            found = _address(address)
            return found is not None and any(found in network for network in networks)

        self._trusted = trusted

    def settle(self, scope: Scope) -> str:
        """Write into the scope who called, by which scheme and under which id; return the id."""
        written = [pair for pair in scope["headers"] if pair[0] in _WRITTEN_BY_PROXIES]
        peer = address_of(scope)
        scope[FORWARDED] = any(name != _REQUEST_ID for name, _ in written)
        request_id = b""
        if written and (self._behind_edge or self._trusted(peer)):
            request_id = self._believe(scope, written)
        elif written:
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in _WRITTEN_BY_PROXIES]
        found = request_id.decode() if _SANE_ID.fullmatch(request_id) else secrets.token_hex(8)
        scope[REQUEST_ID] = found
        return found

    def _believe(self, scope: Scope, written: Sequence[tuple[bytes, bytes]]) -> bytes:
        """Take over what our proxy says; return the id that it gave the request."""
        ids, hops = [], []
        for name, value in written:
            if name == b"x-forwarded-for":
                hops += value.decode("latin-1").split(",")
            elif name == b"x-forwarded-proto" and value in (b"http", b"https"):
                scope["scheme"] = value.decode()
            elif name == _REQUEST_ID:
                ids.append(value)
        # From the right: each proxy adds who called it; the first that is none of ours is the caller.
        for hop in reversed(hops[-_MOST_HOPS:]):
            address = _address(hop.strip())
            if address is None:
                break
            scope["client"] = (str(address), 0)
            if not self._trusted(str(address)):
                break
        return ids[0] if len(ids) == 1 else b""


def address_of(scope: Scope) -> str:
    """Who called; empty where nobody knows."""
    return scope["client"][0] if scope.get("client") else ""


def is_near(scope: Scope) -> bool:
    """Whether the caller is on this machine, with no proxy between."""
    found = _address(address_of(scope))
    return found is not None and found.is_loopback and not scope[FORWARDED]


def is_private(scope: Scope, *, plain: bool) -> bool:
    """Whether nobody between the caller and us can listen: https, this machine, or plain http on purpose."""
    return plain or scope["scheme"] == "https" or is_near(scope)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, without the port that some proxies add, IPv4 within IPv6 as IPv4; None where it is none."""
    try:
        found = ipaddress.ip_address(text.partition(":")[0] if text.count(":") == 1 else text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if found.version == 6 else None
    return mapped or found
