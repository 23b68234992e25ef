"""What leaves the service, and what people do about it, is recorded first: the one way of API and pages to the journal.

The rule: a decision is given only after its entry is on the disk. Opening a page is a consultation, trying amounts a
simulation: kinds of their own, never decisions. What a person types lies in erasable payloads.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from scoring.access.identity import Identity
from scoring.additive_model import AdditiveModel
from scoring.additive_model.lookup import Value
from scoring.decision import OUTCOMES
from scoring.errors import ConflictError, InputError, JournalError, UnknownReviewError
from scoring.journal import (
    Head,
    Journal,
    Made,
    Note,
    Override,
    Past,
    Record,
    Replay,
    Review,
    Row,
    Salted,
    batch_payload,
    circumstances,
    dossier,
    fingerprint,
    listing,
    payload_of,
    read_decision,
    replay,
)
from scoring.journal.reading import model_of
from scoring.journal.writing import Inside
from scoring.language import Said, shown
from scoring.ledger.chain import (
    BATCH,
    CONSULTATION,
    DECISION,
    NOTE,
    OVERRIDE,
    REVIEW_ASKED,
    REVIEW_CLOSED,
    SIMULATION,
)
from scoring.ledger.identifiers import name_in_batch, new_id
from scoring.receipts import Receipt, receipt_of
from scoring.receipts.receipt import kept_payload
from scoring.service import Assessment, Service

_log = logging.getLogger(__name__)
MOST_TEXT = 2_000
"""Characters of a reason or a note."""
ReviewOutcome = Literal["accept", "decline", "withdrawn"]
REVIEW_OUTCOMES: Final[tuple[ReviewOutcome, ...]] = get_args(ReviewOutcome)


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


class Recorder:
    """A service and its journal.

    Parameters
    ----------
    durable : whether the journal outlives the machine that serves (see `Settings.is_durable`)
    """

    def __init__(self, service: Service, journal: Journal, *, durable: bool = True) -> None:
        self.service = service
        self.journal = journal
        self.durable = durable

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
        payload = _payload(service, assessment, who, source, purpose, "")
        recorded = await self.journal.record_in_loop(DECISION, payload, model=service.model)
        return Decided(recorded.entry_id, recorded.link.at, assessment, service.model)

    def decide_application(
        self,
        application: Mapping[str, object],
        history: Mapping[str, Sequence[Mapping[str, object]]],
        *,
        who: Identity,
        source: str,
        purpose: str = "",
    ) -> Decided:
        """Decide on one raw application, and record it with the fingerprint of what was sent.

        Raises
        ------
        InputError
            When the rows are not as their tables' schemas say.
        JournalError
            When it can't be recorded.
        """
        service = self.service.itself
        assessment = service.assess_application(application, history)
        inputs = fingerprint({"application": application, "history": history})
        return self.decide(assessment, who=who, source=source, purpose=purpose, inputs=inputs)

    def decide(
        self,
        assessment: Assessment,
        *,
        who: Identity,
        source: str,
        purpose: str = "",
        inputs: str = "",
        changes: Mapping[str, Value] | None = None,
    ) -> Decided:
        """Record a decision that was made, such as one that a letter or a page is about to give.

        Parameters
        ----------
        inputs : fingerprint of what the values were made from; by default the portfolio's file
        changes : what was changed in the request of a known client, by name
        """
        service = self.service.itself
        payload = _payload(service, assessment, who, source, purpose, inputs, changes)
        recorded = self.journal.record(DECISION, payload, model=service.model).wait()
        return Decided(recorded.entry_id, recorded.link.at, assessment, service.model)

    def batch(
        self,
        *,
        who: Identity,
        source: str = "batch",
        purpose: str = "",
        inputs: str = "",
        batch_id: str = "",
        written: int = 0,
    ) -> BatchRecord:
        """Begin a batch, or go on with one: each part of it is recorded before it is sent (see `BatchRecord`)."""
        around = _around(self.service, None, who, source, purpose, inputs)
        return BatchRecord(self.service.model, self.journal, around, batch_id=batch_id, written=written)

    def consult(self, client_id: int | None, who: Identity, *, page: str = "decision") -> None:
        """Record that a page was opened. It decides nothing, so nobody waits for it; a failure is logged."""
        payload = {
            "version": 1,
            "client_id": client_id,
            **_by(who),
            "page": page,
            "model": {"version": self.service.model.model_version, "digest": self.service.model.digest},
        }
        try:
            self.journal.record(CONSULTATION, payload)
        except JournalError as error:
            _log.error("a consultation could not be recorded: %s", error)

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

    def override(self, decision_id: str, outcome: str, reason: str, who: Identity) -> Override:
        """Record an officer's other outcome for a decision, with the reason.

        Raises
        ------
        UnknownDecisionError
            When there is no such decision.
        InputError
            When the outcome is none, or there is no reason.
        ConflictError
            When this is the outcome already, or what was recorded of the decision was erased.
        """
        _one_of("override.outcome", outcome, OUTCOMES)
        said = _text("override.reason", reason)
        record = self.read(decision_id)
        if record.payload is None:
            raise ConflictError(Said("problem.said.override-erased"))
        before = dossier.overrides_of(self.journal.engine, decision_id)
        stands = before[-1].outcome if before else str(record.payload["decision"])
        if outcome == stands:
            raise ConflictError(Said("problem.said.override-same", outcome=stands))
        payload = {
            "version": 1,
            "client_id": record.payload["client_id"],
            **_by(who),
            "about": decision_id,
            "model": record.payload["model"],
            "outcome": outcome,
            "instead_of": stands,
            "reason": said,
        }
        entry = self.journal.record(OVERRIDE, payload).wait()
        return Override(entry.entry_id, entry.link.at, who.name, outcome, stands, said)

    def ask_review(self, client_id: int, reason: str, who: Identity, *, decision_id: str | None = None) -> Review:
        """Ask that a person look at a client.

        Raises
        ------
        UnknownClientError, UnknownDecisionError
            When there is no such client, or decision.
        InputError
            When there is no reason.
        ConflictError
            When a review of this client waits already.
        """
        said = _text("review.reason", reason)
        self.service.portfolio.features_of(client_id)
        if decision_id is not None:
            self.read(decision_id)

        def inside(connection: Any) -> None:
            if any(one.client_id == client_id and one.closing is None for one in dossier.all_reviews(connection)):
                raise ConflictError(Said("problem.said.review-waits", client=client_id))

        payload = {"version": 1, "client_id": client_id, **_by(who), "about": decision_id, "reason": said}
        entry = self.journal.record(REVIEW_ASKED, payload, inside=inside).wait()
        return Review(entry.entry_id, entry.link.at, client_id, decision_id, who.name, said, None)

    def close_review(self, review_id: str, outcome: str, reason: str, who: Identity) -> Review:
        """Close a review with what the person decided.

        Raises
        ------
        UnknownReviewError
            When there is no such review, or it was erased.
        InputError
            When the outcome is none, or there is no reason.
        ConflictError
            When it is closed already.
        """
        _one_of("review.outcome", outcome, REVIEW_OUTCOMES)
        said = _text("review.closing", reason)
        asked: list[Review] = []

        def inside(connection: Any) -> Mapping[str, Any]:
            found = next((one for one in dossier.all_reviews(connection) if one.review_id == review_id), None)
            if found is None:
                raise UnknownReviewError(Said("problem.said.review", review=review_id))
            if found.closing is not None:
                raise ConflictError(Said("problem.said.review-closed", outcome=found.closing.outcome))
            asked.append(found)
            return {**payload, "client_id": found.client_id}

        payload = {"version": 1, **_by(who), "about": review_id, "outcome": outcome, "reason": said}
        entry = self.journal.record(REVIEW_CLOSED, payload, inside=inside).wait()
        return replace(asked[0], closing=dossier.Closing(entry.link.at, who.name, outcome, said))

    def reviews(self, *, open_only: bool = True) -> tuple[Review, ...]:
        """The reviews asked for, oldest first."""
        return dossier.reviews(self.journal.engine, open_only=open_only)

    def note(self, client_id: int, text: str, who: Identity) -> Note:
        """Write a note about a client.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        InputError
            When it is empty or too long.
        """
        said = _text("note", text)
        self.service.portfolio.features_of(client_id)
        entry = self.journal.record(NOTE, {"version": 1, "client_id": client_id, **_by(who), "text": said}).wait()
        return Note(entry.entry_id, entry.link.at, who.name, said)

    def notes_of(self, client_id: int) -> tuple[Note, ...]:
        """What was written about a client, newest first."""
        return dossier.notes_of(self.journal.engine, client_id)

    def history_of(self, client_id: int) -> tuple[Past, ...]:
        """The decisions on a client as they were communicated, with date, model and overrides, newest first."""
        return dossier.history_of(self.journal.engine, client_id)

    def overrides_of(self, decision_id: str) -> tuple[Override, ...]:
        """What officers said in place of a decision, oldest first."""
        return dossier.overrides_of(self.journal.engine, decision_id)

    def listing(self, wanted: listing.Wanted, *, before: int | None = None, limit: int = 50) -> listing.Listing:
        """Entries of the journal, newest first (see `journal.listing.listing`)."""
        return listing.listing(self.journal.engine, wanted, before=before, limit=limit)

    def read(self, decision_id: str) -> Record:
        """One decision as recorded (see `read_decision`)."""
        return read_decision(self.journal.engine, decision_id)

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

    def add(self, rows: Sequence[Row], *, inside: Inside | None = None) -> list[str]:
        """Record the decisions of one part; return their ids as soon as they are on the disk.

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
        if new:
            # As plain tuples: what is named is written more slowly.
            salted = [Salted.of(row.client_id, tuple(row)) for row in new]
            payload = batch_payload(self._model, self._around, self._written, (one.commitment for one in salted))
            self._journal.record(
                BATCH, payload, model=self._model, rows=salted, entry_id=self.batch_id, inside=inside
            ).wait()
            self._written += len(new)
        return [name_in_batch(self.batch_id, position) for position in range(first, self._given)]


def made_of(assessment: Assessment) -> Made:
    """What is recorded of an assessment."""
    return Made(assessment.facts, assessment.decision, assessment.explanation)


def _payload(
    service: Service,
    assessment: Assessment,
    who: Identity,
    source: str,
    purpose: str,
    inputs: str,
    changes: Mapping[str, Value] | None = None,
) -> dict[str, Any]:
    around = _around(service, assessment.client_id, who, source, purpose, inputs)
    if changes:
        around["changes"] = dict(changes)
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


def _by(who: Identity) -> dict[str, str]:
    return {"asked_by": who.name, "role": who.role}


def _text(what: str, given: str) -> str:
    said = given.strip()
    if not said or len(said) > MOST_TEXT:
        raise InputError(
            Said("problem.said.length", what=Said(f"problem.what.{what}"), most=MOST_TEXT, found=len(said))
        )
    return said


def _one_of(what: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise InputError(
            Said("problem.said.among", what=Said(f"problem.what.{what}"), known=", ".join(known), found=shown(given))
        )
