"""The routes over the journal: a decision's record, the decision made again, and whether the journal answers."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import UUID4

from scoring.api.answers import DecisionRecord, Problem, Readiness, ReplayAnswer
from scoring.journal import Journal
from scoring.service import Service

_PROBLEM: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}
UNAVAILABLE: dict[int | str, dict[str, Any]] = {503: {**_PROBLEM, "description": "The journal does not answer"}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    **UNAVAILABLE,
    404: {**_PROBLEM, "description": "No such decision"},
    422: {**_PROBLEM, "description": "The request is not as documented"},
}


def make_decisions_router(service: Service, journal: Journal) -> APIRouter:
    """The routes over one journal."""
    router = APIRouter()

    @router.get("/ready", tags=["operation"], responses=UNAVAILABLE)
    def ready() -> Readiness:
        """Tell that decisions can be made and recorded."""
        len(service.portfolio)
        journal.check()
        return Readiness(model_version=service.model.model_version, journal_head=str(journal.head))

    @router.get("/api/decisions/{decision_id}", tags=["journal"], responses=_RESPONSES)
    def decision(decision_id: UUID4, response: Response) -> DecisionRecord:
        """Give what was recorded of a decision."""
        response.headers["Cache-Control"] = "no-store"
        found = journal.read(str(decision_id))
        return DecisionRecord(
            decision_id=found.link.decision_id,
            seq=found.link.seq,
            at=found.link.at,
            commitment=found.link.commitment,
            previous=found.link.previous,
            digest=found.digest,
            erased=found.payload is None,
            record=found.payload,
        )

    @router.get("/api/decisions/{decision_id}/replay", tags=["journal"], responses=_RESPONSES)
    def replay(decision_id: UUID4, response: Response) -> ReplayAnswer:
        """Make a decision again from its record and the model that made it."""
        response.headers["Cache-Control"] = "no-store"
        made = journal.replay(str(decision_id))
        return ReplayAnswer(decision_id=str(decision_id), same=made.same, recorded=made.recorded, again=made.again)

    return router
