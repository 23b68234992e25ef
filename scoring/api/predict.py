"""The routes that decide on one client: recorded first, then answered, with the reasons."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from scoring.api.answers import DecisionResponse, PredictAnswer, decision_headers
from scoring.api.head_requests import headers_alone, is_head
from scoring.api.problem_types import problems
from scoring.api.problems import problem
from scoring.api.query_parameters import Asked, ClientId, asked_of, key_of, language_of, parameters_of
from scoring.api.request_validation import DirectRoute, DocumentedRoute
from scoring.api.requests import ApplicationRow, KnownClient, PredictRequest
from scoring.api.schema import name_of
from scoring.audit.audited_decisions import Recorder
from scoring.audit.record import fingerprint
from scoring.explain.counterfactuals import changes_as_dict
from scoring.i18n import text
from scoring.server.identity import of_scope
from scoring.service import Assessment, Service

PATH: Final = "/api/predict/"
_SOURCE: Final = "api"


def make_predict_router(service: Service, recorder: Recorder) -> APIRouter:
    """The routes over one service; no decision is answered that the journal did not take."""
    router = APIRouter(tags=["decision"], route_class=DocumentedRoute)

    @router.get("/api/predict", responses=problems("client-missing"), response_class=Response, status_code=422)
    async def predict_whom(request: Request) -> Response:
        """Tell the right call: this address lacks a client's number."""
        example = next(iter(service.portfolio.examples().values()))
        detail = text(language_of(request), "problem.said.client-missing", client=example)
        return problem(request, "client-missing", detail)

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
        query = asked_of(request, Asked)
        assessment, inputs, changes = _assessed(body)
        decided = recorder.decide(
            assessment,
            who=of_scope(request.scope),
            source=_SOURCE,
            purpose=query.purpose,
            inputs=inputs,
            changes=changes,
            key=key_of(request, {"body": body.model_dump(), "purpose": query.purpose}),
        )
        return DecisionResponse(
            decided, request, language_of(request), synthetic=service.synthetic, contributions=query.contributions
        )

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


def make_known_client_route(service: Service, recorder: Recorder) -> DirectRoute:
    """The decision on a client of the portfolio."""

    async def predict_known(client_id: ClientId, request: Request) -> Response:
        """Predict, decide, record and explain for a client of the portfolio."""
        query, lang = asked_of(request, Asked), language_of(request)
        if is_head(request):
            service.portfolio.place_of(client_id)
            return headers_alone("application/json", decision_headers(lang))
        who = of_scope(request.scope)
        decided = await recorder.decide_known_async(client_id, who=who, source=_SOURCE, purpose=query.purpose)
        return DecisionResponse(decided, request, lang, synthetic=service.synthetic, contributions=query.contributions)

    return DirectRoute(
        PATH + "{client_id}",
        predict_known,
        tags=["decision"],
        methods=["GET"],
        responses=problems("unknown-client", "journal"),
        response_model=PredictAnswer,
        openapi_extra=parameters_of(Asked, keyed=False),
        generate_unique_id_function=name_of,
    )


class KnownClientShortcut:
    """ASGI middleware that hands GET on a client's decision to its route, before compression, pages and routing.

    Those would cost as much as the decision. The route itself is the application's, and answers the same either way.

    Parameters
    ----------
    route : the route of `make_known_client_route`
    handlers : the application's exception handlers
    """

    def __init__(self, app: ASGIApp, *, route: DirectRoute, handlers: Mapping[Any, Any]) -> None:
        self._app, self._route = app, route
        self._answer = ExceptionMiddleware(route.app, handlers=handlers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["method"] == "GET":
            path: str = scope["path"]
            number = path.removeprefix(PATH)
            if number and len(number) < len(path) and "/" not in number:
                scope["route"], scope["path_params"] = self._route, {"client_id": number}
                await self._answer(scope, receive, send)
                return
        await self._app(scope, receive, send)
