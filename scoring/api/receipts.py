"""The routes of receipts: a decision's own, and the page that checks one without a network."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from scoring.api.caller import Who
from scoring.api.decisions import DecisionId, readable
from scoring.api.problem_types import problems
from scoring.api.request_validation import DocumentedRoute
from scoring.audit.audited_decisions import Recorder
from scoring.audit.receipts import Receipt, page_html, written
from scoring.server.middleware.content_policy import own_policy

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
