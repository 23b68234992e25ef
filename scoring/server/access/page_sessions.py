"""Ownership and bounds of page sessions: the names under which open pages ask Gradio for events.

A page's script makes its session name up and sends it along; Gradio asks for no more, so whoever learns a name could
read the answers that wait under it. Here a name belongs to the first who uses it. The rule: a name and what is kept
under it are forgotten together, so a name that can be taken again leads to nothing.

>>> forgotten = []
>>> sessions = PageSessions(forget=forgotten.append, most_each=2)
>>> sessions.admits("a", "login 1"), sessions.admits("a", "login 2"), sessions.admits("a", "at 192.0.2.7")
(True, False, False)
>>> sessions.admits("b", "login 1"), sessions.admits("c", "login 1"), forgotten
(True, True, ['a'])
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.types import Scope

from scoring.server.access.authorization import SESSION
from scoring.server.access.sessions import IDLE, Session
from scoring.server.identity import of_scope
from scoring.server.middleware.proxy_headers import address_of
from scoring.server.middleware.rate_limits import neighbourhood

MOST: Final = 512
"""Page sessions that are kept in all."""
MOST_EACH: Final = 64
"""Page sessions that one login or one address may have; its oldest makes room."""
_ADDRESS: Final = "at "


class PageSessions:
    """The page sessions that are kept, each with its owner.

    Parameters
    ----------
    forget : called with a name when it is kept no more
    """

    def __init__(
        self,
        *,
        forget: Callable[[str], object],
        most: int = MOST,
        most_each: int = MOST_EACH,
        idle: float = IDLE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._forget, self._most, self._most_each, self._idle, self._clock = forget, most, most_each, idle, clock
        self._owners: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._names: dict[str, OrderedDict[str, None]] = {}

    def __len__(self) -> int:
        return len(self._owners)

    def admits(self, name: str, asker: str) -> bool:
        """Whether somebody may use a session name; a new one is theirs from now on.

        Visitors whom nobody knows are told apart by their address, which changes on the way: they share their names.
        """
        now = self._clock()
        while self._owners and now - next(iter(self._owners.values()))[1] > self._idle:
            self._drop(next(iter(self._owners)))
        owner = self._owners[name][0] if name in self._owners else asker
        if owner != asker and not (owner.startswith(_ADDRESS) and asker.startswith(_ADDRESS)):
            return False
        if name not in self._owners:
            self._make_room(asker)
        self._owners[name] = (owner, now)
        self._owners.move_to_end(name)
        names = self._names.setdefault(owner, OrderedDict())
        names[name] = None
        names.move_to_end(name)
        return True

    def _make_room(self, asker: str) -> None:
        if len(self._names.get(asker, ())) >= self._most_each:
            self._drop(next(iter(self._names[asker])))
        elif len(self._owners) >= self._most:
            self._drop(next(iter(self._owners)))

    def _drop(self, name: str) -> None:
        owner, _ = self._owners.pop(name)
        del self._names[owner][name]
        if not self._names[owner]:
            del self._names[owner]
        self._forget(name)


def asker_of(scope: Scope) -> str:
    """Who asks, as one that pages belong to: a login, else a key's identity, else an address."""
    session: Session | None = scope.get(SESSION)
    if session is not None:
        return f"login {session.name}"
    name = of_scope(scope).name
    return f"who {name}" if name else f"{_ADDRESS}{neighbourhood(address_of(scope))}"
