"""One thread that writes, many that wait: entries are added in groups, one transaction a group.

The rule: an entry's future ends only when the entry is on the disk. Nothing that was not recorded may be answered.
"""

from __future__ import annotations

import logging
import queue
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from scoring.additive_model import AdditiveModel
from scoring.errors import ClairscoreError, JournalError
from scoring.journal.chain import ERASURE, Head, Link, canonical, commitment, new_salt
from scoring.journal.erasing import erase_client, erase_decision, erase_older
from scoring.journal.store import (
    ENTRIES,
    MODELS,
    PAYLOADS,
    ROWS,
    engine_of,
    exclusive,
    forget_pages,
    head_of,
    prepare,
)

_log = logging.getLogger(__name__)
MOST_IN_A_GROUP = 256
MOST_WAITING = 4_096
PATIENCE = 15.0
"""Seconds that a caller waits for its entry."""

Inside = Callable[[Connection], Mapping[str, Any] | None]
"""What is done in the transaction before an entry is added: it may refuse the entry by a domain error, before it has
written anything, or give the entry's payload."""


@dataclass(frozen=True)
class Salted:
    """A row of a batch as it is kept: its salt and its JSON."""

    client_id: int | None
    salt: str
    row: str

    @classmethod
    def of(cls, client_id: int | None, row: Sequence[Any]) -> Salted:
        """Salt a row."""
        return cls(client_id, new_salt(), canonical(row))

    @property
    def commitment(self) -> str:
        """What the batch's entry commits to."""
        return commitment(self.salt, self.row)


@dataclass(frozen=True)
class Recorded:
    """An entry as it was written."""

    link: Link
    payload: Mapping[str, Any]

    @property
    def entry_id(self) -> str:
        """The entry's own name: of a decision, its id."""
        return self.link.decision_id


