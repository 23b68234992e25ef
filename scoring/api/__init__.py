"""The JSON API: thin routes over `scoring.service`, problems as RFC 9457, documentation that works without internet."""

from fastapi import FastAPI

from scoring.api.batch import make_batch_router
from scoring.api.clients import make_clients_router
from scoring.api.letters import make_letters_router
from scoring.api.model import make_model_router
from scoring.api.offers import make_offers_router
from scoring.api.operation import make_operation_router
from scoring.api.peers import make_peers_router
from scoring.api.predict import KnownClientShortcut, make_known_client_route, make_predict_router
from scoring.api.problem_pages import make_problem_pages_router
from scoring.api.problems import add_problems
from scoring.api.receipts import make_decisions_router, make_receipts_router
from scoring.api.request_validation import DirectRoute
from scoring.api.schema import add_documentation, add_schema, name_of
from scoring.audit.audited_decisions import Recorder
from scoring.audit.letters import Sender, read_sender
from scoring.service import Service

__all__ = ["KnownClientShortcut", "add_api"]


def add_api(app: FastAPI, service: Service, recorder: Recorder, sender: Sender | None = None) -> DirectRoute:
    """Add the API's routes, problem answers and documentation to an app; decisions go through the recorder.

    Returns the route of the decision on a known client, for a `KnownClientShortcut`.

    Parameters
    ----------
    sender : the lender as its letters speak of it
    """
    add_problems(app)
    known_client = make_known_client_route(service, recorder)
    app.router.routes.append(known_client)
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
    return known_client
