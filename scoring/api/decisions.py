"""The routes over the journal: a decision's record, the decision made again, and whether the journal answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from scoring.api.answers import DecisionRecord, Problem, Readiness, ReplayAnswer
from scoring.journal.identifiers import DECISION_ID
from scoring.recording import Recorder
from scoring.service import Service

_PROBLEM: dict[str, Any] = {"model": Problem, "content": {"application/problem+json": {}}}
UNAVAILABLE: dict[int | str, dict[str, Any]] = {503: {**_PROBLEM, "description": "The journal does not answer"}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    **UNAVAILABLE,
    404: {**_PROBLEM, "description": "No such decision"},
    422: {**_PROBLEM, "description": "The request is not as documented"},
}


DecisionId = Annotated[
    str, Path(pattern=DECISION_ID, description="as an answer gave it; of a batch, the batch's with a number in it")
]


def make_decisions_router(service: Service, recorder: Recorder) -> APIRouter:
    """The routes over one journal."""
    router = APIRouter()

    @router.get("/ready", tags=["operation"], responses=UNAVAILABLE)
    def ready() -> Readiness:
        """Tell that decisions can be made and recorded."""
        len(service.portfolio)
        recorder.journal.check()
        return Readiness(
            model_version=service.model.model_version, journal_head=str(recorder.head), journal_durable=recorder.durable
        )

    @router.get("/api/decisions/{decision_id}", tags=["journal"], responses=_RESPONSES)
    def decision(decision_id: DecisionId, response: Response) -> DecisionRecord:
        """Give what was recorded of a decision."""
        response.headers["Cache-Control"] = "no-store"
        found = recorder.read(decision_id)
        return DecisionRecord(
            decision_id=found.decision_id,
            seq=found.link.seq,
            at=found.link.at,
            commitment=found.link.commitment,
            previous=found.link.previous,
            digest=found.digest,
            erased=found.payload is None,
            record=found.payload,
        )

    @router.get("/api/decisions/{decision_id}/replay", tags=["journal"], responses=_RESPONSES)
    def replay(decision_id: DecisionId, response: Response) -> ReplayAnswer:
        """Make a decision again from its record and the model that made it."""
        response.headers["Cache-Control"] = "no-store"
        made = recorder.replay(decision_id)
        return ReplayAnswer(decision_id=decision_id, same=made.same, recorded=made.recorded, again=made.again)

    return router
