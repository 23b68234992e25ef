"""Facts of clients leave the service with an entry in the journal: every route and every event of the pages is asked.

A route, a page or an event that is added is in none of the tables below, and fails here until somebody has said what it
shows. Each is asked under a name of its own, so that nothing is passed over as looked at a moment ago.
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

from scoring.audit.audited_decisions import MOST_NAMED, Recorder
from scoring.audit.store.database import ENTRIES, PAYLOADS, ROWS, engine_of
from scoring.audit.writer import Journal
from scoring.factory import build_app
from scoring.server.identity import SCOPE_KEY, Identity
from scoring.service import Service
from scoring.web.model_app.frame import MODEL_PAGES
from scoring.web.pages import PAGES
from tests.running import run
from tests.scoring.api.raw import APPLICATION

pytestmark = pytest.mark.integration
CLIENT, OTHER = 100002, 100003
_names = count()


@dataclass
class Recorded:
    """What the journal took while something was asked."""

    kinds: list[str] = field(default_factory=list)
    clients: set[int] = field(default_factory=set)


class Watched:
    """A service whose journal is read after each question."""

    def __init__(self, app: FastAPI, recorder: Recorder) -> None:
        self.app, self.recorder = app, recorder
        self.client = TestClient(self._named, raise_server_exceptions=True, follow_redirects=False)

    async def _named(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[SCOPE_KEY] = somebody()
        await self.app(scope, receive, send)

    def recorded(self, ask: Callable[..., Any], *given: Any, **more: Any) -> tuple[Any, Recorded]:
        """The answer to a question, and what was recorded because of it."""
        before = self.recorder.head.seq
        answer = ask(*given, **more)
        with self.recorder.journal.engine.connect() as connection:
            kinds = connection.execute(select(ENTRIES.c.kind).where(ENTRIES.c.seq > before).order_by(ENTRIES.c.seq))
            found = Recorded(list(kinds.scalars()))
            for table in (PAYLOADS, ROWS):
                which = select(table.c.client_id).where(table.c.seq > before, table.c.client_id.is_not(None))
                found.clients |= set(connection.execute(which).scalars())
        return answer, found


def somebody() -> Identity:
    return Identity(f"owner {next(_names)}", "owner")


@pytest.fixture(scope="module")
def watched(demo: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    journal = Journal(f"sqlite:///{tmp_path_factory.mktemp('disclosures') / 'journal.sqlite'}")
    recorder = Recorder(demo, journal)
    recorder.ask_review(OTHER, "a review that waits", somebody())

    async def built() -> FastAPI:  # in a loop, for Gradio makes and leaves one where none runs
        return build_app(demo, recorder)

    yield Watched(run(built()), recorder)
    journal.close()


@pytest.fixture(scope="module")
def decision(watched: Watched) -> str:
    return watched.recorder.decide_known(CLIENT, who=somebody(), source="test").decision_id


# The API: how each route is asked, and what the journal must hold afterwards.


@dataclass(frozen=True)
class Asked:
    """How a route is asked: its address, what it sends; and the kind of entry that it must leave, about whom."""

    address: str
    kind: str = ""
    clients: frozenset[int] = frozenset({CLIENT})
    given: Mapping[str, Any] = field(default_factory=dict)


NOBODY: frozenset[int] = frozenset()
SIMULATED = {"client_id": CLIENT, "changes": {"amount": 300_000}}
ROUTES: Mapping[tuple[str, str], tuple[Asked, ...]] = {
    ("get", "/health"): (Asked("/health"),),
    ("get", "/ready"): (Asked("/ready"),),
    ("get", "/api/predict"): (Asked("/api/predict"),),  # a number alone, as an example
    ("post", "/api/predict"): (
        Asked("/api/predict", "decision", given={"json": {"client_id": CLIENT}}),
        Asked("/api/predict", "decision", NOBODY, {"json": {"application": APPLICATION}}),
    ),
    ("get", "/api/predict/{client_id}"): (Asked(f"/api/predict/{CLIENT}", "decision"),),
    ("post", "/api/predict/batch"): (
        Asked("/api/predict/batch", "batch", frozenset({CLIENT, OTHER}), {"json": [CLIENT, OTHER]}),
    ),
    ("get", "/api/clients"): (
        Asked("/api/clients?number=10000", "consultation"),
        Asked("/api/clients?number=999999999999", "", NOBODY),
    ),
    ("get", "/api/clients/{client_id}"): (Asked(f"/api/clients/{CLIENT}", "consultation"),),
    ("get", "/api/clients/{client_id}/offers"): (Asked(f"/api/clients/{CLIENT}/offers?map=true", "consultation"),),
    ("get", "/api/clients/{client_id}/peers"): tuple(
        Asked(f"/api/clients/{CLIENT}/peers?group={group}", "consultation") for group in ("all", "similar", "nearest")
    ),
    ("get", "/api/clients/{client_id}/letter"): (Asked(f"/api/clients/{CLIENT}/letter?format=txt", "decision"),),
    ("post", "/api/simulate"): (
        Asked("/api/simulate", "consultation", given={"json": SIMULATED}),
        Asked("/api/simulate?record=true", "simulation", given={"json": SIMULATED}),
        Asked("/api/simulate", "consultation", NOBODY, {"json": {"application": APPLICATION}}),
    ),
    ("get", "/api/model"): (Asked("/api/model"),),
    ("get", "/api/model/summary"): (Asked("/api/model/summary"),),
    ("get", "/api/scorecard"): (Asked("/api/scorecard"),),
    ("get", "/api/evaluation"): (Asked("/api/evaluation"),),
    ("get", "/api/decisions/{decision_id}"): (Asked("/api/decisions/{decision}", "consultation"),),
    ("get", "/api/decisions/{decision_id}/replay"): (Asked("/api/decisions/{decision}/replay", "consultation"),),
    ("get", "/api/decisions/{decision_id}/receipt"): (Asked("/api/decisions/{decision}/receipt", "consultation"),),
    # Not in the API's description: the pages' own files.
    ("get", "/{lang}/clients.csv"): (
        Asked("/fr/clients.csv?facts=income_total", "consultation", NOBODY),
        Asked("/en/clients.csv?points=520..521&facts=income_total", "consultation", NOBODY),
    ),
    **{
        ("get", f"{start}/files/journal.jsonl"): (Asked(f"{start}/files/journal.jsonl", "consultation", NOBODY),)
        for start in ("/fr/modele", "/en/model")
    },
}
WITHOUT_FACTS = {
    "/", "/receipt", "/problems", "/problems/{kind}", "/docs", "/docs/{name}", "/static/{name}", "/favicon.ico",
    "/openapi.json", "/fr", "/en", "/fr/modele", "/en/model", "/fr/modele/files/source", "/en/model/files/source",
    "/fr/modele/files/{name}", "/en/model/files/{name}",
}  # fmt: skip
"""Routes that read no client: texts, pictures, the model and its reports. A page's frame is drawn by its events."""


