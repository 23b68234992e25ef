"""What leaves the service, and what people do about it, is recorded first: the one way of API and pages to the journal.

The rule: a decision is given, and facts of clients are shown, only after the entry is on the disk. Looking is a
consultation, trying amounts that are recorded a simulation: kinds of their own, never decisions. What a person types
lies in erasable payloads.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from scoring.audit import entry_list as listing
from scoring.audit.case_management import MOST_TEXT, REVIEW_OUTCOMES, Casework
from scoring.audit.idempotency import Key, RepeatedError, claim
from scoring.audit.reader import Record, Replay, model_of, replay
from scoring.audit.receipts import Receipt, receipt_of
from scoring.audit.receipts.receipt import kept_payload
from scoring.audit.record import (
    UNKNOWN_HISTORY,
    Made,
    Row,
    batch_payload,
    circumstances,
    fingerprint,
    payload_of,
    remade,
    rows_digest,
)
from scoring.audit.store.chain import BATCH, CONSULTATION, DECISION, SIMULATION, Head
from scoring.audit.store.entries import Salted, name_in_batch, new_id
from scoring.audit.writer import Inside, Journal, Recording
from scoring.errors import ErasedError
from scoring.explain.reasons import is_unknown
from scoring.i18n import Said
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import Value
from scoring.server.identity import Identity
from scoring.service import Assessment, Service

# A batch recorded part by part, each before it is given.


class BatchRecord:
    """A batch under way.

    Parameters
    ----------
    batch_id, written : of a batch that is gone on with, and how many of its rows are on the disk already
    """

    def __init__(
        self, model: AdditiveModel, journal: Journal, around: Mapping[str, Any], *, batch_id: str = "", written: int = 0
    ) -> None:
        self.batch_id = batch_id or new_id()
        self._model, self._journal, self._around = model, journal, around
        self._given, self._written = 0, written

    @property
    def inputs(self) -> str:
        """Fingerprint of what its values are made from."""
        return str(self._around["inputs"])

    def add(self, rows: Sequence[Row], *, inside: Inside | None = None) -> list[str]:
        """Record the decisions of one part; return their ids as soon as they are on the disk (see `begin`)."""
        return self.begin(rows, inside=inside).wait()

    def begin(self, rows: Sequence[Row], *, inside: Inside | None = None) -> PartRecord:
        """Begin to record the decisions of one part, which may not be given before `PartRecord.wait` is done.

        Parameters
        ----------
        inside : what is done in the transaction that records them, before (see `journal.writing.Inside`)

        Raises
        ------
        JournalError
            When they can't be recorded.
        """
        first, self._given = self._given, self._given + len(rows)
        new = rows[max(self._written - first, 0) :]
        recording = None
        if new:
            # As plain tuples: what is named is written more slowly.
            salted = [Salted.of(row.client_id, tuple(row)) for row in new]
            payload = batch_payload(self._model, self._around, self._written, (one.commitment for one in salted))
            recording = self._journal.record(
                BATCH, payload, model=self._model, rows=salted, entry_id=self.batch_id, inside=inside
            )
            self._written += len(new)
        return PartRecord(self.batch_id, range(first, self._given), recording)


@dataclass(frozen=True)
class PartRecord:
    """A part on its way to the disk; `recording` is None where it was there already."""

    batch_id: str
    places: range
    recording: Recording | None

    def wait(self) -> list[str]:
        """The names of its decisions, as soon as they are on the disk.

        Raises
        ------
        JournalError
            When they can't be recorded.
        """
        if self.recording is not None:
            self.recording.wait()
        return [name_in_batch(self.batch_id, place) for place in self.places]


# Consultations: who was shown facts of which clients, recorded before they are shown.

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
            summary = _summary(shown)
            keys: list[object] = [(*common, fingerprint(summary))]
            self._record(keys, {**around, **summary})
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


__all__ = ["MOST_TEXT", "REVIEW_OUTCOMES", "BatchRecord", "Decided", "Recorder", "made_of"]


@dataclass(frozen=True)
class Decided:
    """A decision that is on the disk, and may be given.

    Attributes
    ----------
    model : the model that made it
    """

    decision_id: str
    at: str
    assessment: Assessment
    model: AdditiveModel


class Recorder(Casework):
    """A service and its journal.

    Parameters
    ----------
    durable : whether the journal outlives the machine that serves (see `Settings.is_durable`)
    """

    def __init__(self, service: Service, journal: Journal, *, durable: bool = True) -> None:
        super().__init__(service, journal)
        self.durable = durable
        self._consultations = Consultations(journal)

    def decide_known(self, client_id: int, *, who: Identity, source: str, purpose: str = "") -> Decided:
        """Decide on a client of the portfolio, and record it.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        JournalError
            When it can't be recorded.
        """
        return self.decide(self.service.assess(client_id), who=who, source=source, purpose=purpose)

    async def decide_known_async(self, client_id: int, *, who: Identity, source: str, purpose: str = "") -> Decided:
        """The same, for a caller that must not block."""
        service = self.service.itself
        assessment = service.assess(client_id)
        payload = decision_payload(service, assessment, who, source, purpose, "")
        recorded = await self.journal.record_in_loop(DECISION, payload, model=service.model)
        return Decided(recorded.entry_id, recorded.link.at, assessment, service.model)

    def decide(
        self,
        assessment: Assessment,
        *,
        who: Identity,
        source: str,
        purpose: str = "",
        inputs: str = "",
        changes: Mapping[str, Value] | None = None,
        key: Key | None = None,
    ) -> Decided:
        """Record a decision before it is given; under a key that stands for this request already, give the first one.

        Parameters
        ----------
        inputs : fingerprint of what the values were made from; by default the portfolio's file
        changes : what was changed in the request of a known client, by name

        Raises
        ------
        KeyReusedError
            When the key stands for another request.
        ErasedError
            When what it stood for was erased.
        JournalError
            When the decision can't be recorded.
        """
        service, entry_id = self.service.itself, new_id()
        payload = decision_payload(service, assessment, who, source, purpose, inputs, changes)

        def claim_key(connection: Connection) -> None:
            if key is not None:
                claim(connection, key, entry_id)

        inside = None if key is None else claim_key
        try:
            entry = self.journal.record(DECISION, payload, model=service.model, entry_id=entry_id, inside=inside).wait()
        except RepeatedError as first:
            return self._decided_before(first.entry_id)
        return Decided(entry_id, entry.link.at, assessment, service.model)

    def _decided_before(self, decision_id: str) -> Decided:
        """A recorded decision made again from its record alone, by the model that decided."""
        record, serving = self.read(decision_id), self.service.model
        if record.payload is None:
            raise ErasedError(Said("problem.said.erased"))
        digest = record.payload["model"]["digest"]
        model = serving if digest == serving.digest else model_of(self.journal.engine, digest)
        made = remade(model, record.payload)
        assessment = Assessment(
            client_id=record.payload["client_id"],
            facts=made.values,
            scored=Lookup(model).score(made.values),
            decision=made.decision,
            explanation=made.explanation,
            missing=tuple(name for name in model.features if is_unknown(name, made.values[name])),
            unknown_history=tuple(record.payload.get(UNKNOWN_HISTORY, ())),
        )
        return Decided(decision_id, record.link.at, assessment, model)

    def batch(
        self,
        *,
        who: Identity,
        source: str = "batch",
        purpose: str = "",
        inputs: str = "",
        batch_id: str = "",
        written: int = 0,
        findings: Mapping[str, Any] | None = None,
        unknown_history: Sequence[str] = (),
    ) -> BatchRecord:
        """Begin a batch, or go on with one: each part of it is recorded before it is sent (see `BatchRecord`).

        Parameters
        ----------
        findings : what its tables held that training did not see, and whether that was accepted
        unknown_history : history tables that the model uses and that were not sent with any of its rows
        """
        around = _around(self.service, None, who, source, purpose, inputs)
        if findings:
            around["findings"] = dict(findings)
        if unknown_history:
            around[UNKNOWN_HISTORY] = list(unknown_history)
        return BatchRecord(self.service.model, self.journal, around, batch_id=batch_id, written=written)

    def consult(
        self,
        clients: int | Sequence[int],
        who: Identity,
        *,
        page: str,
        about: str | None = None,
        filters: Mapping[str, str] | None = None,
        facts: Sequence[str] = (),
    ) -> None:
        """Record that somebody is shown facts of clients, before they are (see `scoring.audit.audited_decisions`).

        Parameters
        ----------
        about : the decision that the facts are read from
        filters, facts : by what the clients were chosen, and what is shown of each; kept where they are many

        Raises
        ------
        JournalError
            When it can't be recorded: then nothing may be shown.
        """
        service = self.service.itself
        model, portfolio = service.model, service.artefacts.champion.portfolio.digest
        numbers = [clients] if isinstance(clients, int) else clients
        shown = Shown(numbers, page, portfolio, about=about, filters=filters or {}, facts=facts)
        self._consultations.record(shown, who, {"version": model.model_version, "digest": model.digest})

    def consult_record(self, record: Record, who: Identity, *, page: str) -> None:
        """Record that somebody reads what was recorded of a decision; nothing is left to read where it was erased."""
        if record.payload is not None:
            client_id = record.payload["client_id"]
            self.consult([] if client_id is None else client_id, who, page=page, about=record.decision_id)

    def simulate(
        self, assessment: Assessment, *, changes: Mapping[str, Value], who: Identity, purpose: str = ""
    ) -> str:
        """Record what would have been decided under changed values; return the entry's id.

        Parameters
        ----------
        changes : what was changed, by feature
        """
        service = self.service.itself
        around = _around(service, assessment.client_id, who, "simulation", purpose, "") | {"changes": dict(changes)}
        payload = payload_of(service.model, made_of(assessment), around)
        return self.journal.record(SIMULATION, payload, model=service.model).wait().entry_id

    def listing(self, wanted: listing.Wanted, *, before: int | None = None, limit: int = 50) -> listing.Listing:
        """Entries of the journal, newest first (see `journal.listing.listing`)."""
        return listing.listing(self.journal.engine, wanted, before=before, limit=limit)

    def replay(self, decision_id: str) -> Replay:
        """A decision made again from its record (see `journal.replay`)."""
        return replay(self.journal.engine, decision_id)

    def receipt(self, decision_id: str) -> Receipt:
        """A decision's receipt, which anyone who holds the model can check (see `receipts`).

        Raises
        ------
        UnknownDecisionError
            When there is none of that id.
        ConflictError
            When its values were erased.
        """
        record = self.read(decision_id)
        digest, serving = kept_payload(record)["model"]["digest"], self.service.model
        return receipt_of(record, serving if digest == serving.digest else model_of(self.journal.engine, digest))

    @property
    def head(self) -> Head:
        """The last entry that was written or seen."""
        return self.journal.head


def made_of(assessment: Assessment) -> Made:
    """What is recorded of an assessment."""
    return Made(assessment.facts, assessment.decision, assessment.explanation)


def decision_payload(
    service: Service,
    assessment: Assessment,
    who: Identity,
    source: str,
    purpose: str,
    inputs: str,
    changes: Mapping[str, Value] | None = None,
) -> dict[str, Any]:
    """What is recorded of a decision on one client or application (see `Recorder.decide`)."""
    around = _around(service, assessment.client_id, who, source, purpose, inputs)
    if changes:
        around["changes"] = dict(changes)
    if assessment.unknown_history:
        around[UNKNOWN_HISTORY] = list(assessment.unknown_history)
    return payload_of(service.model, made_of(assessment), around)


def _around(
    service: Service, client_id: int | None, who: Identity, source: str, purpose: str, inputs: str
) -> dict[str, Any]:
    return circumstances(
        source=source,
        client_id=client_id,
        asked_by=who.name,
        role=who.role,
        purpose=purpose,
        inputs=inputs or service.artefacts.champion.portfolio.digest,
    )
