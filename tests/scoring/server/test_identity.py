"""An identity reaches routes and pages as the door left it; without a door everyone is unknown."""

from collections.abc import Iterator

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from scoring.api.query_parameters import Who
from scoring.server.identity import ANONYMOUS, SCOPE_KEY, Identity, of_scope
from scoring.web.page import identity_of
from tests.running import run

OFFICER = Identity("c.martin", "officer")


class Door:
    """Lets everyone in as one person."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[SCOPE_KEY] = OFFICER
        await self.app(scope, receive, send)


async def made(*, door: bool) -> FastAPI:
    app = FastAPI()

    @app.get("/who")
    async def route(who: Who) -> str:
        return f"{who.name}/{who.role}"

    def say(request: gr.Request) -> str:
        who = identity_of(request)
        return f"{who.name}/{who.role}"

    with gr.Blocks(analytics_enabled=False) as page:
        box, quick, queued = gr.Textbox(), gr.Button(), gr.Button()
        quick.click(say, None, box, queue=False)
        queued.click(say, None, box)
    mounted = gr.mount_gradio_app(app, page, path="/page", ssr_mode=False)
    if door:
        mounted.add_middleware(Door)
    return mounted


@pytest.fixture(scope="module", params=[True, False], ids=["door", "no door"])
def client(request: pytest.FixtureRequest) -> Iterator[tuple[TestClient, str]]:
    app = run(made(door=request.param))  # Gradio makes, and leaves open, a loop of its own where none runs
    with TestClient(app) as opened:
        yield opened, "c.martin/officer" if request.param else "/anonymous"


def test_a_route_knows_who_asks(client: tuple[TestClient, str]) -> None:
    opened, expected = client
    assert opened.get("/who").json() == expected


@pytest.mark.parametrize("index", [0, 1], ids=["quick", "queued"])
def test_a_page_knows_who_looks(client: tuple[TestClient, str], index: int) -> None:
    opened, expected = client
    event = {"data": [], "fn_index": index, "session_hash": "s"}
    if index == 0:
        answer = opened.post("/page/gradio_api/run/predict", json=event)
        assert answer.json()["data"] == [expected]
        return
    assert opened.post("/page/gradio_api/queue/join", json=event).status_code == 200
    with opened.stream("GET", "/page/gradio_api/queue/data?session_hash=s") as stream:
        assert any(f'"data":["{expected}"]' in line.replace(": ", ":") for line in stream.iter_lines())


def test_without_a_request_there_is_nobody() -> None:
    assert identity_of(None) is ANONYMOUS


def test_what_is_no_identity_is_nobody() -> None:
    assert of_scope({SCOPE_KEY: "owner"}) is ANONYMOUS
