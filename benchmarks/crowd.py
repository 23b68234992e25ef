"""Twenty officers at once, an action every two seconds, for five minutes; ``python -m benchmarks.crowd 30`` for thirty.

They ask what the pages' scripts ask, over HTTP: twenty browsers on the machine that serves would measure the browsers.
Each officer checks that what comes back is of the client and the filter they asked for, and of nobody else's.
"""

import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.measure import Figure
from benchmarks.portfolios import service_of
from scoring.web.page import Place
from tests.browser.server import serving

OFFICERS, EVERY, SECONDS = 20, 2.0, 300.0
CLIENTS = 48_744
MOST_MS = 1_000.0
LANG = "fr"
ROUTER, FILTERS, WHAT_IF = "router-frame", "carried-filters", "asked-frame"
"""The parts of the pages that an officer's actions come from."""
_CONFIG = re.compile(r"window\.gradio_config = (\{.*?\});?</script>", re.DOTALL)


@dataclass
class Crowd:
    """What the officers met."""

    took: dict[str, list[float]] = field(default_factory=dict)
    failed: int = 0
    mixed: int = 0


class Officer:
    """One of them, with clients of their own."""

    def __init__(self, link: httpx.AsyncClient, events: Mapping[str, int], name: str, clients: list[int]) -> None:
        self.link, self.events, self.name, self.clients = link, events, name, clients
        self.at = 0

    @property
    def client(self) -> int:
        """Whom they look at now."""
        return self.clients[self.at // 6 % len(self.clients)]

    async def act(self, crowd: Crowd) -> None:
        """One action after the other: a client, what if, a slider, others like them, a filter, all clients."""
        client = self.client
        moved = {"client": str(client), "payments": str(12 + self.at % 20), "map": ""}
        narrowed = {"income_total": [str(client), ""]}
        actions = [
            ("choose a client", ROUTER, [Place("decision", client).address]),
            ("open What if", ROUTER, [Place("simulate", client).address]),
            ("move a slider", WHAT_IF, [json.dumps(moved)]),
            ("open Compare", ROUTER, [Place("compare", client).address]),
            ("change a filter", FILTERS, [Place("clients", client).address, json.dumps(narrowed)]),
            ("open Explore", ROUTER, [Place("explore", client).address]),
        ]
        what, part, data = actions[self.at % len(actions)]
        self.at += 1
        start = time.perf_counter()
        answer = await self._ask(self.events[part], data)
        crowd.took.setdefault(what, []).append(1_000 * (time.perf_counter() - start))
        if answer is None:
            crowd.failed += 1
        elif not self._is_mine(what, client, answer):
            crowd.mixed += 1

    async def _ask(self, event: int, data: list[str]) -> str | None:
        """All that comes back, as text; None where it is no answer."""
        sent = {
            "data": data,
            "fn_index": event,
            "session_hash": self.name,
            "event_data": None,
            "trigger_id": None,
        }
        try:
            answer = await self.link.post(f"/{LANG}/gradio_api/run/predict", json=sent)
        except httpx.HTTPError:
            return None
        if answer.status_code != 200:
            return None
        return json.dumps(answer.json()["data"], ensure_ascii=False)

    def _is_mine(self, what: str, client: int, answer: str) -> bool:
        """Whether an answer names this client where it names one, and the filter that was asked for."""
        if what == "change a filter":
            return f"income_total={client}.." in answer
        named = {
            int(one) for one in re.findall(r"(?:client=|clients/|data-for=\\?\"|Client |client )(\d{6})\b", answer)
        }
        others = named - {client} if what in ("choose a client", "open What if", "move a slider") else set()
        return client in named and not others


def figures(seconds: float = SECONDS) -> Iterator[Figure]:
    """Let them work, and tell what they waited for."""
    with tempfile.TemporaryDirectory() as folder:
        ids = [int(one) for one in service_of(CLIENTS, Path(folder)).portfolio.ids]
        with serving(CLAIRSCORE_ARTEFACTS=folder) as address:
            crowd = asyncio.run(_work(address, ids, seconds))
    everything = [one for times in crowd.took.values() for one in times]
    yield Figure(
        f"{OFFICERS} officers for {seconds:g} s, {len(everything)} actions: p95", _p95(everything), "ms", MOST_MS
    )
    yield Figure(f"{OFFICERS} officers: the longest", max(everything), "ms")
    for what, times in crowd.took.items():
        yield Figure(f"{OFFICERS} officers, {what}: p95", _p95(times), "ms")
    yield Figure(f"{OFFICERS} officers: actions that failed", crowd.failed, "actions", 0)
    yield Figure(f"{OFFICERS} officers: answers of somebody else's", crowd.mixed, "answers", 0)


async def _work(address: str, ids: list[int], seconds: float) -> Crowd:
    crowd = Crowd()
    limits = httpx.Limits(max_connections=2 * OFFICERS)
    async with httpx.AsyncClient(base_url=address, timeout=30, limits=limits) as link:
        events = _events((await link.get(f"/{LANG}/")).text)
        share = len(ids) // OFFICERS
        officers = [
            Officer(link, events, f"officer{at}", ids[at * share : (at + 1) * share][:: max(share // 100, 1)])
            for at in range(OFFICERS)
        ]
        for officer in officers[:2]:  # what is computed once a start is not waited for by the crowd
            for _ in range(6):
                await officer.act(Crowd())
        end = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            for at, officer in enumerate(officers):
                group.create_task(_day(officer, crowd, EVERY * at / OFFICERS, end))
    return crowd


async def _day(officer: Officer, crowd: Crowd, begin: float, end: float) -> None:
    """An action every two seconds, counted from when it began; whoever waited longer goes on at once."""
    due = time.perf_counter() + begin
    while due < end:
        await asyncio.sleep(max(due - time.perf_counter(), 0.0))
        await officer.act(crowd)
        due = max(due + EVERY, time.perf_counter())


def _events(page: str) -> dict[str, int]:
    """By what number the page asks when something happens to its parts, as it says itself."""
    found = _CONFIG.search(page)
    if found is None:
        raise RuntimeError("the page must hold its configuration; look at what it says now")
    config: dict[str, Any] = json.loads(found[1])
    named = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
    events = {}
    for part in (ROUTER, FILTERS, WHAT_IF):
        for one in config["dependencies"]:
            if [named[part], "input"] in one["targets"] and one["backend_fn"]:
                events[part] = one["id"]
    return events


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    for figure in figures(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS):
        sys.stdout.write(f"{figure.name}: {figure.value:.4g} {figure.unit}\n")
