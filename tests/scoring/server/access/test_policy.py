"""Every route that the API documents is named in the policy: a new one is nobody's but an owner's until it is."""

import re

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.factory import build_app
from scoring.server.access.policy import API, EVERYONE, OWNER, Policy, within
from scoring.service import Service
from tests.running import run

CLOSED = Policy(synthetic=False, open=False)
FOR_EVERYONE = {"/", "/favicon.ico", "/health", "/ready", "/receipt", "/problems", "/problems/x", "/static/x"}


@pytest.fixture(scope="module")
def documented(demo: Service, journal: Journal) -> set[str]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, Recorder(demo, journal))
    return set(app.openapi()["paths"])


def test_every_documented_route_is_somebodys(documented: set[str]) -> None:
    below = {path for path in documented if within(path, "/api")}
    assert below
    assert {path for path in below if not any(within(path, start) for start, _ in API)} == set()


@pytest.fixture(scope="module")
def everything(demo: Service, journal: Journal) -> set[str]:
    """An address of each route there is, Gradio's own among them."""

    async def built() -> FastAPI:  # in a loop, for Gradio makes and leaves one where none runs
        return build_app(demo, Recorder(demo, journal))

    paths = {path.replace("{lang}", "fr") for path in _paths(run(built()).routes, "")}
    assert "/fr/gradio_api/upload" in paths
    return {re.sub(r"\{[^}]+\}", "x", path) for path in paths}


def test_nothing_is_everyones_by_accident(everything: set[str]) -> None:
    assert {path for path in everything if CLOSED.need(path) == EVERYONE} == FOR_EVERYONE


def test_no_route_is_forgotten(everything: set[str]) -> None:
    """What the policy does not name is an owner's alone; nothing we serve is meant so."""
    assert {path for path in everything if CLOSED.need(path) == OWNER} == set()


def _paths(routes: list[BaseRoute], start: str) -> list[str]:
    found = []
    for route in routes:
        path = start + str(getattr(route, "path_format", getattr(route, "path", "")))
        inside = getattr(route, "app", getattr(route, "original_router", None))
        below = getattr(inside, "routes", None)
        found += [path] if below is None else _paths(below, start + str(getattr(route, "path", "")))
    return [path for path in found if path]
