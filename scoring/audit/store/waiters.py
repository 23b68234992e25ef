"""Who waits for an entry, and how they are told: a thread by its future, an event loop once for a whole group.

The rule: what an event loop records at once goes to the writer together, so that they wake each other once for a group,
not once for an entry; and in small enough groups that one works while the other does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, InvalidStateError
from typing import NamedTuple

from scoring.audit.store.entries import Answer, Entry, Written

InLoop = asyncio.Future[Written]
MOST_GATHERED = 16
"""Entries that go without waiting for more."""


class Waiting(NamedTuple):
    """An entry that waits to be written, and who waits for it."""

    entry: Entry
    done: Future[Written] | InLoop
    gathering: Gathering | None = None


class Gathering:
    """What waits in one event loop, handed to the writer a group at a time. All of it happens in the loop's thread.

    Parameters
    ----------
    hand : what takes a group to the writer, who calls `told` in the loop when it is written
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, hand: Callable[[list[Waiting]], None]) -> None:
        self.loop, self._hand = loop, hand
        self._gathered: list[Waiting] = []
        self._under_way = 0
        self._called = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._gathered) + self._under_way

    def add(self, one: Waiting) -> None:
        """Take one more; it goes with those that are ready now, at the latest when the loop has no more to do."""
        self._gathered.append(one)
        if len(self._gathered) >= MOST_GATHERED:
            self._go()
        elif not self._called:
            self._called = True
            self.loop.call_soon(self._called_soon)

    def told(self, group: Sequence[Waiting], answers: Sequence[Answer]) -> None:
        """Settle what was written."""
        self._under_way -= len(group)
        for one, answer in zip(group, answers, strict=True):
            settle(one.done, answer)

    def _called_soon(self) -> None:
        self._called = False
        if self._gathered:
            self._go()

    def _go(self) -> None:
        group, self._gathered = self._gathered, []
        self._under_way += len(group)
        self._hand(group)


def tell(group: Iterable[Waiting], answers: Iterable[Answer]) -> None:
    """From the writer's thread: tell each of a group what became of its entry."""
    by_loop: dict[Gathering, tuple[list[Waiting], list[Answer]]] = defaultdict(lambda: ([], []))
    for one, answer in zip(group, answers, strict=True):
        if one.gathering is None:
            settle(one.done, answer)
        else:
            waiting, told = by_loop[one.gathering]
            waiting.append(one)
            told.append(answer)
    for gathering, (waiting, told) in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
            gathering.loop.call_soon_threadsafe(gathering.told, waiting, told)


def settle(done: Future[Written] | InLoop, answer: Answer) -> None:
    """Tell one who waits, unless they have gone."""
    if done.done():
        return
    with contextlib.suppress(InvalidStateError):  # a thread's future, given up at this very moment
        if isinstance(answer, Written):
            done.set_result(answer)
        else:
            done.set_exception(answer)
