"""The routes of receipts: a decision's own, and the page that checks one without a network."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from scoring.api.decisions import DecisionId
from scoring.api.kinds import problems
from scoring.receipts import Receipt, page_html, written
from scoring.recording import Recorder

_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": Receipt, "description": "The receipt, as a file to keep"},
    **problems("unknown-decision", "erased", "journal"),
}


def make_receipts_router(recorder: Recorder) -> APIRouter:
    """The routes over one journal."""
    router = APIRouter()

    @router.get("/api/decisions/{decision_id}/receipt", tags=["journal"], responses=_RESPONSES, response_class=Response)
    def receipt(decision_id: DecisionId) -> Response:
        """Give a decision's receipt: values, cells, contributions, digest, and the journal's entry."""
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
        return HTMLResponse(page_html(), headers={"Cache-Control": "public, max-age=3600"})

    return router
