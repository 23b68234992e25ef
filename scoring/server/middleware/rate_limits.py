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
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

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
