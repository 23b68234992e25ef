"""The routes that decide on one client: recorded first, then answered, with the reasons."""

from typing import Any

from fastapi import APIRouter, Request, Response

from scoring.api.answers import PredictAnswer
from scoring.api.head_requests import headers_alone, is_head
from scoring.api.problem_types import problems
from scoring.api.problems import problem
from scoring.api.query_parameters import Asked, ClientId, asked_of, key_of, language_of, parameters_of
from scoring.api.quick import SOURCE
from scoring.api.request_validation import DocumentedRoute
from scoring.api.requests import ApplicationRow, KnownClient, PredictRequest
from scoring.api.serializers import answered, headers_of
from scoring.audit.audited_decisions import Recorder
from scoring.audit.idempotency import decide_once
from scoring.audit.record import fingerprint
from scoring.explain.counterfactuals import changes_as_dict
from scoring.i18n import text
from scoring.server.identity import of_scope
from scoring.service import Assessment, Service


def make_predict_router(service: Service, recorder: Recorder) -> APIRouter:
    """The routes over one service; no decision is answered that the journal did not take."""
    router = APIRouter(tags=["decision"], route_class=DocumentedRoute)

    @router.get("/api/predict", responses=problems("client-missing"), response_class=Response, status_code=422)
    async def predict_whom(request: Request) -> Response:
        """Tell the right call: this address lacks a client's number."""
        example = next(iter(service.portfolio.examples().values()))
        said = text(language_of(request), "problem.said.client-missing", client=example)
        return problem(request, "client-missing", said)

    @router.get(
        "/api/predict/{client_id}",
        responses=problems("unknown-client", "journal"),
        response_model=PredictAnswer,
        openapi_extra=parameters_of(Asked, keyed=False),
    )
    async def predict_known(client_id: ClientId, request: Request) -> Response:
        """Predict, decide, record and explain for a client of the portfolio."""
        asked, lang = asked_of(request, Asked), language_of(request)
        if is_head(request):
            service.portfolio.place_of(client_id)
            return headers_alone("application/json", headers_of(lang))
        who = of_scope(request.scope)
        decided = await recorder.decide_known_async(client_id, who=who, source=SOURCE, purpose=asked.purpose)
        return answered(decided, lang, synthetic=service.synthetic, contributions=asked.contributions)

    @router.post(
        "/api/predict",
        responses=problems("unknown-client", "bad-input", "wrong-type", "key-reused", "erased", "journal"),
        response_model=PredictAnswer,
        openapi_extra=parameters_of(Asked),
    )
    def predict(body: PredictRequest, request: Request) -> Response:
        """Predict, decide, record and explain.

        For a known client (`client_id`), for a known client whose request is another one (`changes` too), or for a raw
        application with the rows of its history tables (`application`, `history`; or the application's row alone).
        """
        asked = asked_of(request, Asked)
        who, purpose = of_scope(request.scope), asked.purpose
        assessment, inputs, changes = _assessed(body)
        said = {"body": body.model_dump(), "purpose": purpose}
        key = key_of(request, said)
        given: dict[str, Any] = {"who": who, "source": SOURCE, "purpose": purpose, "inputs": inputs, "changes": changes}
        if key is None:
            decided = recorder.decide(assessment, **given)
        else:
            decided = decide_once(recorder, key, assessment, **given)
        return answered(decided, language_of(request), synthetic=service.synthetic, contributions=asked.contributions)

    def _assessed(body: PredictRequest) -> tuple[Assessment, str, dict[str, float | None]]:
        """The assessment, the fingerprint of what it was made from (empty: the portfolio's file), and the changes."""
        if isinstance(body, KnownClient):
            assessment, changes = service.assess(body.client_id), body.changes.changes()
            if not changes:
                return assessment, "", {}
            simulated = service.simulate(assessment, changes).assessment
            return simulated, fingerprint(body.model_dump()), changes_as_dict(changes)
        application, history = (body.root, {}) if isinstance(body, ApplicationRow) else (body.application, body.history)
        inputs = fingerprint({"application": application, "history": history})
        return service.assess_application(application, history), inputs, {}

    return router
