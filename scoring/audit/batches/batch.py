"""A batch on its way: part by part, decided, recorded, then given.

The rule: what is given is on the disk. A batch that is asked for again with its key goes on where it ended: what is
recorded is not recorded twice, and gets the same names. Of one key, one batch runs at a time.
"""

from collections.abc import Generator, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Connection, select

from scoring.audit.audited_decisions import Recorder
from scoring.audit.batch_record import BatchRecord, PartRecord
from scoring.audit.batches.sources import Part, Refused, Source
from scoring.audit.idempotency import Key, RepeatedError, claim
from scoring.audit.reader import opened
from scoring.audit.record import Row
from scoring.audit.store.database import PARTS, PAYLOADS
from scoring.errors import ConflictError, ErasedError
from scoring.explain.batch_scoring import Client, decide_and_explain
from scoring.i18n import Said
from scoring.server.identity import Identity

FIRST_PART, PART = 250, 2_000
"""Clients of the first part, so that an answer begins at once, and of the others."""


@dataclass(frozen=True)
class Given:
    """A client of a batch, decided on and recorded.

    Attributes
    ----------
    row : the place in what was asked, from 0
    """

    row: int
    client_id: int | None
    decision_id: str
    client: Client


class Batch:
    """A batch: who asks, for whom, to what end.

    Parameters
    ----------
    inputs : fingerprint of what was sent; by default the portfolio's file
    key : the caller's idempotency key
    """

    def __init__(
        self,
        recorder: Recorder,
        source: Source,
        *,
        who: Identity,
        purpose: str = "",
        inputs: str = "",
        key: Key | None = None,
    ) -> None:
        self._recorder, self._source, self._key = recorder, source, key
        # One model for the whole of it, whatever is put in its place meanwhile.
        self.model, self._lookup = recorder.service.model, recorder.service.lookup
        self._around: dict[str, Any] = {
            "who": who,
            "purpose": purpose,
            "inputs": inputs,
            "unknown_history": source.unknown_history,
        }
        self._record: BatchRecord = recorder.batch(**self._around)

    def __len__(self) -> int:
        return len(self._source)

    @property
    def batch_id(self) -> str:
        """The name that its decisions share; settled with the first part."""
        return self._record.batch_id

    def parts(self) -> Generator[list[Given | Refused], None, None]:
        """The decisions, part by part, in the order of what was asked; each part is on the disk when it is given.

        Raises
        ------
        JournalError
            When a part can't be recorded.
        KeyInUseError
            When a batch under the key is running, or another service has gone on with this one.
        KeyReusedError, ErasedError, ConflictError
            When the key stands for another batch, or for one that was erased, or made by another model.
        """
        held = nullcontext() if self._key is None else self._recorder.journal.running_keys.hold(self._key)
        with held:
            yield from self._parts()

    def _parts(self) -> Iterator[list[Given | Refused]]:
        first = self._begun(0, FIRST_PART)
        if first is None:
            return
        yield first.settle()
        # The next part is computed while the one before goes to the disk.
        at, before = FIRST_PART, None
        while (now := self._begun(at, PART)) is not None:
            if before is not None:
                yield before.settle()
            at, before = at + PART, now
        if before is not None:
            yield before.settle()

    def _begun(self, first: int, size: int) -> "_Begun | None":
        """A part that is decided on and on its way to the disk; None behind the last."""
        if first >= len(self._source):
            return None
        part = self._source.part(first, first + size)
        decided = partial(decide_and_explain, history_unknown=bool(self._source.unknown_history))
        clients = decided(self.model, self._lookup, part.frame) if part.accepted else []
        rows = [_row(number, one) for (_, number), one in zip(part.accepted, clients, strict=True)]
        return _Begun(part, clients, self._recorded(rows))

    def _recorded(self, rows: list[Row]) -> PartRecord:
        key, claiming = self._key, self._record
        if key is None or not rows:
            return self._record.begin(rows)
        self._key = None  # claimed once, with the first rows

        def claimed(connection: Connection) -> None:
            claim(connection, key, claiming.batch_id)

        try:
            begun = self._record.begin(rows, inside=claimed)
            begun.wait()
        except RepeatedError as before:
            self._record = self._gone_on_with(before.entry_id)
            begun = self._record.begin(rows)
        return begun

    def _gone_on_with(self, batch_id: str) -> BatchRecord:
        """A batch that was begun before, from what the journal holds of it."""
        with opened(self._recorder.journal.engine) as connection:
            found = connection.execute(
                select(PAYLOADS.c.payload, PARTS.c.next)
                .select_from(PARTS)
                .outerjoin(PAYLOADS, PAYLOADS.c.seq == PARTS.c.seq)
                .where(PARTS.c.batch_id == batch_id)
            ).all()
        if any(payload is None for payload, _ in found):
            raise ErasedError(Said("problem.said.key-erased"))
        before = [orjson.loads(payload) for payload, _ in found]
        if any(one["model"]["digest"] != self.model.digest for one in before):
            raise ConflictError(Said("problem.said.batch-model"))
        # What is recorded is given again by the values of now: they must be those of then.
        if any(one["inputs"] != self._record.inputs for one in before):
            raise ConflictError(Said("problem.said.batch-inputs"))
        written = max((end for _, end in found), default=0)  # the next part is refused where this has changed
        return self._recorder.batch(**self._around, batch_id=batch_id, written=written)


@dataclass(frozen=True)
class _Begun:
    part: Part
    clients: list[Client]
    record: PartRecord

    def settle(self) -> list[Given | Refused]:
        """The part as it may be given, as soon as it is on the disk."""
        given = [
            Given(row, number, name, client)
            for (row, number), name, client in zip(self.part.accepted, self.record.wait(), self.clients, strict=True)
        ]
        if not self.part.refused:
            return list(given)
        return sorted([*given, *self.part.refused], key=lambda one: one.row)


def _row(client_id: int | None, client: Client) -> Row:
    return Row(
        client_id,
        client.values,
        client.pd,
        client.log_odds,
        client.points,
        client.decision,
        client.review_because,
        client.reasons,
    )
