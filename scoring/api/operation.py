"""The routes by which whoever runs the service sees that it is alive, and that it can decide."""

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response

from scoring.api.answers import Health, Readiness
from scoring.api.problem_types import problems
from scoring.api.request_validation import DocumentedRoute
from scoring.audit.audited_decisions import Recorder
from scoring.server.model_reload import STALE
from scoring.service import Service


def make_operation_router(service: Service, recorder: Recorder) -> APIRouter:
    """The routes over one service and its journal."""
    router = APIRouter(tags=["operation"], route_class=DocumentedRoute)

    @router.get("/health", responses=problems())
    async def health(response: Response) -> Health:
        """Tell that the service answers."""
        response.headers["Cache-Control"] = "no-store"
        return Health(
            model_version=service.model.model_version,
            clients=len(service.portfolio),
            synthetic=service.synthetic,
        )

    @router.get("/ready", responses=problems("journal"))
    async def ready(request: Request, response: Response) -> Readiness:
        """Tell that decisions can be made and recorded: the journal's writer was asked."""
        response.headers["Cache-Control"] = "no-store"
        len(service.portfolio)
        await run_sync(recorder.journal.check)
        await recorder.journal.check_writer()
        return Readiness(
            model_version=service.model.model_version,
            artefacts="refused" if request.scope.get(STALE) else "as served",
            journal_head=str(recorder.head),
            journal_durable=recorder.durable,
        )

    return router
