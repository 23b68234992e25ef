"""The routes of ``/api`` and ``/health``."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response

from scoring.api.answers import (
    ApplicationRow,
    Health,
    KnownClient,
    Lang,
    PredictAnswer,
    PredictRequest,
    Problem,
)
from scoring.api.decisions import UNAVAILABLE
from scoring.api.who import Who
from scoring.language.preference import preferred
from scoring.recording import Recorder
from scoring.service import Service

PROBLEMS: dict[int | str, dict[str, Any]] = {
    422: {
        "model": Problem,
        "description": "The request is not as documented",
        "content": {"application/problem+json": {}},
    },
}
UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such client", "content": {"application/problem+json": {}}},
}


def asked_language(
    lang: Annotated[Lang | None, Query(description="language of the texts")] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> str:
    """The language of the texts: asked for in the address, else preferred by the caller, else French."""
    return lang or preferred(accept_language or "")


AskedLanguage = Annotated[str, Depends(asked_language)]


Purpose = Annotated[
    str, Query(max_length=200, description="what the decision is for; recorded with it, and erased with it")
]


def make_router(service: Service, recorder: Recorder) -> APIRouter:
    """The routes over one service; no decision is answered that the journal did not take."""
    router = APIRouter()

    @router.get("/health", tags=["operation"])
    async def health() -> Health:
        """Tell that the service answers."""
        return Health(
            model_version=service.model.model_version,
            clients=len(service.portfolio),
            synthetic=service.synthetic,
        )

    @router.get("/api/predict/{client_id}", tags=["decision"], responses=PROBLEMS | UNKNOWN | UNAVAILABLE)
    async def predict_known(
        client_id: int, lang: AskedLanguage, who: Who, response: Response, purpose: Purpose = ""
    ) -> PredictAnswer:
        """Predict, decide, record and explain for a client of the portfolio."""
        response.headers["Cache-Control"] = "no-store"
        decided = await recorder.decide_known_async(client_id, who=who, source="api", purpose=purpose)
        return PredictAnswer.of(service, decided.assessment, decided.decision_id, lang)

    @router.post("/api/predict", tags=["decision"], responses=PROBLEMS | UNKNOWN | UNAVAILABLE)
    def predict(
        body: PredictRequest, lang: AskedLanguage, who: Who, response: Response, purpose: Purpose = ""
    ) -> PredictAnswer:
        """Predict, decide, record and explain for a known client, or for a raw application."""
        response.headers["Cache-Control"] = "no-store"
        if isinstance(body, KnownClient):
            decided = recorder.decide_known(body.client_id, who=who, source="api", purpose=purpose)
        else:
            application, history = (
                (body.root, {}) if isinstance(body, ApplicationRow) else (body.application, body.history)
            )
            decided = recorder.decide_application(application, history, who=who, source="api", purpose=purpose)
        return PredictAnswer.of(service, decided.assessment, decided.decision_id, lang)

    return router
