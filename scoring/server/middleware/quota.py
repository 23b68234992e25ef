"""How much one visitor, and all together, may have recorded in an open service: entries and bytes an hour.

The rule: what is written is counted where it is written, whoever asks and by whatever route; a closed service, whose
people are known, has no quota. Memory is bounded: the address seen longest ago is forgotten first.

>>> now = [0.0]
>>> quota = Quota(Allowance(10, 100), Allowance(15, 1_000), clock=lambda: now[0])
>>> quota.take("a", 6, 10), quota.take("a", 6, 10), quota.take("b", 9, 10), quota.take("c", 1, 10)
(0, 720, 0, 240)
>>> now[0] = 3600.0
>>> quota.take("a", 10, 100), quota.take("a", 0, 1), quota.take("d", 99, 1)
(0, 36, 3600)
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

MOST: Final = 10_000
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
            if len(self._left) > MOST:
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
