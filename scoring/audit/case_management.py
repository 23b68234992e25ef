"""What people do about decisions, and what is known of a client: overrides, reviews, notes, decisions as communicated.

The rule: whoever overrules or asks says why. What a person typed lies in erasable payloads, and no decision is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal, get_args

from sqlalchemy import Connection

from scoring.audit import client_history as dossier
from scoring.audit.client_history import History, Note, Override, Past, Review, Spot
from scoring.audit.reader import Record, find_decision, read_decision
from scoring.audit.store.chain import NOTE, OVERRIDE, REVIEW_ASKED, REVIEW_CLOSED
from scoring.audit.writer import Journal
from scoring.errors import ConflictError, InputError, UnknownReviewError
from scoring.i18n import Said, shown
from scoring.model.decision import OUTCOMES
from scoring.server.identity import Identity
from scoring.service import Service

MOST_TEXT = 2_000
"""Characters of a reason or a note."""
ReviewOutcome = Literal["accept", "decline", "withdrawn"]
REVIEW_OUTCOMES: Final[tuple[ReviewOutcome, ...]] = get_args(ReviewOutcome)


class Casework:
    """What is done about the decisions of a service, in its journal."""

    def __init__(self, service: Service, journal: Journal) -> None:
        self.service = service
        self.journal = journal

    def read(self, decision_id: str) -> Record:
        """One decision as recorded (see `read_decision`)."""
        return read_decision(self.journal.engine, decision_id)

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
        words = _text("override.reason", reason)
        stood: list[str] = []

        def inside(connection: Connection) -> Mapping[str, Any]:
            recorded = find_decision(connection, decision_id).payload
            if recorded is None:
                raise ConflictError(Said("problem.said.override-erased"))
            last = dossier.last_override(connection, decision_id)
            stands = str(recorded["decision"]) if last is None else last.outcome
            if outcome == stands:
                raise ConflictError(Said("problem.said.override-same", outcome=stands))
            stood.append(stands)
            return {
                "version": 1,
                "client_id": recorded["client_id"],
                **by(who),
                "about": decision_id,
                "model": recorded["model"],
                "outcome": outcome,
                "instead_of": stands,
                "reason": words,
            }

        entry = self.journal.record(OVERRIDE, {}, inside=inside).wait()
        return Override(entry.entry_id, entry.link.at, who.name, outcome, stood[-1], words, Spot(entry.link.seq))

    def ask_review(self, client_id: int, reason: str, who: Identity, *, decision_id: str | None = None) -> Review:
        """Ask that a person look at a client.

        Raises
        ------
        UnknownClientError, UnknownDecisionError
            When there is no such client, or decision.
        InputError
            When there is no reason.
        ConflictError
            When a review of this client waits already, or what was recorded of the decision was erased.
        """
        words = _text("review.reason", reason)
        self.service.portfolio.features_of(client_id)

        def inside(connection: Connection) -> None:
            if decision_id is not None and find_decision(connection, decision_id).payload is None:
                raise ConflictError(Said("problem.said.review-erased"))
            if dossier.waiting_review(connection, client_id) is not None:
                raise ConflictError(Said("problem.said.review-waits", client=client_id))

        payload = {"version": 1, "client_id": client_id, **by(who), "about": decision_id, "reason": words}
        entry = self.journal.record(REVIEW_ASKED, payload, inside=inside).wait()
        spot = Spot(entry.link.seq)
        return Review(entry.entry_id, entry.link.at, client_id, decision_id, who.name, words, None, spot)

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
        words = _text("review.closing", reason)
        found_reviews: list[Review] = []

        def inside(connection: Connection) -> Mapping[str, Any]:
            found = dossier.review_named(connection, review_id)
            if found is None:
                raise UnknownReviewError(Said("problem.said.review", review=review_id))
            if found.closing is not None:
                raise ConflictError(Said("problem.said.review-closed", outcome=found.closing.outcome))
            dossier.end_waiting(connection, found)
            found_reviews.append(found)
            return {**payload, "client_id": found.client_id}

        payload = {"version": 1, **by(who), "about": review_id, "outcome": outcome, "reason": words}
        entry = self.journal.record(REVIEW_CLOSED, payload, inside=inside).wait()
        return replace(found_reviews[-1], closing=dossier.Closing(entry.link.at, who.name, outcome, words))

    def reviews(self, *, open_only: bool = True, after: int = 0, limit: int = dossier.A_PAGE) -> tuple[Review, ...]:
        """The reviews asked for behind an entry's number, oldest first, at most `limit`."""
        return dossier.reviews(self.journal.engine, open_only=open_only, after=after, limit=limit)

    def note(self, client_id: int, text: str, who: Identity) -> Note:
        """Write a note about a client.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        InputError
            When it is empty or too long.
        """
        words = _text("note", text)
        self.service.portfolio.features_of(client_id)
        entry = self.journal.record(NOTE, {"version": 1, "client_id": client_id, **by(who), "text": words}).wait()
        return Note(entry.entry_id, entry.link.at, who.name, words, Spot(entry.link.seq))

    def notes_of(self, client_id: int, *, before: Spot | None = None, limit: int = dossier.A_PAGE) -> tuple[Note, ...]:
        """What was written about a client, newest first, at most `limit`."""
        return dossier.notes_of(self.journal.engine, client_id, before=before, limit=limit)

    def history_of(
        self, client_id: int, *, before: Spot | None = None, limit: int = dossier.A_PAGE
    ) -> tuple[Past, ...]:
        """The decisions on a client as they were communicated, with overrides, newest first, at most `limit`."""
        return dossier.history_of(self.journal.engine, client_id, before=before, limit=limit)

    def events_of(self, client_id: int, *, before: Spot | None = None, limit: int = dossier.A_PAGE) -> History:
        """One page of what happened around a client, newest first (see `journal.dossier.events_of`)."""
        return dossier.events_of(self.journal.engine, client_id, before=before, limit=limit)

    def overrides_of(self, decision_id: str) -> tuple[Override, ...]:
        """What officers said last in place of a decision, oldest first."""
        return dossier.overrides_of(self.journal.engine, decision_id)


def by(who: Identity) -> dict[str, str]:
    """Who asks, as payloads say it."""
    return {"asked_by": who.name, "role": who.role}


def _text(what: str, given: str) -> str:
    words = given.strip()
    if not words or len(words) > MOST_TEXT:
        raise InputError(
            Said("problem.said.length", what=Said(f"problem.what.{what}"), most=MOST_TEXT, found=len(words))
        )
    return words


def _one_of(what: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise InputError(
            Said("problem.said.among", what=Said(f"problem.what.{what}"), known=", ".join(known), found=shown(given))
        )
