"""The routes of ``/api`` and ``/health``."""

import asyncio
from concurrent.futures import Future
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
from scoring.journal import Journal, Made, Recorded, circumstances, payload_of, wait
from scoring.language.preference import preferred
from scoring.service import Assessment, Service

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


def make_router(service: Service, journal: Journal) -> APIRouter:
    """The routes over one service; no decision is answered that the journal did not take."""
    router = APIRouter()

    def recording(assessment: Assessment, source: str, purpose: str) -> "Future[Recorded]":
        made = Made(assessment.facts, assessment.decision, assessment.explanation)
        around = circumstances(source=source, client_id=assessment.client_id, purpose=purpose)
        payload = payload_of(service.model, made, around)
        return journal.decision(payload, client_id=assessment.client_id, model=service.model)

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
        client_id: int, lang: AskedLanguage, response: Response, purpose: Purpose = ""
    ) -> PredictAnswer:
        """Predict, decide, record and explain for a client of the portfolio."""
        response.headers["Cache-Control"] = "no-store"
        assessment = service.assess(client_id)
        recorded = await asyncio.wrap_future(recording(assessment, "portfolio", purpose))
        return PredictAnswer.of(service, assessment, recorded.decision_id, lang)

    @router.post("/api/predict", tags=["decision"], responses=PROBLEMS | UNKNOWN | UNAVAILABLE)
    def predict(body: PredictRequest, lang: AskedLanguage, response: Response, purpose: Purpose = "") -> PredictAnswer:
        """Predict, decide, record and explain for a known client, or for a raw application."""
        response.headers["Cache-Control"] = "no-store"
        source = "application"
        if isinstance(body, KnownClient):
            assessment, source = service.assess(body.client_id), "portfolio"
        elif isinstance(body, ApplicationRow):
            assessment = service.assess_application(body.root, {})
        else:
            assessment = service.assess_application(body.application, body.history)
        recorded = wait(recording(assessment, source, purpose))
        return PredictAnswer.of(service, assessment, recorded.decision_id, lang)

    return router
