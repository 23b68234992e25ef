"""The routes that decide on one client: recorded first, then answered, with the reasons."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from scoring.access.identity import of_scope
from scoring.api.answering import answered
from scoring.api.answers import PredictAnswer
from scoring.api.asked import AskedLanguage, Purpose, language_of
from scoring.api.kinds import problems
from scoring.api.problems import problem
from scoring.api.requests import ApplicationRow, KnownClient, PredictRequest
from scoring.api.who import Who
from scoring.journal import fingerprint
from scoring.language import text
from scoring.offers import changes_as_dict
from scoring.recording import Decided, Recorder
from scoring.service import Service

SOURCE = "api"
Contributions = Annotated[
    bool, Query(description="give every term's part too: with the constant they add up to the score")
]


def make_predict_router(service: Service, recorder: Recorder) -> APIRouter:
    """The routes over one service; no decision is answered that the journal did not take."""
    router = APIRouter(tags=["decision"])

    @router.get("/api/predict", responses=problems("client-missing"), response_class=Response, status_code=422)
    async def predict_whom(request: Request) -> Response:
        """Tell the right call: this address lacks a client's number."""
        example = next(iter(service.portfolio.examples().values()))
        said = text(language_of(request), "problem.said.client-missing", client=example)
        return problem(request, "client-missing", said)

    @router.get(
        "/api/predict/{client_id}", responses=problems("unknown-client", "journal"), response_model=PredictAnswer
    )
    async def predict_known(
        client_id: int,
        request: Request,
        lang: AskedLanguage,
        purpose: Purpose = "",
        contributions: Contributions = False,
    ) -> Response:
        """Predict, decide, record and explain for a client of the portfolio."""
        who = of_scope(request.scope)
        decided = await recorder.decide_known_async(client_id, who=who, source=SOURCE, purpose=purpose)
        return answered(decided, lang, synthetic=service.synthetic, contributions=contributions)

    @router.post(
        "/api/predict", responses=problems("unknown-client", "bad-input", "journal"), response_model=PredictAnswer
    )
    def predict(
        body: PredictRequest,
        who: Who,
        lang: AskedLanguage,
        purpose: Purpose = "",
        contributions: Contributions = False,
    ) -> Response:
        """Predict, decide, record and explain.

        For a known client (`client_id`), for a known client whose request is another one (`changes` too), or for a raw
        application with the rows of its history tables (`application`, `history`; or the application's row alone).
        """
        decided = _decide(body, who, purpose)
        return answered(decided, lang, synthetic=service.synthetic, contributions=contributions)

    def _decide(body: PredictRequest, who: Who, purpose: str) -> Decided:
        if isinstance(body, KnownClient):
            changes = body.changes.changes()
            if not changes:
                return recorder.decide_known(body.client_id, who=who, source=SOURCE, purpose=purpose)
            simulation = service.simulate(service.assess(body.client_id), changes)
            return recorder.decide(
                simulation.assessment,
                who=who,
                source=SOURCE,
                purpose=purpose,
                inputs=fingerprint(body.model_dump()),
                changes=changes_as_dict(changes),
            )
        application, history = (body.root, {}) if isinstance(body, ApplicationRow) else (body.application, body.history)
        return recorder.decide_application(application, history, who=who, source=SOURCE, purpose=purpose)

    return router
