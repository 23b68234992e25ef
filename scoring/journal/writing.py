"""One thread that writes, many that wait: entries are added in groups, one transaction a group.

The rule: `Journal.add` returns only when the entry is on the disk. Nothing that was not recorded may be answered.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from scoring.additive_model import AdditiveModel
from scoring.errors import JournalError
from scoring.journal.chain import DECISION, ERASURE, Head, Link, canonical, commitment, new_salt
from scoring.journal.reading import Record, Replay, read_decision, replay
from scoring.journal.store import ENTRIES, MODELS, PAYLOADS, engine_of, exclusive, forget_pages, head_of, prepare

_log = logging.getLogger(__name__)
MOST_IN_A_GROUP = 256
MOST_WAITING = 4_096
PATIENCE = 15.0
"""Seconds that a caller waits for its entry."""


@dataclass(frozen=True)
class Recorded:
    """An entry as it was written."""

    decision_id: str
    link: Link


@dataclass(frozen=True)
class _Waiting:
    kind: str
    decision_id: str
    client_id: int | None
    payload: str
    model: AdditiveModel | None
    erase: int | None
    done: Future[Recorded]


class Journal:
    """The journal of a service, open for writing. Safe to share between threads; `close` ends it.

    Several processes may write to one journal: each group takes the store's own lock.

    Parameters
    ----------
    url : ``sqlite:///PATH`` or ``postgresql://USER@HOST/DATABASE``

    Raises
    ------
    SettingsError
        When the address is neither.
    """

    def __init__(self, url: str) -> None:
        self._engine = engine_of(url)
        self._writes = self._engine.execution_options(writes=True)
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(MOST_WAITING)
        self._ready, self._closed = False, False
        self._stored: set[str] = set()
        self._last = Head()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def decision(self, payload: Mapping[str, Any], *, client_id: int | None, model: AdditiveModel) -> Future[Recorded]:
        """Record a decision with the model that made it; the future ends when it is on the disk, or can't be.

        Raises
        ------
        JournalError
            When too many wait already, or the journal is closed.
        """
        return self._put(DECISION, str(uuid.uuid4()), payload, client_id=client_id, model=model)

    def erase(self, client_id: int) -> Recorded:
        """Erase the values of every decision on a client; that it was done is an entry, without the client's number.

        The entry says which decisions lost their values: any other one without values is a fault.

        Raises
        ------
        JournalError
            When it can't be done.
        """
        entry = wait(self._put(ERASURE, str(uuid.uuid4()), {}, erase=client_id))
        forget_pages(self._engine)
        return entry

    @property
    def head(self) -> Head:
        """The last entry that this journal wrote or saw; `Head()` before the first."""
        return self._last

    def check(self) -> None:
        """Raise unless the journal can be read.

        Raises
        ------
        JournalError
            When it does not answer.
        """
        try:
            prepare(self._engine)
            with self._engine.connect() as connection:
                self._last = head_of(connection)
        except (SQLAlchemyError, OSError) as error:
            raise _failed(error) from error

    def read(self, decision_id: str) -> Record:
        """One decision as recorded (see `read_decision`)."""
        return read_decision(self._engine, decision_id)

    def replay(self, decision_id: str) -> Replay:
        """A decision made again from its record (see `reading.replay`)."""
        return replay(self._engine, decision_id)

    def close(self) -> None:
        """Write what waits, then end."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()
            self._engine.dispose()

    def _put(
        self,
        kind: str,
        decision_id: str,
        payload: Mapping[str, Any],
        *,
        client_id: int | None = None,
        model: AdditiveModel | None = None,
        erase: int | None = None,
    ) -> Future[Recorded]:
        if self._closed:
            raise JournalError("The journal must be open; got a record after its end. Start the service again.")
        waiting = _Waiting(kind, decision_id, client_id, canonical(payload), model, erase, Future())
        try:
            self._queue.put_nowait(waiting)
        except queue.Full:
            raise JournalError(
                f"At most {MOST_WAITING} decisions may wait to be recorded; got more. Try again in a moment."
            ) from None
        return waiting.done

    def _run(self) -> None:
        while True:
            group = [self._queue.get()]
            while len(group) < MOST_IN_A_GROUP:
                try:
                    group.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            work = [one for one in group if one is not None]
            if work:
                self._write(work)
            if len(work) < len(group):
                return

    def _write(self, group: list[_Waiting]) -> None:
        """Add a group in one transaction, and tell each who waits; never raise."""
        try:
            if not self._ready:
                prepare(self._engine)
            with self._writes.begin() as connection:
                exclusive(connection)
                head, recorded = self._add(connection, group)
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody may wait for ever
            self._ready = False
            self._stored.clear()
            self._engine.dispose()
            _log.error("a group of %d entries could not be recorded: %s", len(group), type(error).__name__)
            for one in group:
                one.done.set_exception(_failed(error))
            return
        self._ready, self._last = True, head
        self._stored.update(one.model.digest for one in group if one.model is not None)
        for one, entry in zip(group, recorded, strict=True):
            one.done.set_result(entry)

    def _add(self, connection: Connection, group: list[_Waiting]) -> tuple[Head, list[Recorded]]:
        head = head_of(connection)
        entries: list[dict[str, Any]] = []
        payloads: list[dict[str, Any]] = []
        recorded = []
        for model in {one.model.digest: one.model for one in group if one.model is not None}.values():
            self._store(connection, model)
        for one in group:
            payload = one.payload
            if one.erase is not None:
                _insert(connection, entries, payloads)  # what came before in the group may be this client's
                payload = canonical({"erased": _erase(connection, one.erase)})
            salt = new_salt()
            link = Link(
                seq=head.seq + 1,
                at=datetime.now(UTC).isoformat(timespec="microseconds"),
                kind=one.kind,
                decision_id=one.decision_id,
                commitment=commitment(salt, payload),
                previous=head.digest,
            )
            head = Head(link.seq, link.digest)
            entries.append({**asdict(link), "digest": head.digest})
            payloads.append({"seq": link.seq, "client_id": one.client_id, "salt": salt, "payload": payload})
            recorded.append(Recorded(one.decision_id, link))
        _insert(connection, entries, payloads)
        return head, recorded

    def _store(self, connection: Connection, model: AdditiveModel) -> None:
        """Keep the model's document once, for replay."""
        if model.digest in self._stored:
            return
        found = connection.execute(select(MODELS.c.digest).where(MODELS.c.digest == model.digest)).first()
        if found is None:
            connection.execute(insert(MODELS).values(digest=model.digest, document=model.model_dump_json()))


