"""Events of pages: what a page declares is answered, anything else is refused before Gradio reads it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
import structlog
from fastapi import FastAPI
from gradio.routes import App
from gradio.utils import get_upload_folder
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.routing import Mount
from starlette.testclient import TestClient

from scoring.audit.audited_decisions import Recorder
from scoring.factory import build_app
from scoring.i18n import text
from scoring.server.access.keys import changing, make_key
from scoring.server.middleware.error_responses import MEDIA_TYPE
from scoring.server.middleware.stack import Guard
from scoring.service import Service
from scoring.settings import Settings
from scoring.web.event_inputs import MOST_TEXT, events_of
from scoring.web.mounting import EventStates
from scoring.web.page_events import PageEvents
from tests.running import run

# What Gradio keeps of queued events is its own affair, and not ready for the next pandas.
pytestmark = [
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
]
PAGES = ("/fr", "/en", "/fr/modele", "/en/model")
PAGE = pytest.mark.parametrize("page", PAGES)
RUN, JOIN = "/gradio_api/run/predict", "/gradio_api/queue/join"


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Without a configuration structlog draws each error with all its values, which takes seconds."""
    structlog.configure(processors=[_nothing], cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


def _nothing(*_event: object) -> str:
    raise structlog.DropEvent


@pytest.fixture(scope="module")
def app(demo: Service, recorder: Recorder) -> FastAPI:
    async def built() -> FastAPI:  # in a loop, for Gradio makes and leaves one where none runs
        return build_app(demo, recorder)

    return run(built())


@pytest.fixture(scope="module")
def mounted(app: FastAPI) -> dict[str, App]:
    return {one.path: one.app for one in app.routes if isinstance(one, Mount) and isinstance(one.app, App)}


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    """The open service, guarded as it is served."""
    guard = Guard(app, Settings(host="127.0.0.1", public_url=None), synthetic=True)
    with TestClient(guard, base_url="http://localhost", raise_server_exceptions=False) as opened:
        yield opened


def blocks_of(app: App) -> gr.Blocks:
    assert app.blocks is not None
    return app.blocks


def event_of(blocks: gr.Blocks, *, inputs: int, queued: bool = False) -> int:
    """An event of a page that has so many inputs at least."""
    return next(
        index
        for index, one in blocks.fns.items()
        if one.fn is not None and len(one.inputs) >= inputs and bool(one.queue) is queued
    )


def built_with(blocks: gr.Blocks, index: int) -> list[Any]:
    """What an event's inputs hold on a client's page; a part that sends JSON sends an empty one."""
    values: list[Any] = []
    for one in blocks.fns[index].inputs:
        if isinstance(one, gr.Textbox):
            values.append("client=100002" if one.label == "here" else "")
        elif isinstance(one, gr.Radio):
            values.append(one.choices[0][1])
        else:
            values.append("{}" if isinstance(one, gr.HTML) else one.get_config().get("value"))
    return values


def sent(index: int, data: list[Any], **fields: Any) -> dict[str, Any]:
    return {"data": data, "event_data": None, "fn_index": index, "trigger_id": None, "session_hash": "a1", **fields}


DETAILS = {"figure": "kinds", "what": "one", "id": 0, "index": [0, 1], "x": 1, "y": None, "by": "points"}


def details_of(blocks: gr.Blocks, index: int) -> dict[str, Any]:
    return DETAILS if events_of(blocks)[index].detailed else {}


def files_below(folder: str) -> list[Path]:
    return [found for found in Path(folder).rglob("*") if found.is_file()]


FILES: dict[str, Any] = {
    "as Gradio writes it": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    "endless": {"path": "/dev/zero", "meta": {"_type": "gradio.FileData"}},
    "an address": {"path": "http://127.0.0.1:9/x", "meta": {"_type": "gradio.FileData"}},
    "by url": {"url": "http://127.0.0.1:9/x", "path": None, "meta": {"_type": "gradio.FileData"}},
    "without its type": {"path": "/etc/passwd"},
    "of another type": {"path": "/etc/passwd", "meta": {"_type": "gradio.Other"}, "is_stream": True},
    "in a list": [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}],
    "deep in lists": [["x", [{"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}]]],
    "within a mapping": {"value": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}},
    "an empty mapping": {},
    "a list": [],
    "a number": 1,
    "true": True,
    "a text too long": "x" * (MOST_TEXT + 1),
    "half a letter": "\ud800",
}


@PAGE
@pytest.mark.parametrize("value", FILES.values(), ids=FILES)
def test_nothing_but_a_text_is_taken_for_a_text(
    client: TestClient, mounted: dict[str, App], page: str, value: Any
) -> None:
    blocks = blocks_of(mounted[page])
    index = next(
        index
        for index, one in blocks.fns.items()
        if one.fn is not None and one.inputs and isinstance(one.inputs[0], gr.Textbox | gr.HTML)
    )
    data = [value, *built_with(blocks, index)[1:]]
    answer = client.post(page + RUN, content=json.dumps(sent(index, data)), headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["type"] == "/problems/bad-event"
    assert answer.json()["detail"] == text("en", "refused.bad-event", where="data[0]")
    assert not files_below(get_upload_folder())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown event": ({"fn_index": 999}, "fn_index"),
    "no event": ({"fn_index": None}, "fn_index"),
    "an event by truth": ({"fn_index": True}, "fn_index"),
    "an event by text": ({"fn_index": "2"}, "fn_index"),
    "an event with a fraction": ({"fn_index": 2.0}, "fn_index"),
    "too few values": ({"data": []}, "data"),
    "too many values": ({"data": [""] * 50}, "data"),
    "no list": ({"data": {"0": ""}}, "data"),
    "a name's api": ({"api_name": "/filtered"}, "fields"),
    "a batch": ({"batched": True}, "fields"),
    "a simple form": ({"simple_format": True}, "fields"),
    "an event's id": ({"event_id": "x"}, "fields"),
    "a token": ({"oauth_token": "x"}, "fields"),
    "no session": ({"session_hash": None}, "session_hash"),
    "a long session": ({"session_hash": "a" * 65}, "session_hash"),
    "a session of signs": ({"session_hash": "a/../b"}, "session_hash"),
    "a trigger by text": ({"trigger_id": "1"}, "trigger_id"),
    "a trigger out of range": ({"trigger_id": 2**63}, "trigger_id"),
    "details that nobody reads": ({"event_data": {"figure": "x"}}, "event_data"),
    "a file among the details": ({"event_data": FILES["endless"]}, "event_data"),
}


@PAGE
@pytest.mark.parametrize(("changed", "where"), WRONG.values(), ids=WRONG)
def test_an_event_is_as_its_page_declares_it(
    client: TestClient, mounted: dict[str, App], page: str, changed: dict[str, Any], where: str
) -> None:
    blocks = blocks_of(mounted[page])
    index = event_of(blocks, inputs=2)
    event = {**sent(index, built_with(blocks, index)), **changed}
    for lang in ("fr", "en"):
        answer = client.post(page + RUN, json=event, headers={"Accept-Language": lang})
        assert answer.status_code == 422
        assert answer.json()["detail"] == text(lang, "refused.bad-event", where=where)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"data": [NaN], "fn_index": 2, "session_hash": "a"}',
        b'{"data": [], "data": [{"path": "/dev/zero"}], "fn_index": 30, "session_hash": "a"}',
        b"[" * 30_000,
        b"1" * 30_000,
        '{"data": []}'.encode("utf-16"),
        b'{"data": ["\xff"]}',
        b"data=x&fn_index=1",
    ],
    ids=["empty", "list", "null", "half", "NaN", "twice", "deep", "long number", "UTF-16", "no UTF-8", "form"],
)
def test_what_is_no_event_is_refused(client: TestClient, body: bytes) -> None:
    for route in (RUN, JOIN):
        answer = client.post("/fr" + route, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/bad-event"


@pytest.mark.parametrize("name", ["session_hash=a&session_hash=b", "session_hash=", "session_hash=%00", "x=1"])
@pytest.mark.parametrize("further", [0, 5_000])
def test_a_stream_names_one_session_among_whatever_else(client: TestClient, name: str, further: int) -> None:
    answer = client.get(f"/fr/gradio_api/queue/data?{name}{'&a=1' * further}")
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/bad-event"


def test_an_event_is_no_larger_than_any_page_needs(client: TestClient) -> None:
    answer = client.post("/fr" + RUN, content=b" " * 70_000, headers={"Accept-Language": "en"})
    assert answer.status_code == 413
    assert answer.json()["detail"] == "The request's body must fit in 64 KB. Send less at a time."


@PAGE
def test_each_event_goes_its_own_way(client: TestClient, mounted: dict[str, App], page: str) -> None:
    """What is answered at once does not join the queue, and what waits there is not asked for directly."""
    blocks = blocks_of(mounted[page])
    for index, one in blocks.fns.items():
        if one.fn is not None:
            event = sent(index, built_with(blocks, index))
            assert client.post(page + (RUN if one.queue else JOIN), json=event).status_code == 422


def test_what_a_script_alone_does_is_no_event(client: TestClient, mounted: dict[str, App]) -> None:
    blocks = blocks_of(mounted["/fr"])
    index = next(index for index, one in blocks.fns.items() if one.fn is None)
    answer = client.post("/fr" + RUN, json=sent(index, built_with(blocks, index)))
    assert answer.status_code == 422


def test_every_event_of_every_page_is_answered_and_leaves_nothing(client: TestClient, mounted: dict[str, App]) -> None:
    """With what its inputs hold when the page is drawn; afterwards Gradio keeps neither a file nor a session."""
    answered = 0
    for page in ("/fr", "/fr/modele"):
        app = mounted[page]
        blocks = blocks_of(app)
        for index, one in blocks.fns.items():
            if one.fn is not None and not one.queue:
                event = sent(index, built_with(blocks, index), event_data=details_of(blocks, index))
                answer = client.post(f"{page}{RUN}?client=100002", json=event)
                assert answer.status_code == 200, (page, index, answer.text)
                answered += 1
        assert len(app.state_holder.session_data) == 0
        assert blocks.state_holder is app.state_holder
    assert answered > 35
    assert not files_below(get_upload_folder())


def test_what_waits_in_the_queue_is_answered_there(client: TestClient, mounted: dict[str, App]) -> None:
    blocks = blocks_of(mounted["/en/model"])
    event = sent(event_of(blocks, inputs=0, queued=True), [], session_hash="queued")
    assert client.post("/en/model" + JOIN, json=event).status_code == 200
    with client.stream("GET", "/en/model/gradio_api/queue/data?session_hash=queued") as stream:
        lines = list(stream.iter_lines())
    assert any('"success":true' in line for line in lines)


OTHERS = ["cancel", "reset", "call/filtered", "call/v2/filtered", "api/predict", "run/filtered", "upload", "stream/x"]


@pytest.mark.parametrize("route", [*OTHERS, "component_server", "process_recording", "vibe-edit", "run/predict/x"])
@PAGE
def test_gradios_other_routes_are_not_there(app: FastAPI, client: TestClient, page: str, route: str) -> None:
    """Neither for who comes by the guard, nor should the guard let one through."""
    for opened in (client, TestClient(app)):
        for method in ("POST", "PUT", "DELETE"):
            answer = opened.request(method, f"{page}/gradio_api/{route}", json={"data": [], "session_hash": "a"})
            assert answer.status_code == 404


@pytest.mark.parametrize("query", ["page=zzz", "page=runs", "page=a%00b", "deep_link=x", "page=a&page=b", "p%61ge=zzz"])
@PAGE
def test_what_gradio_reads_of_an_address_changes_no_page(client: TestClient, page: str, query: str) -> None:
    for method in ("GET", "HEAD"):
        assert client.request(method, f"{page}/?{query}").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "session_hash=", "session_hash=a&session_hash=b", "session_hash=a%2Fb", "&".join(["session_hash=a"] * 99)],
)
def test_a_stream_is_one_sessions(client: TestClient, query: str) -> None:
    assert client.get(f"/fr/gradio_api/queue/data?{query}").status_code == 422


