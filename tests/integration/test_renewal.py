"""Artefacts that change while serving: whole new ones take over everywhere, others are refused, the old ones stay."""

import asyncio
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.errors import SettingsError
from scoring.factory import build_app
from scoring.model.artefacts import CHAMPION_FILE, PORTFOLIO_FILE, read_artefacts
from scoring.server.middleware.logs import Metrics
from scoring.server.model_reload import Live, Renewal
from scoring.server.serving import Pinned
from scoring.service import Service
from scoring.settings import DEMO
from tests.running import run

pytestmark = pytest.mark.integration
CLIENT, ANOTHER = 100002, 100003
ADDRESSES = ["/health", "/openapi.json", f"/api/clients/{CLIENT}", f"/api/predict/{CLIENT}?lang=en"]
ADDRESSES += [f"/api/clients/{CLIENT}/{what}" for what in ("peers", "offers")]
ADDRESSES += ["/api/clients", "/api/model", "/api/scorecard", "/api/evaluation", "/fr/modele/files/ebm.csv"]
VIEWS = [
    "",
    *(f"view={view}&client={CLIENT}" for view in ("decision", "client", "simulate", "compare")),
    "view=explore",
]
MODEL_VIEWS = [f"view={view}" for view in ("tour", "model", "points", "costs", "results", "controls")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's artefacts, to be changed."""
    return Path(shutil.copytree(DEMO, tmp_path / "artefacts"))


def turn(folder: Path) -> None:
    """Have the other model of the folder serve: other artefacts, as sound as these."""
    path = folder / CHAMPION_FILE
    champion = json.loads(path.read_text(encoding="utf-8"))
    champion["serves"] = {"ebm": "scorecard", "scorecard": "ebm"}[champion["serves"]]
    path.write_text(json.dumps(champion), encoding="utf-8")


def service_of(folder: Path) -> Service:
    return Service(read_artefacts(folder))


class TestTakingOver:
    """An app after a change answers like one that began with the new artefacts, on every route and page."""

    @pytest.fixture
    def opened(self, tmp_path: Path) -> Iterator[Callable[[Service, str], tuple[Live, TestClient]]]:
        journals: list[Journal] = []
        clients: list[TestClient] = []

        def made(service: Service, name: str) -> tuple[Live, TestClient]:
            journal = Journal(f"sqlite:///{tmp_path / name}.sqlite")
            live = Live(service)

            async def built() -> Pinned:  # in a loop, for Gradio makes and leaves one where none runs
                return Pinned(build_app(live.face, Recorder(live.face, journal)), live)

            client = TestClient(run(built()))
            client.__enter__()
            journals.append(journal)
            clients.append(client)
            return live, client

        yield made
        for client in clients:
            client.__exit__(None, None, None)
        for journal in journals:
            journal.close()

    def test_nothing_of_the_old_ones_is_left(
        self, folder: Path, opened: Callable[[Service, str], tuple[Live, TestClient]]
    ) -> None:
        live, changed = opened(service_of(folder), "changed")
        before = told(changed, ANOTHER)
        turn(folder)
        live.change(service_of(folder))
        after, wanted = told(changed, CLIENT), told(opened(service_of(folder), "fresh")[1], CLIENT)
        assert {place for place in wanted if after[place] != wanted[place]} == set()
        assert "ebm-" in wanted["/health"]
        assert before["/health"] != after["/health"]


def told(client: TestClient, number: int) -> dict[str, str]:
    """What every route and page says, without what is new each time."""
    said = {place: client.get(place.replace(str(CLIENT), str(number))).text for place in ADDRESSES}
    for start, views in (("/fr/", VIEWS), ("/en/", VIEWS[:2]), ("/fr/modele/", MODEL_VIEWS)):
        config = client.get(f"{start}config").json()
        load = next(one for one in config["dependencies"] if any(target[1] == "load" for target in one["targets"]))
        for view in views:
            event = {"data": [], "fn_index": load["id"], "session_hash": "s"}
            address = f"{start}gradio_api/run/predict?{view.replace(str(CLIENT), str(number))}"
            said[f"{start}?{view}"] = json.dumps(client.post(address, json=event).json()["data"], ensure_ascii=False)
    return {place: _without_moments(text) for place, text in said.items()}


def _without_moments(text: str) -> str:
    text = re.sub(r"data-made=\W+\d+", "", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "ID", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.+Z]+", "MOMENT", text)
    text = re.sub(r'data-made=\\"\d+\\"', "MADE", text)  # counts the forms that were made
    # French dates hold no-break spaces.
    return re.sub(r"(\d\d/\d\d/\d{4}\sà\s\d\d\sh\s\d\d|\d+\s\w{3}\s\d{4},\s\d\d:\d\d)", "MOMENT", text)


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "the model is cut short": lambda folder: _cut(folder / f"{_other(folder)}.json"),
    "a number of the model is another": lambda folder: _change_a_number(folder / f"{_other(folder)}.json"),
    "the model is of a newer version": lambda folder: _newer(folder / f"{_other(folder)}.json"),
    "the clients are cut short": lambda folder: _cut(folder / PORTFOLIO_FILE),
    "the choice is cut short": lambda folder: _cut(folder / CHAMPION_FILE),
    "the choice is of a newer version": lambda folder: _newer(folder / CHAMPION_FILE),
    "the model is gone": lambda folder: (folder / f"{_other(folder)}.json").unlink(),
    "the clients are gone": lambda folder: (folder / PORTFOLIO_FILE).unlink(),
    "all is gone": shutil.rmtree,
}


