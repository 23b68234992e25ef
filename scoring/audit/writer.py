"""Single-writer audit log with group commit: callers queue entries, one thread writes all that wait in one transaction.

An entry's future ends only when the entry is on the disk, so that nothing is answered that was not recorded.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from scoring.audit.erasure import (
    Erasure,
    Targets,
    client_targets,
    counts_of,
    decision_targets,
    erase_targets,
    older_targets,
)
from scoring.audit.idempotency import RunningKeys
from scoring.audit.rotation import rotate
from scoring.audit.store.chain import ERASURE, PROBE, Head, Link, canonical, canonical_of_finite
from scoring.audit.store.database import (
    check_changeable,
    check_goes_on,
    check_room,
    engine_of,
    head_of,
    prepare,
    truncate_log,
    written,
)
from scoring.audit.store.entries import Answer, Entry, Found, Model, Salted, Written, new_id
from scoring.audit.store.group_commit import MOST_IN_A_GROUP, GroupWriter, failed
from scoring.errors import JournalError, QuotaError
from scoring.i18n import Said
from scoring.model.additive_model import AdditiveModel
from scoring.server.middleware.rate_limits import ADDRESS, Quota

MOST_WAITING = 4_096
PATIENCE = 15.0
"""Seconds that a caller waits for its entry."""
PROBE_PATIENCE = 5.0
"""Seconds that the writer has to show that it could write."""
_log = logging.getLogger(__name__)

Inside = Callable[[Connection], Mapping[str, Any] | None]
"""What is done in the transaction before an entry is added: it may refuse the entry by a domain error, before it has
written anything, or give the entry's payload. It is done again where the transaction was rolled back."""


class Waiting(NamedTuple):
    """An entry that waits to be written, and the future of its caller; `loop` where the caller is in an event loop."""

    entry: Entry
    done: Future[Written] | asyncio.Future[Written]
    loop: asyncio.AbstractEventLoop | None = None


@dataclass(frozen=True)
class Recorded:
    """An entry as it was written."""

    link: Link

    @property
    def entry_id(self) -> str:
        """The entry's own name: of a decision, its id."""
        return self.link.decision_id


class Recording:
    """An entry on its way to the disk."""

    def __init__(self, kind: str, entry_id: str, done: Future[Written]) -> None:
        self._kind, self._entry_id, self._done = kind, entry_id, done

    def wait(self) -> Recorded:
        """The entry, as soon as it is on the disk.

        Raises
        ------
        JournalError
            When it can't be recorded, or not in time.
        """
        try:
            return Recorded(self._done.result(PATIENCE).link(self._kind, self._entry_id))
        except TimeoutError as error:
            raise failed(error) from error