class TestLogins:
    @pytest.fixture
    def ask(self, app: FastAPI, mounted: dict[str, App], tmp_path: Path) -> Iterator[Callable[..., int]]:
        """Asks with the key of somebody, or without one, under a session's name; gives the status."""
        file = tmp_path / "keys.json"
        made = {name: make_key(name, "validator", days=1) for name in ("anna", "ben")}
        with changing(file) as keys:
            for key, _ in made.values():
                keys[key.id] = key
        guard = Guard(app, Settings(auth="keys", keys=file, host="127.0.0.1", public_url=None), synthetic=True)
        index = event_of(blocks_of(mounted["/fr/modele"]), inputs=0)
        event = sent(index, built_with(blocks_of(mounted["/fr/modele"]), index))
        with TestClient(guard, base_url="http://localhost", client=("127.0.0.1", 4)) as opened:

            def asked(who: str | None, name: str, *, stream: bool = False) -> int:
                headers = {"Authorization": f"Bearer {made[who][1]}"} if who else {}
                if stream:
                    address = f"/fr/modele/gradio_api/queue/data?session_hash={name}"
                    with opened.stream("GET", address, headers=headers) as answer:
                        return answer.status_code
                event["session_hash"] = name
                return opened.post("/fr/modele" + RUN, json=event, headers=headers).status_code

            yield asked

    def test_a_page_is_its_first_logins(self, ask: Callable[..., int]) -> None:
        assert ask("anna", "hers") == 200
        assert ask("anna", "hers") == 200
        for other in ("ben", None):
            assert ask(other, "hers") == 403
            assert ask(other, "hers", stream=True) == 403

    def test_a_page_of_somebody_unknown_is_no_logins(self, ask: Callable[..., int]) -> None:
        assert ask(None, "free") == 200
        assert ask("ben", "free") == 403