def routes_of(routes: list[BaseRoute], start: str = "") -> set[tuple[str, str]]:
    """Method and path of every route but Gradio's own."""
    found: set[tuple[str, str]] = set()
    for route in routes:
        inside = getattr(route, "app", getattr(route, "original_router", None))
        below = getattr(inside, "routes", None)
        path = start + str(getattr(route, "path_format", getattr(route, "path", "")))
        if below is None:
            found |= {(method.lower(), path) for method in getattr(route, "methods", None) or {"GET"}}
        elif getattr(inside, "blocks", None) is None:
            found |= routes_of(below, start + str(getattr(route, "path", "")))
    return {(method, path) for method, path in found if method not in ("head", "options")}


def test_every_route_is_in_the_table(watched: Watched) -> None:
    found = {(method, path) for method, path in routes_of(watched.app.routes) if path not in WITHOUT_FACTS}
    assert found == set(ROUTES)


CASES = [(method, one) for (method, _), several in ROUTES.items() for one in several]


@pytest.mark.parametrize(("method", "asked"), CASES, ids=[f"{method} {asked.address}" for method, asked in CASES])
def test_what_a_route_shows_of_clients_is_recorded(watched: Watched, decision: str, method: str, asked: Asked) -> None:
    address = asked.address.replace("{decision}", decision)
    answer, recorded = watched.recorded(watched.client.request, method, address, **asked.given)
    assert answer.status_code in (200, 422 if address == "/api/predict" and method == "get" else 200), answer.text
    assert recorded.kinds == ([asked.kind] if asked.kind else [])
    if asked.kind:
        assert asked.clients <= recorded.clients
        named = {int(one) for one in re.findall(r'"client_id": ?(\d+)', answer.text)}
        assert named <= recorded.clients
    else:
        assert '"client_id":' not in answer.text


# The pages: every place, and every event.