def _insert(connection: Connection, entries: list[dict[str, Any]], payloads: list[dict[str, Any]]) -> None:
    """Add rows, and empty the lists."""
    if entries:
        connection.execute(insert(ENTRIES), entries)
        connection.execute(insert(PAYLOADS), payloads)
        entries.clear()
        payloads.clear()


def _erase(connection: Connection, client_id: int) -> list[int]:
    """Remove a client's payloads; return the numbers of their entries."""
    of_client = PAYLOADS.c.client_id == client_id
    erased = connection.execute(select(PAYLOADS.c.seq).where(of_client).order_by(PAYLOADS.c.seq)).scalars().all()
    connection.execute(delete(PAYLOADS).where(of_client))
    return list(erased)


def wait(done: Future[Recorded]) -> Recorded:
    """The entry, as soon as it is on the disk.

    Raises
    ------
    JournalError
        When it can't be recorded, or not in time.
    """
    try:
        return done.result(PATIENCE)
    except TimeoutError as error:
        raise _failed(error) from error


def _failed(error: BaseException) -> JournalError:
    if isinstance(error, JournalError):
        return error
    # The kind alone: a database's own message may hold values, or an address with a password.
    kind = type(error).__name__
    return JournalError(
        f"A decision must be recorded before it is given; got {kind} from the journal. Try again later."
    )
