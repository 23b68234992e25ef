"""Sensitive facts of clients reach no script whose key lacks the scope: every route of the API is asked, in every way.

`docs/security.md` says so; here the whole service with its access control is asked, as a script and as an officer.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.data.features import DICTIONARY
from scoring.portfolio.peers import CRITERIA
from scoring.server.access.keys import SCOPES, changing, make_key
from scoring.server.middleware.stack import Guard
from scoring.service import Service
from scoring.settings import Settings
from tests.integration.test_disclosures import CLIENT, ROUTES, Asked

pytestmark = pytest.mark.integration
SENSITIVE = tuple(name for name, feature in DICTIONARY.items() if feature.sensitive)
SITE = "https://scores.example"
OF_GROUPS = {"/api/evaluation"}
"""Tells of groups, by age and sex too; nobody's facts."""


@pytest.fixture(scope="module")
def clients(demo: Service, recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Callers of a closed service: a script with every scope but the one in question, one with it, and an officer."""
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    texts = {
        "script": _key(keys, "script", [one for one in SCOPES if one != "sensitive"]),
        "trusted": _key(keys, "trusted", list(SCOPES)),
        "officer": _key(keys, "officer", []),
    }
    settings = Settings(auth="keys", host="10.0.0.1", public_url=SITE, keys=keys, rate=0)
    guard = Guard(app, settings, synthetic=demo.synthetic)
    yield {
        name: TestClient(guard, base_url=SITE, headers={"Authorization": f"Bearer {text}", "Accept-Language": "en"})
        for name, text in texts.items()
    }


def _key(path: Path, name: str, scopes: list[Any]) -> str:
    """Make a key of a script, or of an officer where there are no scopes; its text."""
    key, text = make_key(name, "script" if scopes else "officer", days=1, scopes=scopes)
    with changing(path) as keys:
        keys[key.id] = key
    return text


def test_the_scope_is_one_of_its_own(clients: dict[str, TestClient], demo: Service) -> None:
    assert len(SENSITIVE) >= 10
    assert not set(SENSITIVE) & set(demo.model.features)
    for name in ("trusted", "officer"):
        listed = clients[name].get("/api/clients?columns=gender,family_status&gender=F&sort=age_years")
        assert listed.status_code == 200, listed.text
        assert {one["facts"]["gender"] for one in listed.json()["clients"]} == {"F"}
        assert "age_years" in clients[name].get("/api/clients").json()["clients"][0]["facts"]
        told = clients[name].get(f"/api/clients/{CLIENT}").json()["facts"]
        assert [one["feature"] for one in told if one["sensitive"]]


CASES = [
    (method, path, one) for (method, path), several in ROUTES.items() if path.startswith("/api/") for one in several
]


@pytest.mark.parametrize(
    ("method", "path", "asked"), CASES, ids=[f"{method} {one.address}" for method, _, one in CASES]
)
def test_no_answer_holds_a_sensitive_fact(
    clients: dict[str, TestClient], demo: Service, method: str, path: str, asked: Asked
) -> None:
    script = clients["script"]
    made = script.get(f"/api/predict/{CLIENT}").json()["decision_id"]
    answer = script.request(method, asked.address.replace("{decision}", made), **asked.given)
    assert answer.status_code == (422 if (method, path) == ("get", "/api/predict") else 200), answer.text
    if path in OF_GROUPS:
        assert not re.search(r'"client_id"', answer.text)
        return
    labels = {DICTIONARY[name].label.say(lang) for name in SENSITIVE for lang in ("fr", "en")}
    for said in (*(f'"{name}"' for name in SENSITIVE), *(f'"{label}"' for label in labels)):
        assert said not in answer.text, said


@pytest.mark.parametrize("name", SENSITIVE)
def test_no_sensitive_fact_is_listed_filtered_sorted_or_compared_by(
    clients: dict[str, TestClient], demo: Service, name: str
) -> None:
    script = clients["script"]
    words = next(iter(DICTIONARY[name].levels)) if DICTIONARY[name].kind == "category" else "0.."
    ways = [f"columns=income_total,{name}", f"columns={name}", f"sort={name}", f"sort=-{name}", f"{name}={words}"]
    addresses = [f"/api/clients?{way}" for way in ways]
    addresses += [f"/api/clients/{CLIENT}/peers?features={name}"]
    addresses += [f"/api/clients/{CLIENT}/peers?criteria={name}"] * (name in CRITERIA)
    for address in addresses:
        if name not in demo.portfolio.features:
            continue
        refused = script.get(address)
        assert refused.status_code == 403, address
        assert refused.json()["type"] == "/problems/forbidden"
        assert name in refused.json()["detail"]
        assert clients["trusted"].get(address).status_code == 200, address


def test_what_is_given_unasked_leaves_them_out(clients: dict[str, TestClient]) -> None:
    script = clients["script"]
    assert "age_years" not in script.get("/api/clients").json()["clients"][0]["facts"]
    told = script.get(f"/api/clients/{CLIENT}").json()["facts"]
    assert told
    assert not [one["feature"] for one in told if one["sensitive"]]
