"""The JSON API: thin routes over `scoring.service`, problems as RFC 9457, documentation that works without internet."""

from fastapi import FastAPI

from scoring.api.documentation import add_documentation
from scoring.api.problems import add_problems
from scoring.api.routes import make_router
from scoring.service import Service

__all__ = ["add_api"]


def add_api(app: FastAPI, service: Service) -> None:
    """Add the API's routes, problem answers and documentation to an app."""
    add_problems(app)
    app.include_router(make_router(service))
    add_documentation(app)