def _other(folder: Path) -> str:
    return str(json.loads((folder / CHAMPION_FILE).read_text(encoding="utf-8"))["serves"])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _newer(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "version": document["version"] + 1}), encoding="utf-8")


def _change_a_number(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    document["intercept"] += 0.1
    path.write_text(json.dumps(document), encoding="utf-8")


@pytest.fixture(scope="module")
def before() -> Service:
    return service_of(DEMO)


@pytest.fixture
def live(before: Service) -> Live:
    return Live(before)


def renewal_of(live: Live, folder: Path, load: Callable[[], Service] | None = None) -> Renewal:
    return Renewal(live, folder, load or (lambda: service_of(folder)), metrics=Metrics())


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_not_whole_is_refused(live: Live, folder: Path, damage: str) -> None:
    async def renewed() -> tuple[bool, bool]:
        renewal = renewal_of(live, folder)
        turn(folder)
        DAMAGE[damage](folder)
        refused = await renewal.renew()
        serving = live.now
        assert live.refused
        assert serving.assess(CLIENT).decision
        shutil.copytree(DEMO, folder, dirs_exist_ok=True)
        return refused, await renewal.renew()

    old = live.now
    assert run(renewed()) == (False, True)
    assert not live.refused
    assert live.now is not old
    assert live.now.model.digest == old.model.digest


def test_real_clients_do_not_slip_in(live: Live, folder: Path) -> None:
    """What may not be served at the start may not be served later."""

    def load() -> Service:
        raise SettingsError("A portfolio of real clients must not be served openly.")

    old = live.now
    assert not run(renewal_of(live, folder, load).renew())
    assert live.now is old
    assert "openly" in live.refused


def test_whatever_goes_wrong_the_old_ones_serve_on(live: Live, folder: Path) -> None:
    def load() -> Service:
        raise ZeroDivisionError

    old = live.now
    assert not run(renewal_of(live, folder, load).renew())
    assert live.now is old


def test_clients_that_change_while_they_are_read_are_refused(live: Live, folder: Path) -> None:
    def load() -> Service:
        service = service_of(folder)
        _ = service.portfolio
        (folder / PORTFOLIO_FILE).write_bytes(b"other clients")
        return service

    old = live.now
    assert not run(renewal_of(live, folder, load).renew())
    assert live.now is old


def test_the_folder_is_watched_and_half_a_copy_is_waited_for(live: Live, folder: Path) -> None:
    async def watched() -> list[str]:
        renewal, seen = renewal_of(live, folder), [live.now.model.model_version]
        task = asyncio.create_task(renewal.watch(0.05))
        await asyncio.sleep(0.2)
        seen.append(live.now.model.model_version)
        turn(folder)
        for _ in range(200):
            await asyncio.sleep(0.05)
            if live.now.model.model_version != seen[0]:
                break
        seen.append(live.now.model.model_version)
        task.cancel()
        return seen

    start, unchanged, changed = run(watched())
    assert start == unchanged
    assert changed.partition("-")[0] != start.partition("-")[0]


def test_figures_tell_of_it(live: Live, folder: Path) -> None:
    async def renewed() -> str:
        renewal = renewal_of(live, folder)
        _cut(folder / PORTFOLIO_FILE)
        await renewal.renew()
        shutil.copytree(DEMO, folder, dirs_exist_ok=True)
        turn(folder)
        await renewal.renew()
        return renewal._metrics.exposed().decode()

    shown = run(renewed())
    assert 'clairscore_artefact_changes_total{result="refused"} 1.0' in shown
    assert 'clairscore_artefact_changes_total{result="taken over"} 1.0' in shown
    assert "clairscore_artefact_refused 0.0" in shown
    assert len(re.findall(r"^clairscore_model_info", shown, flags=re.MULTILINE)) == 1
