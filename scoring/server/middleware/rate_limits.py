"""How often somebody may ask: a bucket of tokens for each, that fills again at a steady rate.

The rule: memory is bounded, whoever asks. The bucket used longest ago is forgotten first, which is to say: full again.

>>> now = [0.0]
>>> rates = Rates(a_minute=60, burst=2, clock=lambda: now[0])
>>> rates.wait("a"), rates.wait("a"), round(rates.wait("a"), 3), rates.wait("b")
(0.0, 0.0, 1.0, 0.0)
>>> now[0] = 1.0
>>> rates.wait("a")
0.0
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# How much one visitor, and all together, may have recorded in an open service: entries and bytes an hour.

MOST_ADDRESSES: Final = 10_000
"""Addresses that are remembered."""
ADDRESS: ContextVar[str] = ContextVar("clairscore.quota", default="")
"""The address on whose account something is recorded; empty for what no request asked for."""


@dataclass(frozen=True)
class Allowance:
    """What may be recorded in an hour, all of it at once at most."""

    entries: float
    bytes: float


EACH, ALL = Allowance(60_000, 96e6), Allowance(250_000, 384e6)
"""For one address, which may have the whole demo decided once; and for all of them together."""


class Quota:
    """Allowances of addresses, each of which fills again at a steady rate. Safe to share between threads."""

    def __init__(
        self, each: Allowance = EACH, together: Allowance = ALL, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._each, self._together, self._clock = each, together, clock
        self._left: OrderedDict[str, tuple[float, float, float]] = OrderedDict()
        self._of_all = (together.entries, together.bytes, clock())
        self._lock = threading.Lock()

    def take(self, address: str, entries: int, size: int) -> int:
        """Take from the allowance of an address and from that of all: 0, or the seconds to wait where it is too little.

        What is refused takes nothing.
        """
        with self._lock:
            now = self._clock()
            own = _filled(self._left.get(address, (self._each.entries, self._each.bytes, now)), self._each, now)
            of_all = _filled(self._of_all, self._together, now)
            wait = max(_wait(own, self._each, entries, size), _wait(of_all, self._together, entries, size))
            if wait:
                return wait
            self._left[address] = (own[0] - entries, own[1] - size, now)
            self._left.move_to_end(address)
            if len(self._left) > MOST_ADDRESSES:
                self._left.popitem(last=False)
            self._of_all = (of_all[0] - entries, of_all[1] - size, now)
            return 0


def _filled(left: tuple[float, float, float], allowance: Allowance, now: float) -> tuple[float, float]:
    hours = (now - left[2]) / 3600
    return (
        min(left[0] + hours * allowance.entries, allowance.entries),
        min(left[1] + hours * allowance.bytes, allowance.bytes),
    )


def _wait(left: tuple[float, float], allowance: Allowance, entries: int, size: int) -> int:
    """Seconds until there is enough; an hour at most, after which there is all that ever will be."""
    lacking = max((entries - left[0]) / allowance.entries, (size - left[1]) / allowance.bytes, 0.0)
    return min(math.ceil(3600 * lacking), 3600)


MOST = 50_000
"""Buckets that are remembered."""


class Rates:
    """Buckets of tokens by name.

    Parameters
    ----------
    a_minute : tokens that a bucket gains in a minute; 0: no limit
    burst : tokens that it holds at most
    """

    def __init__(
        self, *, a_minute: float, burst: float, most: int = MOST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._a_second, self._burst, self._most, self._clock = a_minute / 60, burst, most, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def wait(self, name: str, *, take: bool = True) -> float:
        """Take a token: 0 where there was one, else the seconds until there is; `take` false looks without taking."""
        if not self._a_second:
            return 0.0
        now = self._clock()
        left, at = self._buckets.get(name, (self._burst, now))
        left = min(left + (now - at) * self._a_second, self._burst)
        if left < 1:
            return (1 - left) / self._a_second
        if take:
            self._buckets[name] = (left - 1, now)
            self._buckets.move_to_end(name)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return 0.0


@lru_cache(4096)
def neighbourhood(address: str) -> str:
    """What an address is counted as: itself, or the network of 2⁶⁴ addresses that one IPv6 caller has.

    >>> neighbourhood("192.0.2.7"), neighbourhood("2001:db8:1:2:3:4:5:6"), neighbourhood("testclient")
    ('192.0.2.7', '2001:db8:1:2::/64', 'testclient')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))