@dataclass(frozen=True)
class _Waiting:
    kind: str
    entry_id: str
    payload: Mapping[str, Any]
    text: str
    model: AdditiveModel | None
    rows: Sequence[Salted]
    inside: Inside | None
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

    def record(
        self,
        kind: str,
        payload: Mapping[str, Any],
        *,
        model: AdditiveModel | None = None,
        rows: Sequence[Salted] = (),
        entry_id: str = "",
        inside: Inside | None = None,
    ) -> Future[Recorded]:
        """Add an entry; the future ends when it is on the disk, or can't be.

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
        if self._closed:
            raise JournalError("The journal must be open; got a record after its end. Start the service again.")
        name = entry_id or str(uuid.uuid4())
        waiting = _Waiting(kind, name, payload, canonical(payload), model, rows, inside, Future())
        try:
            self._queue.put_nowait(waiting)
        except queue.Full:
            raise JournalError(
                f"At most {MOST_WAITING} decisions may wait to be recorded; got more. Try again in a moment."
            ) from None
        return waiting.done

    def erase(self, client_id: int) -> Recorded:
        """Erase what was recorded on a client; that it was done is an entry, without the client's number.

        The entry says which entries lost their payloads: any other one without is a fault.

        Raises
        ------
        JournalError
            When it can't be done.
        """
        return self._erase(lambda connection: erase_client(connection, client_id))

    def erase_decision(self, decision_id: str) -> Recorded:
        """Erase what was recorded of one decision, and all that is about it (see `erase`).

        Raises
        ------
        UnknownDecisionError
            When there is none of that id.
        JournalError
            When it can't be done.
        """
        return self._erase(lambda connection: erase_decision(connection, decision_id))

    def retain(self, since: datetime) -> Recorded:
        """Erase every payload that is older than `since`; erasures themselves stay (see `erase`).

        Raises
        ------
        JournalError
            When it can't be done.
        """
        return self._erase(lambda connection: erase_older(connection, since))

    @property
    def engine(self) -> Engine:
        """Where the journal lies, for reading; its tables are there.

        Raises
        ------
        JournalError
            When it does not answer.
        """
        if not self._ready:
            self.check()
        return self._engine

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
            self._ready = True
        except (SQLAlchemyError, OSError) as error:
            raise _failed(error) from error

    def close(self) -> None:
        """Write what waits, then end."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()
            self._engine.dispose()

    def _erase(self, inside: Inside) -> Recorded:
        entry = wait(self.record(ERASURE, {}, inside=inside))
        forget_pages(self._engine)
        return entry

    def _run(self) -> None:
        while True:
            group = [self._queue.get()]
            while len(group) < MOST_IN_A_GROUP:
                try:
                    group.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            work = [one for one in group if one is not None]
            self._write(work)
            if len(work) < len(group):
                return

    def _write(self, group: list[_Waiting]) -> None:
        """Add a group in one transaction, and tell each who waits; never raise."""
        if not group:
            return
        try:
            if not self._ready:
                prepare(self._engine)
            with self._writes.begin() as connection:
                exclusive(connection)
                head, told = self._add(connection, group)
        except Exception as error:  # noqa: BLE001  # whatever it is, nobody may wait for ever
            self._ready = False
            self._stored.clear()
            self._engine.dispose()
            if len(group) > 1 and not isinstance(error, (OperationalError, OSError, JournalError)):
                for one in group:  # one of them can't be written: the others must not wait with it
                    self._write([one])
                return
            _log.error("a group of %d entries could not be recorded: %s", len(group), type(error).__name__)
            for one in group:
                one.done.set_exception(_failed(error))
            return
        self._ready, self._last = True, head
        self._stored.update(one.model.digest for one in group if one.model is not None)
        for one, answer in zip(group, told, strict=True):
            if isinstance(answer, Recorded):
                one.done.set_result(answer)
            else:
                one.done.set_exception(answer)

    def _add(self, connection: Connection, group: list[_Waiting]) -> tuple[Head, list[Recorded | ClairscoreError]]:
        head = head_of(connection)
        pending = _Pending([], [], [])
        told: list[Recorded | ClairscoreError] = []
        for model in {one.model.digest: one.model for one in group if one.model is not None}.values():
            self._store(connection, model)
        for one in group:
            payload, text = one.payload, one.text
            if one.inside is not None:
                pending.insert(connection)  # what came before in the group counts
                try:
                    given = one.inside(connection)
                except ClairscoreError as refused:
                    told.append(refused)
                    continue
                if given is not None:
                    payload, text = given, canonical(given)
            salt = new_salt()
            link = Link(
                seq=head.seq + 1,
                at=datetime.now(UTC).isoformat(timespec="microseconds"),
                kind=one.kind,
                decision_id=one.entry_id,
                commitment=commitment(salt, text),
                previous=head.digest,
            )
            head = Head(link.seq, link.digest)
            pending.entries.append({**asdict(link), "digest": head.digest})
            pending.payloads.append({"seq": link.seq, "salt": salt, "payload": text, **found_by(payload)})
            first = payload.get("first", 0)
            for position, row in enumerate(one.rows, first):
                pending.rows.append(
                    {
                        "seq": link.seq,
                        "position": position,
                        "client_id": row.client_id,
                        "salt": row.salt,
                        "row": row.row,
                    }
                )
            told.append(Recorded(link, payload))
        pending.insert(connection)
        return head, told

    def _store(self, connection: Connection, model: AdditiveModel) -> None:
        """Keep the model's document once, for replay."""
        if model.digest in self._stored:
            return
        found = connection.execute(select(MODELS.c.digest).where(MODELS.c.digest == model.digest)).first()
        if found is None:
            connection.execute(insert(MODELS).values(digest=model.digest, document=model.model_dump_json()))


@dataclass(frozen=True)
class _Pending:
    """Rows of a transaction that are not inserted yet."""

    entries: list[dict[str, Any]]
    payloads: list[dict[str, Any]]
    rows: list[dict[str, Any]]

    def insert(self, connection: Connection) -> None:
        """Insert them, and empty the lists."""
        for table, rows in ((ENTRIES, self.entries), (PAYLOADS, self.payloads), (ROWS, self.rows)):
            if rows:
                connection.execute(insert(table), rows)
                rows.clear()


def found_by(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that a payload is found by (see `store.FOUND_BY`)."""
    model = payload.get("model")
    return {
        "client_id": payload.get("client_id"),
        "asked_by": payload.get("asked_by"),
        "model": model["version"] if model else None,
        "about": payload.get("about"),
    }


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