class TestDeclared:
    """What is derived from a page that has each kind of component."""

    @pytest.fixture(scope="class")
    @classmethod
    def blocks(cls) -> gr.Blocks:
        async def made() -> gr.Blocks:
            with gr.Blocks(analytics_enabled=False) as page:
                inputs = [
                    gr.Textbox(max_length=5),
                    gr.HTML(),
                    gr.Slider(0, 10),
                    gr.Checkbox(),
                    gr.Radio(["a", "b"]),
                    gr.Dropdown([("one", 1), ("two", 2)]),
                    gr.Dropdown([], allow_custom_value=True),
                    gr.Dropdown(["a", "b"], multiselect=True),
                    gr.CheckboxGroup(["a", "b"]),
                ]
                gr.Button().click(lambda *_: None, inputs, None, queue=False)
                gr.Button().click(_with_details, inputs[:1], None, queue=False)
            return page

        return run(made())

    GOOD: tuple[Any, ...] = ("five!", "<p>", 3.5, True, "b", 2, "free", ["a"], ["b", "a"])

    def test_what_is_declared_passes(self, blocks: gr.Blocks) -> None:
        event = events_of(blocks)[0]
        assert event.fault(list(self.GOOD), None) == ""
        assert event.fault([None, None, 10, False, None, 1, None, [], []], {}) == ""
        assert event.fault(list(self.GOOD), "what the field holds") == ""

    @pytest.mark.parametrize(
        ("at", "value"),
        [
            (0, "longer"),
            (1, "x" * (MOST_TEXT + 1)),
            (2, 11),
            (2, -0.1),
            (2, True),
            (2, "3"),
            (2, None),
            (2, float("nan")),
            (2, 10**400),
            (3, 1),
            (3, None),
            (4, "c"),
            (4, ["a"]),
            (4, True),
            (5, 3),
            (5, None),
            (5, True),
            (5, "one"),
            (5, -(10**400)),
            (6, "x" * 501),
            (7, "a"),
            (7, ["c"]),
            (8, ["a", "b", "a"]),
            (8, [["a"]]),
            (8, [10**400]),
            (8, None),
        ],
    )
    def test_anything_else_does_not(self, blocks: gr.Blocks, at: int, value: object) -> None:
        data = [*self.GOOD[:at], value, *self.GOOD[at + 1 :]]
        assert events_of(blocks)[0].fault(data, None) == f"data[{at}]"

    @given(
        at=st.integers(0, 8),
        inside=st.recursive(
            st.just({"path": "/dev/zero"}), lambda one: st.lists(one, min_size=1) | st.dictionaries(st.text(), one)
        ),
    )
    @example(at=8, inside=[{"path": "/dev/zero"}])
    def test_no_mapping_passes_anywhere(self, blocks: gr.Blocks, at: int, inside: object) -> None:
        data = [*self.GOOD[:at], inside, *self.GOOD[at + 1 :]]
        assert events_of(blocks)[0].fault(data, None)

    @pytest.mark.parametrize(
        "details",
        [
            {"a": {}},
            {"a": [[1]]},
            {"a": 10**400},
            {"a": "x" * 501},
            {str(n): 1 for n in range(21)},
            {"a": [1] * 21},
            [1],
            1,
        ],
    )
    def test_details_are_flat_and_few(self, blocks: gr.Blocks, details: object) -> None:
        event = events_of(blocks)[1]
        assert event.detailed
        assert event.fault(["a"], {"figure": "x", "x": [1.5, None], "id": 0}) == ""
        assert event.fault(["a"], details) == "event_data"

    @pytest.mark.parametrize("component", [gr.File, gr.Image, gr.JSON, gr.Dataframe, gr.State, gr.Number])
    def test_a_component_without_a_rule_is_no_input(self, component: Callable[[], Any]) -> None:
        async def made() -> gr.Blocks:
            with gr.Blocks(analytics_enabled=False) as page:
                gr.Button().click(lambda given: None, component(), None, queue=False)
            return page

        with pytest.raises(TypeError, match="An input of a page's event must be one of Checkbox, CheckboxGroup, "):
            events_of(run(made()))

    def test_a_component_that_keeps_its_value_is_on_no_page(self) -> None:
        async def made() -> gr.Blocks:
            with gr.Blocks(analytics_enabled=False) as page:
                gr.State(1)
            return page

        with pytest.raises(TypeError, match="must keep nothing on the server; got State"):
            EventStates(run(made()))


