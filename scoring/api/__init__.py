"""The JSON API: thin routes over `scoring.service`, problems as RFC 9457, documentation that works without internet."""

from fastapi import FastAPI

from scoring.api.batch import make_batch_router
from scoring.api.clients import make_clients_router
from scoring.api.documentation import add_documentation
from scoring.api.letters import make_letters_router
from scoring.api.model import make_model_router
from scoring.api.offers import make_offers_router
from scoring.api.operation import make_operation_router
from scoring.api.peers import make_peers_router
from scoring.api.predict import make_predict_router
from scoring.api.problem_pages import make_problem_pages_router
from scoring.api.problems import add_problems
from scoring.api.receipts import make_decisions_router, make_receipts_router
from scoring.api.schema import add_schema, name_of
from scoring.audit.audited_decisions import Recorder
from scoring.audit.letters import Sender, read_sender
from scoring.service import Service

__all__ = ["add_api"]


def add_api(app: FastAPI, service: Service, recorder: Recorder, sender: Sender | None = None) -> None:
    """Add the API's routes, problem answers and documentation to an app; decisions go through the recorder.

    Parameters
    ----------
    sender : the lender as its letters speak of it
    """
    add_problems(app)
    for router in (
        make_operation_router(service, recorder),
        make_predict_router(service, recorder),
        make_batch_router(service, recorder),
        make_clients_router(service, recorder),
        make_model_router(service),
        make_decisions_router(recorder),
        make_offers_router(service, recorder),
        make_letters_router(service, recorder, sender or read_sender()),
        make_peers_router(service, recorder),
        make_receipts_router(recorder),
        make_problem_pages_router(),
    ):
        app.include_router(router, generate_unique_id_function=name_of)
    add_schema(app)
    add_documentation(app)
