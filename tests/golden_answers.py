"""What the product says of the demo, in every form: scores, answers of the API, pages, letters, batches, SQL and PMML.

``python -m tests.golden_answers`` stores it; a test says where the product says something else than what is stored.
Numbers that a record is named by, and times, are left out, for they are never the same.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio.routes import App
from starlette.routing import Mount

from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.factory import build_app
from scoring.model.additive_model import Lookup, read_model
from scoring.model.artefacts import read_artefacts
from scoring.model.decision import decide_many
from scoring.reports.exports.pmml import pmml_of
from scoring.reports.exports.sql import DIALECTS, sql_of
from scoring.service import Service
from scoring.settings import DEMO
from tests.running import run

STORED: Final = Path(__file__).with_suffix(".json.gz")
LANGUAGES: Final = ("fr", "en")
ASKED, SHOWN = 40, 10
"""Clients whose answers and whose pages are stored."""
FEW_ASKED, FEW_SHOWN = 10, 3
"""Those of them whom a test asks again each time."""
MODEL_PAGES: Final = {"fr": "/fr/modele", "en": "/en/model"}
_MONTHS = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
_CHANGING: Final = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{16}…"), "DIGEST"),
    (re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|\+00:00)?)?"), "TIME"),
    (re.compile(rf"\d{{1,2}}(er)?\s(?:{_MONTHS})\s\d{{4}}|(?:{_MONTHS})\s\d{{1,2}},\s\d{{4}}"), "DATE"),
    (re.compile(r"\b\d\d/\d\d/\d{4}\b"), "DATE"),
    (re.compile(r"\b\d{1,2}\s?[:h]\s?\d\d(:\d\d)?\b"), "HOUR"),
)
_ROUTES: Final = (
    "/api/predict/{client}?lang={lang}&contributions=true",
    "/api/clients/{client}?lang={lang}",
    "/api/clients/{client}/offers?lang={lang}",
    "/api/clients/{client}/peers?lang={lang}",
    "/api/clients/{client}/letter?lang={lang}&format=txt",
)
_ROUTES_OF_NOBODY: Final = (
    "/api/model",
    "/api/model/summary?lang={lang}",
    "/api/scorecard?lang={lang}&format=csv",
    "/api/evaluation",
    "/api/clients?lang={lang}&limit=50&sort=-points",
)


def plain(said: str) -> str:
    """A text without what changes each time, white space put together."""
    for changing, name in _CHANGING:
        said = changing.sub(name, said)
    return " ".join(said.split())


def answers(asked: int = ASKED, shown: int = SHOWN) -> dict[str, str]:
    """Everything, by the name of what says it; of so many clients whose answers, and whose pages, are stored."""
    service = Service(read_artefacts(DEMO))
    clients = [int(one) for one in service.portfolio.frame(["client_id"])["client_id"].to_list()]
    some = clients[:: len(clients) // ASKED][:ASKED]
    found = dict(_models(service))
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(f"sqlite:///{Path(folder) / 'journal.sqlite'}")
        try:
            app = run(_built(service, journal))
            with TestClient(app) as caller:
                found.update(_api(caller, some[:asked], some))
                found.update(_pages(app, caller, some[:shown]))
        finally:
            journal.close()
    return found


async def _built(service: Service, journal: Journal) -> FastAPI:
    return build_app(service, Recorder(service, journal))


def _models(service: Service) -> Iterator[tuple[str, str]]:
    for kind in sorted(service.artefacts.champion.models):
        model = read_model(DEMO / f"{kind}.json")
        lookup = Lookup(model)
        frame = service.portfolio.frame([*model.features])
        ids = service.portfolio.frame(["client_id"])["client_id"].to_list()
        scored = lookup.score_many(frame)
        for client, row, own in zip(ids, decide_many(model, scored).iter_rows(), scored.contributions, strict=True):
            said = json.dumps([*row, *own.tolist()])
            yield f"score {kind} {client}", hashlib.sha256(said.encode()).hexdigest()[:12]
        for dialect in DIALECTS:
            yield f"sql {kind} {dialect}", plain(sql_of(model, dialect))
        yield f"pmml {kind}", plain(pmml_of(model))


def _api(caller: TestClient, clients: list[int], batch_of: list[int]) -> Iterator[tuple[str, str]]:
    for lang in LANGUAGES:
        for route in _ROUTES_OF_NOBODY:
            address = route.format(lang=lang)
            yield f"GET {address}", plain(caller.get(address).text)
        for client in clients:
            for route in _ROUTES:
                address = route.format(client=client, lang=lang)
                yield f"GET {address}", plain(caller.get(address).text)
        body = {"client_id": clients[0], "changes": {"amount": 200_000, "payments": 24}}
        yield f"POST /api/simulate {lang}", plain(caller.post(f"/api/simulate?lang={lang}", json=body).text)
        batch = caller.post(f"/api/predict/batch?lang={lang}", json=batch_of, headers={"accept": "text/csv"})
        yield f"batch {lang}", plain(batch.text)


def _pages(app: FastAPI, caller: TestClient, clients: list[int]) -> Iterator[tuple[str, str]]:
    mounted = {one.path: one.app for one in app.routes if isinstance(one, Mount) and isinstance(one.app, App)}
    for lang in LANGUAGES:
        views = _views(mounted[f"/{lang}"], caller, f"/{lang}")
        for client in clients:
            for view in views:
                place = f"view={view}&client={client}"
                yield f"page {lang} {place}", _shown(mounted[f"/{lang}"], caller, f"/{lang}", place)
        path = MODEL_PAGES[lang]
        for view in sorted({*_views(mounted[path], caller, path)} - {"journal"}):  # each entry has a salt of its own
            yield f"page {path} {view}", _shown(mounted[path], caller, path, f"view={view}")


def _views(app: App, caller: TestClient, path: str) -> list[str]:
    """The pages that a client's page, or the first one, leads to."""
    drawn = html.unescape(json.dumps(_drawn(app, caller, path, "client=100002")))
    return sorted(set(re.findall(r"(?:view=|data-page=[\\\"']*)([a-z_-]+)", drawn)))


def _shown(app: App, caller: TestClient, path: str, place: str) -> str:
    """What a page says, without its markup."""
    texts: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            without = re.sub(r"<(script|style)\b.*?</\1>", " ", value, flags=re.DOTALL)
            texts.append(html.unescape(re.sub(r"<[^>]*>", " ", without)))
        elif isinstance(value, list):
            for one in value:
                walk(one)
        elif isinstance(value, dict) and "value" in value:
            walk(value["value"])

    walk(_drawn(app, caller, path, place))
    return plain(" ".join(texts))


def _drawn(app: App, caller: TestClient, path: str, place: str) -> list[Any]:
    assert app.blocks is not None
    index = next(index for index, one in app.blocks.fns.items() if one.api_name == "go" and one.fn is not None)
    event = {"data": [place], "event_data": None, "fn_index": index, "trigger_id": None, "session_hash": "golden"}
    answer = caller.post(f"{path}/gradio_api/run/predict", json=event)
    assert answer.status_code == 200, (path, place, answer.text)
    data: list[Any] = answer.json()["data"]
    return data


def stored() -> dict[str, str]:
    """What was stored."""
    said: dict[str, str] = json.loads(gzip.decompress(STORED.read_bytes()))
    return said


if __name__ == "__main__":
    STORED.write_bytes(gzip.compress(json.dumps(answers(), ensure_ascii=False, indent=0).encode(), 9, mtime=0))