def _with_details(given: str, event: gr.EventData) -> None:
    """A function that reads what an event tells about itself."""


def test_what_no_page_is_mounted_at_is_not_there() -> None:
    async def never(*_: Any) -> None:
        raise AssertionError

    client = TestClient(PageEvents(never, {"/fr/": {}}, forget=print))
    for path in ("/de", "/fr/x", "/fr/", ""):
        assert client.post(f"{path}{RUN}", json={}).status_code == 404


@pytest.mark.parametrize("page", ["/fr", "/fr/modele"])
def test_a_null_where_an_input_may_hold_one_is_no_failure(
    client: TestClient, mounted: dict[str, App], page: str
) -> None:
    """One input after the other, then all of them: an empty field or choice; where no client is named, a refusal."""
    blocks, asked = blocks_of(mounted[page]), 0
    for index, one in blocks.fns.items():
        if one.fn is None or one.queue:
            continue
        own, event = built_with(blocks, index), events_of(blocks)[index]
        empty = [at for at, check in enumerate(event.checks) if check(None)]
        for places in [*([at] for at in empty), empty]:
            data = [None if at in places else value for at, value in enumerate(own)]
            asking = sent(index, data, event_data=details_of(blocks, index))
            answer = client.post(f"{page}{RUN}?client=100002", json=asking)
            labels = {getattr(one.inputs[at], "label", None) for at in places}
            assert answer.status_code in ((200, 422) if labels & {"here", None} else (200,)), (one.api_name, labels)
            asked += 1
    assert asked > 10


