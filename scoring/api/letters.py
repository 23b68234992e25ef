"""The route of letters: a decision told to the client, as a PDF or as text; recorded before it is given."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from scoring.api.head_requests import headers_alone, is_head
from scoring.api.problem_types import problems
from scoring.api.query_parameters import AskedLanguage, ClientId, Purpose, Who
from scoring.api.request_validation import DocumentedRoute
from scoring.audit.audited_decisions import Recorder
from scoring.audit.letters import Sender, letter_of, pdf_of, text_of
from scoring.explain.counterfactuals import Changes, changes_as_dict
from scoring.explain.counterfactuals.request import MOST, MOST_PAYMENTS, OTHER_DOCUMENTS
from scoring.i18n import text
from scoring.service import Service

SOURCE = "letter"
Format = Literal["pdf", "txt"]
_TYPES = {"pdf": "application/pdf", "txt": "text/plain; charset=utf-8"}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The letter, as a file to keep; the decision's id is in the header X-Decision-Id",
        "content": {
            "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    },
    **problems("unknown-client", "bad-request", "bad-input", "journal"),
}


def make_letters_router(service: Service, recorder: Recorder, sender: Sender) -> APIRouter:
    """The routes over one service; no letter is given of a decision that the journal did not take."""
    router = APIRouter(tags=["decision"], route_class=DocumentedRoute)

    @router.get("/api/clients/{client_id}/letter", responses=_RESPONSES, response_class=Response)
    def letter(
        request: Request,
        client_id: ClientId,
        lang: AskedLanguage,
        who: Who,
        format: Annotated[Format, Query(description="a PDF for the archive, or plain text")] = "pdf",
        amount: Annotated[float | None, Query(ge=1.0, le=MOST, description="another amount, agreed with them")] = None,
        payments: Annotated[
            float | None, Query(ge=1.0, le=MOST_PAYMENTS, multiple_of=1.0, description="another number")
        ] = None,
        down_payment: Annotated[float | None, Query(ge=0.0, le=MOST, description="a down payment")] = None,
        document_3: bool | None = None,
        document_6: bool | None = None,
        document_8: bool | None = None,
        other_documents: Annotated[int | None, Query(ge=0, le=OTHER_DOCUMENTS)] = None,
        purpose: Purpose = "",
    ) -> Response:
        """Decide on a client, record the decision, and give the letter that tells it."""
        changes = Changes(amount, payments, down_payment, document_3, document_6, document_8, other_documents)
        assessment, requested = service.assess(client_id), None
        if changes:
            simulation = service.simulate(assessment, changes)
            assessment, requested = simulation.assessment, simulation.now
        file = f'attachment; filename="{text(lang, "letter.file", client=client_id, ending=format)}"'
        headers = {"Cache-Control": "no-store", "Content-Language": lang, "Content-Disposition": file}
        if is_head(request):
            return headers_alone(_TYPES[format], headers)
        decided = recorder.decide(
            assessment, who=who, source=SOURCE, purpose=purpose, changes=changes_as_dict(changes) or None
        )
        written = letter_of(decided, sender, lang, synthetic=service.synthetic, requested=requested)
        return Response(
            pdf_of(written) if format == "pdf" else text_of(written),
            media_type=_TYPES[format],
            headers={**headers, "X-Decision-Id": decided.decision_id},
        )

    return router
