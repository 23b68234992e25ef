"""Watching the artefacts goes on, whatever a look at them meets."""

import asyncio
from pathlib import Path

import pytest

from scoring.server import model_reload as renewal
from scoring.server.middleware.logs import Metrics
from scoring.server.model_reload import Live, Renewal
from scoring.service import Service
from tests.running import run


@pytest.mark.parametrize("failure", [OSError("no descriptor left"), RuntimeError("can't start new thread")])
def test_a_look_that_fails_is_not_the_last(
    demo: Service, tmp_path: Path, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [failure] * 3
    taken = asyncio.Event()

    def load(_load: object) -> Service:
        if failures:
            raise failures.pop()
        return demo

    monkeypatch.setattr(renewal, "tried", load)
    watched = Renewal(Live(demo), tmp_path, lambda: demo, metrics=Metrics(), changed=lambda _: taken.set())
    (tmp_path / "ebm.json").write_text("changed")

    async def ask() -> None:
        watching = asyncio.create_task(watched.watch(0.001))
        async with asyncio.timeout(30):
            await taken.wait()
        watching.cancel()

    run(ask())
    assert not failures