@pytest.mark.parametrize("place", ["client=999999999", "client=abc"])
def test_an_event_about_a_client_whom_nobody_has_is_refused(
    client: TestClient, mounted: dict[str, App], place: str
) -> None:
    blocks, answers = blocks_of(mounted["/fr"]), []
    for index, one in blocks.fns.items():
        labels = [getattr(box, "label", None) for box in one.inputs]
        if one.fn is not None and not one.queue and "here" in labels:
            data = built_with(blocks, index)
            data[labels.index("here")] = place
            answers.append(client.post(f"/fr{RUN}", json=sent(index, data, event_data=details_of(blocks, index))))
    assert {422} <= {one.status_code for one in answers} <= {200, 422}
    assert {one.json()["type"] for one in answers if one.status_code == 422} == {"/problems/bad-event"}


@pytest.mark.parametrize("form", ["<p>", "[]", "[" * 5_000, "null", '{"age_years": {}}', '{"age_years": [1]}'])
def test_a_form_that_no_page_sends_is_no_failure(client: TestClient, mounted: dict[str, App], form: str) -> None:
    blocks, answers = blocks_of(mounted["/fr"]), []
    for index, one in blocks.fns.items():
        kinds = [type(box) for box in one.inputs]
        if one.fn is not None and not one.queue and gr.HTML in kinds:
            data = built_with(blocks, index)
            data[kinds.index(gr.HTML)] = form
            answers.append((one.api_name, client.post(f"/fr{RUN}", json=sent(index, data)).status_code))
    assert {status for _, status in answers} <= {200, 422}, answers
    assert 422 in dict(answers).values()