SHOWN = re.compile(r'client=(\d+)|data-client="(\d+)"')


def shown_in(values: Any) -> set[int]:
    """Numbers of clients in what an event gives back."""
    return {int(number) for pair in SHOWN.findall(json.dumps(values, default=str)) for number in pair if number}


def request_of(query: str = "") -> Any:
    request = gr.Request()
    request.request = SimpleNamespace(scope={SCOPE_KEY: somebody()}, query_params=query)  # type: ignore[assignment]
    return request


def call(handler: Callable[..., Any], given: list[Any], **event: Any) -> Any:
    """Call an event's handler as Gradio does: with its inputs, and what it asks for by type."""
    waiting, arguments = list(given), []
    for parameter in inspect.signature(handler).parameters.values():
        if parameter.annotation is gr.Request:
            arguments.append(request_of(str(given[0]) if given else ""))
        elif parameter.annotation is gr.EventData:
            arguments.append(SimpleNamespace(**event))
        elif parameter.kind is parameter.VAR_POSITIONAL:
            arguments += waiting
        elif parameter.default is parameter.empty:
            arguments.append(waiting.pop(0))
    return handler(*arguments)


@dataclass(frozen=True)
class Event:
    """What an event is called with, and about whom its entry must be; none where it shows no client."""

    given: tuple[Any, ...] = ()
    clients: frozenset[int] | None = frozenset({CLIENT})
    event: Mapping[str, Any] = field(default_factory=dict)


HERE = f"client={CLIENT}"
MOVED = json.dumps({"client": str(CLIENT), "amount": "300000", "map": ""})
ANY: frozenset[int] = frozenset()
"""Somebody must be named, and whoever is seen."""
EVENTS: Mapping[str, Event] = {
    "pages.clients:build.<locals>.type_in": Event(("", str(CLIENT))),
    "pages.clients:build.<locals>.narrow": Event(("", "{}"), ANY),
    "pages.clients:build.<locals>.clear": Event(("",), ANY),
    "pages.clients:build.<locals>.sort_by": Event(("",), ANY, {"by": "points"}),
    "pages.clients:build.<locals>.turn": Event(("",), ANY),
    "client_history:build.<locals>.act.<locals>.handle": Event((HERE, "accept", "a reason")),
    "client_history:_build_list.<locals>.turned": Event((HERE, "12.0")),
    "client_history:_build_list.<locals>.first": Event((HERE,)),
    "pages.simulate:build.<locals>.move": Event((MOVED,)),
    "pages.simulate:build.<locals>.settle": Event((MOVED,), None),  # says what was sent as an address
    "pages.simulate:build.<locals>.decide": Event((MOVED,)),
    "pages.compare:build.<locals>.with_others": Event((f"view=compare&{HERE}", "nearest", [])),
    "pages.compare:build.<locals>.by_others": Event((f"view=compare&{HERE}", "income_total")),
    "pages.explore:_Explore.choose": Event((f"view=explore&{HERE}", '{"top": "income_total"}')),
    "pages.explore:_Explore.show": Event((f"view=explore&{HERE}", "accepted")),
    "pages.explore:_Explore.filter": Event((f"view=explore&{HERE}", "{}")),
    "pages.explore:_Explore.clear": Event((f"view=explore&{HERE}",)),
    "pages.explore:_Explore.pick": Event((f"view=explore&{HERE}",), event={"figure": "none"}),
    "pages.explore:_Explore.take_back": Event((f"view=explore&{HERE}",)),
    "pages.reviews:build.<locals>.shown": Event((), frozenset({OTHER})),
    "pages.reviews:build.<locals>.turned": Event(("0",), frozenset({OTHER})),
    "pages.reviews:build.<locals>.on_close": Event(("nothing", "accept", "a reason"), frozenset({OTHER})),
    "model_app.costs:build.<locals>.shown": Event(clients=None),
    "model_app.costs:build.<locals>.switched": Event(clients=None),
    "model_app.costs:build.<locals>.reported": Event(clients=None),
    "model_app.simplicity:build.<locals>.shown": Event(clients=None),
    "model_app.points:build.<locals>.filtered": Event(("", "model", f"view=points&{HERE}")),
    "model_app.problems:build.<locals>.filtered": Event(clients=None),
    "model_app.dictionary:build.<locals>.filtered": Event(clients=None),
    "model_app.journal:build.<locals>.filtered": Event(("decision", str(CLIENT), "", "", "")),
    "model_app.journal:build.<locals>.turned": Event(("decision", str(CLIENT), "", "", "", "")),
    "model_app.journal:build.<locals>.verified": Event(clients=None),
}
FRAMES = {"frame:build_frame.<locals>"}


