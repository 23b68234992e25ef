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
from scoring.language.preference import preferred
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


def make_router(service: Service) -> APIRouter:
    """The routes over one service."""
    router = APIRouter()

    @router.get("/health", tags=["operation"])
    async def health() -> Health:
        """Tell that the service answers."""
        return Health(
            model_version=service.model.model_version,
            clients=len(service.portfolio),
            synthetic=service.synthetic,
        )

    @router.get("/api/predict/{client_id}", tags=["decision"], responses=PROBLEMS | UNKNOWN)
    async def predict_known(client_id: int, lang: AskedLanguage, response: Response) -> PredictAnswer:
        """Predict, decide and explain for a client of the portfolio."""
        response.headers["Cache-Control"] = "no-store"
        return PredictAnswer.of(service, service.assess(client_id), lang)

    @router.post("/api/predict", tags=["decision"], responses=PROBLEMS | UNKNOWN)
    def predict(body: PredictRequest, lang: AskedLanguage, response: Response) -> PredictAnswer:
        """Predict, decide and explain for a known client, or for a raw application."""
        response.headers["Cache-Control"] = "no-store"
        if isinstance(body, KnownClient):
            assessment = service.assess(body.client_id)
        elif isinstance(body, ApplicationRow):
            assessment = service.assess_application(body.root, {})
        else:
            assessment = service.assess_application(body.application, body.history)
        return PredictAnswer.of(service, assessment, lang)

    return router
