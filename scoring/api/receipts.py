"""The routes of receipts: a decision's own, and the page that checks one without a network."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse

from scoring.api.answers import DecisionRecord, ReplayAnswer
from scoring.api.problem_types import problems
from scoring.api.query_parameters import PAGE, Who
from scoring.api.request_validation import DocumentedRoute
from scoring.audit.audited_decisions import Recorder
from scoring.audit.reader import Record, no_such_decision
from scoring.audit.receipts import Receipt, page_html, written
from scoring.audit.store.entries import DECISION_ID
from scoring.server.access.policy import may_read
from scoring.server.identity import Identity
from scoring.server.middleware.headers import own_policy

# The routes over the journal: a decision's record, and the decision made again.

DecisionId = Annotated[
    str, Path(pattern=DECISION_ID, description="as an answer gave it; of a batch, the batch's with a number in it")
]


def readable(recorder: Recorder, decision_id: str, who: Identity) -> Record:
    """A decision that somebody may read, and that they do: what they asked for, or any for a validator or an owner.

    Raises
    ------
    UnknownDecisionError
        For anyone else, as if there were none.
    """
    found = recorder.read(decision_id)
    if found.payload is not None and not may_read(who.role, who.name, found.payload["asked_by"]):
        raise no_such_decision(decision_id)
    recorder.consult_record(found, who, page=PAGE)
    return found


def make_decisions_router(recorder: Recorder) -> APIRouter:
    """The routes over one journal."""
    router = APIRouter(route_class=DocumentedRoute)

    @router.get("/api/decisions/{decision_id}", tags=["journal"], responses=problems("unknown-decision", "journal"))
    def decision(decision_id: DecisionId, who: Who, response: Response) -> DecisionRecord:
        """Give what was recorded of a decision, to whoever asked for it, a validator or an owner."""
        response.headers["Cache-Control"] = "no-store"
        found = readable(recorder, decision_id, who)
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

    @router.get(
        "/api/decisions/{decision_id}/replay",
        tags=["journal"],
        responses=problems("unknown-decision", "erased", "journal"),
    )
    def replay(decision_id: DecisionId, who: Who, response: Response) -> ReplayAnswer:
        """Make a decision again from its record and the model that made it."""
        response.headers["Cache-Control"] = "no-store"
        readable(recorder, decision_id, who)
        made = recorder.replay(decision_id)
        return ReplayAnswer(decision_id=decision_id, same=made.same, recorded=made.recorded, again=made.again)

    return router


_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": Receipt, "description": "The receipt, as a file to keep"},
    **problems("unknown-decision", "erased", "journal"),
}


def make_receipts_router(recorder: Recorder) -> APIRouter:
    """The routes over one journal."""
    router = APIRouter(route_class=DocumentedRoute)

    @router.get("/api/decisions/{decision_id}/receipt", tags=["journal"], responses=_RESPONSES, response_class=Response)
    def receipt(decision_id: DecisionId, who: Who) -> Response:
        """Give a decision's receipt: values, cells, contributions, digest, and the journal's entry."""
        readable(recorder, decision_id, who)
        return Response(
            written(recorder.receipt(decision_id)),
            media_type="application/json",
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": f'attachment; filename="receipt-{decision_id}.json"',
            },
        )

    @router.get("/receipt", include_in_schema=False)
    async def page() -> HTMLResponse:
        html = page_html()
        policy = own_policy(html)
        return HTMLResponse(html, headers={"Cache-Control": "public, max-age=3600", "Content-Security-Policy": policy})

    return router
