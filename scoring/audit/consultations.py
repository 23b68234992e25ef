"""Consultations: who was shown facts of which clients, recorded before they are shown.

The rule: facts of clients leave the service with a decision that was recorded, or after `Consultations.record`; a test
asks every route and every event of the pages. An entry holds no facts. Up to `MOST_NAMED` clients it names each in a
row of its own, which is found and erased by the client's number; of more it keeps what they were chosen by, how many
they were, and a digest of their numbers.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from scoring.audit.record import fingerprint, rows_digest
from scoring.audit.store.chain import CONSULTATION
from scoring.audit.store.entries import Salted
from scoring.audit.writer import Journal
from scoring.server.identity import Identity

VERSION: Final = 2
"""Version 1 named one client, or none where a list was shown."""
WINDOW: Final = 15 * 60.0
"""Seconds in which facts of a client that the same identity looks at again, on the same page, are one consultation."""
MOST_NAMED: Final = 500
"""Clients that an entry names one by one: those of the API's largest page."""
MOST_REMEMBERED: Final = 100_000
"""Consultations that are remembered, so as not to be recorded twice; the oldest are forgotten first."""


@dataclass(frozen=True)
class Shown:
    """What somebody is about to be shown.

    Attributes
    ----------
    clients : numbers of those whose facts it holds; empty where nobody's number is known, as of an application
    page : where it is shown: a page's name, or ``api``
    portfolio : digest of the clients' file
    about : the decision that it was read from
    filters, facts : by what the clients were chosen, as an address says it, and what is shown of each
    """

    clients: Sequence[int]
    page: str
    portfolio: str
    about: str | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    facts: Sequence[str] = ()


@dataclass
class _Memory:
    """Consultations of the last minutes, by who, where, and whom."""

    clock: Callable[[], float]
    _seen: OrderedDict[object, float] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new(self, keys: Sequence[object]) -> list[int]:
        """Places of those that are not remembered, each once."""
        since = self.clock() - WINDOW
        with self._lock:
            found = {key: place for place, key in enumerate(keys) if self._seen.get(key, since) <= since}
        return sorted(found.values())

    def add(self, keys: Sequence[object]) -> None:
        """Remember them."""
        now = self.clock()
        with self._lock:
            for key in keys:
                self._seen[key] = now
                self._seen.move_to_end(key)
            while len(self._seen) > MOST_REMEMBERED:
                self._seen.popitem(last=False)


class Consultations:
    """Records consultations in a journal; safe to share between threads."""

    def __init__(self, journal: Journal, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal, self._memory = journal, _Memory(clock)

    def record(self, shown: Shown, who: Identity, model: Mapping[str, str]) -> None:
        """Record that somebody is shown facts of clients, unless that is recorded since `WINDOW`.

        Parameters
        ----------
        model : version and digest of the model whose scores are shown beside the facts

        Raises
        ------
        JournalError
            When it can't be recorded: then nothing may be shown.
        """
        common = (who.name, who.role, shown.page, shown.about)
        around: dict[str, Any] = {
            "version": VERSION,
            "client_id": None,
            "asked_by": who.name,
            "role": who.role,
            "page": shown.page,
        }
        around |= {"model": dict(model)} | ({} if shown.about is None else {"about": shown.about})
        if len(shown.clients) > MOST_NAMED:
            said = _summary(shown)
            keys: list[object] = [(*common, fingerprint(said))]
            self._record(keys, {**around, **said})
            return
        numbers: Sequence[int | None] = list(dict.fromkeys(shown.clients)) or [None]
        keys = [(*common, number) for number in numbers]
        places = self._memory.new(keys)
        new = [numbers[place] for place in places]
        if len(new) == 1:
            self._record([keys[places[0]]], {**around, "client_id": new[0]})
        elif new:
            rows = [Salted.of(number, (number,)) for number in new]
            digest = rows_digest(row.commitment for row in rows)
            payload = {**around, "first": 0, "rows": len(rows), "rows_digest": digest}
            self._record([keys[place] for place in places], payload, rows)

    def _record(self, keys: Sequence[object], payload: Mapping[str, Any], rows: Sequence[Salted] = ()) -> None:
        if self._memory.new(keys):
            self._journal.record(CONSULTATION, payload, rows=rows).wait()
            self._memory.add(keys)


def _summary(shown: Shown) -> dict[str, Any]:
    """What is recorded of more clients than are named: enough to find them again in the file of that digest."""
    return {
        "clients": len(shown.clients),
        "clients_digest": fingerprint(sorted(shown.clients)),
        "filters": dict(shown.filters),
        "facts": list(shown.facts),
        "portfolio": shown.portfolio,
    }