def blocks_of(app: FastAPI) -> dict[str, gr.Blocks]:
    found = {}
    for route in app.routes:
        inside = getattr(route, "app", None)
        blocks = getattr(inside, "blocks", None) or getattr(getattr(inside, "app", None), "blocks", None)
        if blocks is not None:
            found[str(getattr(route, "path", ""))] = blocks
    return found


def handlers_of(blocks: gr.Blocks) -> Iterator[tuple[str, Callable[..., Any], int]]:
    """Name, handler and number of inputs of every event."""
    for one in blocks.fns.values():
        if one.fn is not None and one.fn.__module__.startswith("scoring."):
            yield f"{one.fn.__module__.removeprefix('scoring.web.')}:{one.fn.__qualname__}", one.fn, len(one.inputs)


def test_every_event_that_shows_clients_is_recorded(watched: Watched, decision: str) -> None:
    apps = blocks_of(watched.app)
    assert set(apps) == {"/fr", "/en", "/fr/modele", "/en/model"}
    met = set()
    for path in ("/en", "/en/model"):
        for name, handler, inputs in handlers_of(apps[path]):
            if name.rpartition(".")[0] in FRAMES:
                continue
            event = EVENTS[name]
            met.add(name)
            if event.clients is None and name != "pages.simulate:build.<locals>.settle":
                continue  # shows the model and its reports alone: nothing of a client is at hand there
            values, recorded = watched.recorded(call, handler, list(event.given[:inputs]), **event.event)
            if event.clients is None:
                assert not recorded.kinds, name
                continue
            assert recorded.clients, name
            assert event.clients <= recorded.clients, name
            assert shown_in(values) <= recorded.clients, name
    assert met == set(EVENTS)


PLACES = [
    *(("/en", page.NAME, page.WANTS_CLIENT or page.NAME == "explore") for page in PAGES),
    *(("/en/model", page.NAME, page.NAME in ("points", "journal")) for page in MODEL_PAGES),
]
NUMBERS_ALONE = {"tour"}
"""Pages with an example's number in a link, and nothing of the client."""


@pytest.mark.parametrize(("path", "page", "about"), PLACES, ids=[f"{path} {page}" for path, page, _ in PLACES])
def test_every_page_that_shows_clients_is_recorded(
    watched: Watched, decision: str, path: str, page: str, about: bool
) -> None:
    handlers = [one for name, one, _ in handlers_of(blocks_of(watched.app)[path]) if name.rpartition(".")[0] in FRAMES]
    assert [one.__name__ for one in handlers] == ["arrive", "go"]
    arrive, go = handlers
    for query in (f"view={page}&{HERE}", f"view={page}&{HERE}&decision={decision}"):
        for handler, given in ((arrive, [request_of(query)]), (go, [query, request_of()])):
            values, recorded = watched.recorded(handler, *given)
            if about:
                assert CLIENT in recorded.clients
            elif page not in NUMBERS_ALONE:
                assert shown_in(values) - {CLIENT} <= recorded.clients
            if page == "clients":
                assert len(recorded.clients) >= 25
            if page == "reviews":
                assert OTHER in recorded.clients


def test_a_file_of_some_names_each(watched: Watched) -> None:
    answer, recorded = watched.recorded(watched.client.get, "/en/clients.csv?points=520..521&facts=income_total")
    named = {int(line.split(",")[0]) for line in answer.text.splitlines()[1:]}
    assert 1 < len(named) <= MOST_NAMED
    assert recorded == Recorded(["consultation"], named)


def test_a_file_of_everybody_is_one_entry_without_their_numbers(watched: Watched, demo: Service) -> None:
    answer, recorded = watched.recorded(watched.client.get, "/en/clients.csv?facts=income_total")
    assert answer.text.count("\r\n") == len(demo.portfolio) + 1
    assert recorded == Recorded(["consultation"], set())
    with engine_of(str(watched.recorder.journal.engine.url)).connect() as connection:
        last = connection.execute(select(PAYLOADS.c.payload).order_by(PAYLOADS.c.seq.desc()).limit(1)).scalar_one()
    said = json.loads(last)
    assert (said["page"], said["clients"], said["facts"]) == ("clients.csv", len(demo.portfolio), ["income_total"])
