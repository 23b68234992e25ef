"""Idempotency keys: a request that is repeated with its key gets its first decision, and makes no second entry.

The rule: a key is claimed in the transaction that writes the entry, so that of two requests at once one waits and
finds the other's. What a request held is kept only as a salted digest, which goes when the entry's payload is erased.
Keys are no part of the chain: they say nothing of what was decided.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Column, Connection, String, Table, insert, select, update

from scoring.audit.store.chain import new_salt
from scoring.audit.store.database import ENTRIES, METADATA
from scoring.errors import ClairscoreError, ErasedError, KeyInUseError, KeyReusedError
from scoring.i18n import Said

_AT_ONCE = 500
"""Numbers in one statement."""
KEYS = Table(
    "journal_keys",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("entry_id", String(36), nullable=False, index=True),
    Column("salt", String(64)),  # empty once the entry was erased
    Column("request", String(64)),
)


@dataclass(frozen=True)
class Key:
    """A caller's key, and the request that it stands for.

    Attributes
    ----------
    name : as the caller gave it
    asked_by : whose it is: two callers may use one name
    request : what was asked, as text
    """

    name: str
    asked_by: str
    request: str

    @property
    def digest(self) -> str:
        """What the key is found by."""
        return hashlib.sha256(f"{len(self.asked_by)}:{self.asked_by}{self.name}".encode()).hexdigest()

    def salted(self, salt: str) -> str:
        """A digest of the request that can't be found by trying likely ones."""
        return hashlib.sha256(bytes.fromhex(salt) + self.request.encode()).hexdigest()


class RunningKeys:
    """The keys whose batches are running in this process; safe to share between threads."""

    def __init__(self) -> None:
        self._held: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, key: Key) -> Iterator[None]:
        """Keep everyone else from running a batch under a key until the block ends.

        Raises
        ------
        KeyInUseError
            When one is running.
        """
        with self._lock:
            if key.digest in self._held:
                raise KeyInUseError(Said("problem.key-in-use.page"))
            self._held.add(key.digest)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(key.digest)


class RepeatedError(ClairscoreError):
    """The key stands for this very request already: its entry is to be given again."""

    def __init__(self, entry_id: str) -> None:
        super().__init__(f"The request was recorded before, as {entry_id}.")
        self.entry_id = entry_id


def claim(connection: Connection, key: Key, entry_id: str) -> None:
    """Make a key stand for an entry that is about to be written in the same transaction.

    Raises
    ------
    RepeatedError
        When it stands for this request already.
    KeyReusedError
        When it stands for another request.
    ErasedError
        When what it stood for was erased.
    """
    found = connection.execute(select(KEYS).where(KEYS.c.key == key.digest)).one_or_none()
    if found is None:
        salt = new_salt()
        connection.execute(insert(KEYS).values(key=key.digest, entry_id=entry_id, salt=salt, request=key.salted(salt)))
        return
    if found.salt is None:
        raise ErasedError(Said("problem.said.key-erased"))
    if key.salted(found.salt) != found.request:
        raise KeyReusedError(Said("problem.key-reused.page"))
    raise RepeatedError(found.entry_id)


def forget_requests(connection: Connection, entries: Sequence[int]) -> None:
    """Forget what the requests of entries, given by number, held; the keys go on standing for them."""
    for first in range(0, len(entries), _AT_ONCE):
        names = select(ENTRIES.c.decision_id).where(ENTRIES.c.seq.in_(entries[first : first + _AT_ONCE]))
        connection.execute(update(KEYS).where(KEYS.c.entry_id.in_(names)).values(salt=None, request=None))
