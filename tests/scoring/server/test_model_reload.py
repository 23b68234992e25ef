"""A request sees one service from its beginning to its end, in whatever thread it runs, and then lets it go."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from scoring.server.model_reload import Live
from scoring.service import Service
from tests.running import run


class Named:
    """Stands for a service: only its name is asked for."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def live() -> Iterator[Live]:
    yield Live(Named("old"))  # type: ignore[arg-type]


def name(live: Live) -> str:
    return str(live.face.name)  # type: ignore[attr-defined]


def test_whoever_comes_after_a_change_sees_the_new_one(live: Live) -> None:
    assert name(live) == "old"
    live.change(Named("new"))  # type: ignore[arg-type]
    assert name(live) == "new"


def test_a_request_keeps_the_one_it_began_with(live: Live) -> None:
    async def request() -> list[str]:
        with live.pinned():
            live.change(Named("new"))  # type: ignore[arg-type]
            seen = [name(live), await asyncio.to_thread(name, live)]
            with live.pinned():
                seen.append(name(live))
            seen.append(name(live))
        return [*seen, name(live)]

    assert run(request()) == ["old", "old", "new", "old", "new"]


def test_requests_at_a_time_do_not_see_each_other(live: Live) -> None:
    async def request(began: asyncio.Event, changed: asyncio.Event) -> tuple[str, str]:
        with live.pinned():
            first = name(live)
            began.set()
            await changed.wait()
            return first, await asyncio.to_thread(name, live)

    async def both() -> list[tuple[str, str]]:
        began, changed, before = asyncio.Event(), asyncio.Event(), asyncio.Event()
        before.set()
        early = asyncio.create_task(request(began, changed))
        await began.wait()
        live.change(Named("new"))  # type: ignore[arg-type]
        late = await request(asyncio.Event(), before)
        changed.set()
        return [await early, late]

    assert run(both()) == [("old", "old"), ("new", "new")]


def test_what_a_request_leaves_running_does_not_keep_the_old_one(live: Live) -> None:
    seen: list[str] = []
    go = threading.Event()

    async def request() -> asyncio.Task[None]:
        async def later() -> None:
            await asyncio.to_thread(go.wait)
            seen.append(name(live))

        with live.pinned():
            return asyncio.create_task(later())

    async def whole() -> None:
        task = await request()
        old = weakref.ref(live.now)
        live.change(Named("new"))  # type: ignore[arg-type]
        gc.collect()
        assert old() is None
        go.set()
        await task

    run(whole())
    assert seen == ["new"]


def test_the_face_has_all_that_a_service_has(demo: Service) -> None:
    face = Live(demo).face
    assert face.model is demo.model
    assert face.assess(100002).decision == demo.assess(100002).decision
    with pytest.raises(AttributeError, match="made_up"):
        _ = face.made_up  # type: ignore[attr-defined]