class Journal:
    """The journal of a service, open for writing. Safe to share between threads; `close` ends it.

    Several processes may write to one journal: each group takes the store's own lock.

    Parameters
    ----------
    url : ``sqlite:///PATH`` or ``postgresql://USER@HOST/DATABASE``
    known : a head that was noted outside, which the journal must hold before anything is recorded

    Attributes
    ----------
    running_keys : idempotency keys whose batches are running
    quota : how much visitors of an open service may have recorded; None where there is no limit
    limit : bytes at which an open demo's journal begins anew; 0: never

    Raises
    ------
    SettingsError
        When the address is neither.
    """

    def __init__(self, url: str, *, known: Head = Head()) -> None:  # noqa: B008  # it is frozen
        self._engine = engine_of(url)
        self._writer = GroupWriter(self._engine)
        self._last, self._seeing = known, threading.Lock()
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._closed = self._prepared = False
        self.running_keys = RunningKeys()
        self.quota: Quota | None = None
        self.limit = 0
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def record(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        model: AdditiveModel | None = None,
        rows: Sequence[Salted] = (),
        entry_id: str = "",
        inside: Inside | None = None,
    ) -> Recording:
        """Add an entry, from any thread.

        Parameters
        ----------
        payload : what is recorded; ``client_id``, ``asked_by``, ``about`` and ``model`` in it are found again
        model : what decided, kept once for replay
        rows : of a batch
        entry_id : a batch's, shared by its entries; else a new one

        Raises
        ------
        JournalError
            When too many wait already, or the journal is closed.
        """
        text = canonical(payload)
        self._charge(1 + len(rows), len(text) + sum(len(row.row) for row in rows))
        done: Future[Written] = Future()
        entry = Entry(
            kind,
            entry_id or new_id(),
            text,
            Found.of(payload),
            None if model is None else Model(model.digest, model.model_dump_json),
            rows,
            payload.get("first", 0),
            None if inside is None else _as_text(inside),
        )
        self._enqueue(Waiting(entry, done))
        return Recording(kind, entry.entry_id, done)

    async def record_in_loop(self, kind: str, payload: Mapping[str, Any], *, model: AdditiveModel) -> Recorded:
        """Add an entry, and wait without blocking until it is on the disk.

        Parameters
        ----------
        payload : made by `payload_of`, so that its numbers are finite

        Raises
        ------
        JournalError
            When it can't be recorded.
        """
        text, name = canonical_of_finite(payload), new_id()
        self._charge(1, len(text))
        entry = Entry(kind, name, text, Found.of(payload), Model(model.digest, model.model_dump_json))
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Written] = loop.create_future()
        self._enqueue(Waiting(entry, done, loop))
        try:
            async with asyncio.timeout(PATIENCE):
                written = await done
        except TimeoutError as error:
            raise failed(error) from error
        return Recorded(written.link(kind, name))

    def erase(self, client_id: int) -> Erasure:
        """Erase what was recorded on a client; that it was done is an entry, without the client's number.

        The entry says which entries lost their payloads: any other one without is a fault.

        Raises
        ------
        JournalError
            When it can't be done.
        """
        return self._erase("client", lambda connection, _done: client_targets(connection, client_id))

    def erase_decision(self, decision_id: str) -> Erasure:
        """Erase what was recorded of one decision, and all that is about it (see `erase`).

        Raises
        ------
        UnknownDecisionError
            When the id is of no decision, or nothing of it is left.
        JournalError
            When it can't be done.
        """
        return self._erase("decision", lambda connection, _done: decision_targets(connection, decision_id))

    def retain(self, since: datetime) -> Erasure:
        """Erase every payload that is older than `since`; erasures themselves stay (see `erase`).

        Raises
        ------
        JournalError
            When it can't be done.
        """
        with self.engine.connect() as connection:
            parts = list(older_targets(connection, since))

        def part(_connection: Connection, done: int) -> Targets:
            return Targets(parts[done], more=done + 1 < len(parts)) if parts else Targets()

        return self._erase("retention", part, before=written(since))

    @property
    def engine(self) -> Engine:
        """Where the journal lies, for reading; its tables are there.

        Raises
        ------
        JournalError
            When it does not answer.
        """
        check_changeable(self._engine)
        if not self._prepared:
            self.check()
        return self._engine

    @property
    def head(self) -> Head:
        """The last entry that this journal wrote or saw; `Head()` before the first."""
        return self._last

    def check(self) -> None:
        """Raise unless the journal can be read, and written as far as can be seen without writing.

        Raises
        ------
        JournalError
            When it does not answer, or has no room.
        """
        known = self._last
        check_changeable(self._engine)
        try:
            if not self._prepared:
                prepare(self._engine)
            check_room(self._engine)
            with self._engine.connect() as connection:
                found = head_of(connection)
                check_goes_on(connection, known)
        except (SQLAlchemyError, OSError) as error:
            self._prepared = False
            raise failed(error) from error
        self._prepared = True
        self._see(found)

    async def check_writer(self) -> None:
        """Raise unless the writer takes a probe and finds the journal as it must be, under the store's lock.

        Raises
        ------
        JournalError
            When it does not, or does not answer in time.
        """
        done: Future[Written] = Future()
        self._enqueue(Waiting(Entry(PROBE, "", "", Found(None, None, None, None)), done))
        try:
            async with asyncio.timeout(PROBE_PATIENCE):
                await asyncio.wrap_future(done)
        except TimeoutError as error:
            raise failed(error) from error

    def close(self) -> None:
        """Write what waits, then end."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join(2 * PATIENCE)

    def rotate(self) -> None:
        """Begin a new chain, as an open demo does whose journal is full (see `journal.rotating`).

        Raises
        ------
        SQLAlchemyError, OSError, sqlite3.Error
            When it can't be done.
        """
        self._see(rotate(self.engine))

    def _charge(self, entries: int, size: int) -> None:
        """Count what is recorded on the account of whoever asked for it, where there is a quota."""
        address = ADDRESS.get()
        if self.quota is None or not address:
            return
        wait = self.quota.take(address, entries, size)
        if wait:
            raise QuotaError(Said("problem.said.quota", minutes=-(-wait // 60)), wait)

    def _erase(self, because: str, find: Callable[[Connection, int], Targets], **details: str) -> Erasure:
        """Erase what is found, in as many transactions as it takes; each ends with the entry that names its part.

        Parameters
        ----------
        find : what is to go next, from the connection and how many parts are done; it is asked again where a
            transaction was rolled back
        """
        seqs: list[int] = []
        entries = rows = 0
        more = True
        while more:
            found: list[Targets] = []
            named: dict[str, Any] = {}

            def erasing(
                connection: Connection, found: list[Targets] = found, named: dict[str, Any] = named
            ) -> Mapping[str, Any]:
                found.append(find(connection, len(seqs)))
                named.update(erase_targets(connection, because, found[-1]))
                return {**named, **details}

            seqs.append(self.record(ERASURE, {}, inside=erasing).wait().link.seq)
            erased = counts_of(named)
            entries, rows, more = entries + erased[0], rows + erased[1], found[-1].more
        return Erasure(tuple(seqs), entries, rows, in_log=not truncate_log(self._engine))

    def _enqueue(self, one: Waiting) -> None:
        if self._closed:
            raise JournalError("The journal must be open; got a record after its end. Start the service again.")
        if self._queue.qsize() >= MOST_WAITING:
            raise JournalError(
                f"At most {MOST_WAITING} decisions may wait to be recorded; got more. Try again in a moment."
            )
        self._queue.put(one)

    def _see(self, head: Head) -> None:
        with self._seeing:
            if head.seq > self._last.seq:
                self._last = head

    def _run(self) -> None:
        ended = False
        while not ended:
            group: list[Waiting] = []
            one = self._queue.get()
            while one is not None:
                group.append(one)
                if len(group) >= MOST_IN_A_GROUP or self._queue.empty():  # only this thread takes from the queue
                    break
                one = self._queue.get()
            ended = one is None
            if group:
                try:
                    self._write(group)
                except Exception as error:  # noqa: BLE001  # the thread must go on, and nobody may wait for ever
                    _log.error("a group could not be answered: %s", type(error).__name__)
                    _settle_all(group, [failed(error)] * len(group))
        self._writer.leave()

    def _write(self, group: list[Waiting]) -> None:
        self._writer.know(self._last)
        answers = self._writer.write([one.entry for one in group])
        self._see(self._writer.head)
        self._note(answers)
        _settle_all(group, answers)

    def _note(self, answers: Sequence[Answer]) -> None:
        """After a failure the place is looked at anew, with the lock of one who writes."""
        if any(isinstance(answer, JournalError) for answer in answers):
            self._prepared = False


def _as_text(inside: Inside) -> Callable[[Connection], tuple[str, Found] | None]:
    def given(connection: Connection) -> tuple[str, Found] | None:
        payload = inside(connection)
        return None if payload is None else (canonical(payload), Found.of(payload))

    return given


def _settle_all(group: Iterable[Waiting], answers: Iterable[Answer]) -> None:
    """Settle the futures of a group from the writer's thread; each event loop is woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Written], Answer]]] = defaultdict(list)
    for (_, done, loop), answer in zip(group, answers, strict=True):
        if loop is None:
            _settle(done, answer)
        else:
            by_loop[loop].append((done, answer))  # type: ignore[arg-type]
    for loop, pairs in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
            loop.call_soon_threadsafe(_settle_in_loop, pairs)


def _settle_in_loop(pairs: Iterable[tuple[asyncio.Future[Written], Answer]]) -> None:
    for done, answer in pairs:
        _settle(done, answer)


def _settle(done: Future[Written] | asyncio.Future[Written], answer: Answer) -> None:
    if done.done():  # the caller has gone
        return
    with contextlib.suppress(InvalidStateError):  # given up at this very moment
        if isinstance(answer, Written):
            done.set_result(answer)
        else:
            done.set_exception(answer)
