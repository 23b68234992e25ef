"""The JSON API: thin routes over `scoring.service`, problems as RFC 9457, documentation that works without internet."""

from fastapi import FastAPI

from scoring.api.decisions import make_decisions_router
from scoring.api.documentation import add_documentation
from scoring.api.problems import add_problems
from scoring.api.routes import make_router
from scoring.journal import Journal
from scoring.service import Service

__all__ = ["add_api"]


def add_api(app: FastAPI, service: Service, journal: Journal) -> None:
    """Add the API's routes, problem answers and documentation to an app; decisions are recorded in the journal."""
    add_problems(app)
    app.include_router(make_router(service, journal))
    app.include_router(make_decisions_router(service, journal))
    add_documentation(app)
