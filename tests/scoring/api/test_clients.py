"""Lists and facts of clients over the API: the portfolio's own, in the words of the pages' addresses."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.api.clients import COLUMNS, MOST_CLIENTS, ClientsAnswer
from scoring.audit.audited_decisions import Recorder
from scoring.audit.entry_list import Wanted
from scoring.audit.store.chain import CONSULTATION
from scoring.data.features import DICTIONARY, say
from scoring.i18n import LANGUAGES
from scoring.portfolio.filter_text import read_filters
from scoring.portfolio.filters import Filters, Sort
from scoring.service import Service

PATH = "/api/clients"


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


QUERIES = [
    {},
    {"number": "1000"},
    {"role": "new", "decision": "decline|review", "level": "1|2|3"},
    {"points": "500..560", "sort": "-points"},
    {"income_total": "100000..200000", "education": "Higher education", "sort": "age_years"},
    {"installments_count": "10..", "sort": "-installments_count", "columns": "installments_count,occupation"},
    {"occupation": "~", "sort": "occupation"},
    {"income_type": "Pensioner", "decision": "decline", "credit_amount": "..200000", "sort": "-credit_amount"},
]


@pytest.mark.parametrize("query", QUERIES, ids=repr)
def test_a_list_is_the_portfolio_s(client: TestClient, demo: Service, query: dict[str, str]) -> None:
    answer = client.get(PATH, params={"limit": "40", **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = ClientsAnswer.model_validate_json(answer.content, strict=True)
    words = {name: said for name, said in query.items() if name not in ("sort", "columns")}
    sort = query.get("sort", "client_id")
    columns = query.get("columns", ",".join(COLUMNS)).split(",")
    expected = demo.portfolio.listing(
        read_filters(words), sort=Sort(sort.removeprefix("-"), sort[0] == "-"), limit=40, columns=columns
    )
    assert found.total == expected.total
    assert found.counts == expected.counts
    assert found.filters == words
    for shown, row in zip(found.clients, expected.rows, strict=True):
        assert {**shown.model_dump(exclude={"facts"}), **shown.facts} == row


@pytest.mark.parametrize("sort", ["client_id", "-points", "income_total", "-occupation", "decision"])
def test_pages_follow_each_other_to_the_end(client: TestClient, demo: Service, sort: str) -> None:
    leafed: list[int] = []
    address = f"{PATH}?role=new&sort={sort}&limit=200"
    while address:
        answer = client.get(address)
        leafed += [one["client_id"] for one in answer.json()["clients"]]
        address = answer.links["next"]["url"] if "next" in answer.links else ""
        assert bool(address) == (answer.json()["next"] is not None)
    whole = demo.portfolio.listing(
        Filters(roles=("new",)), sort=Sort(sort.removeprefix("-"), sort[0] == "-"), limit=10_000
    )
    assert leafed == [row["client_id"] for row in whole.rows]


def test_a_filter_that_comes_twice_has_both_words(client: TestClient) -> None:
    both = client.get(f"{PATH}?decision=accept&decision=review").json()
    assert both["filters"] == {"decision": "accept|review"}
    assert both["total"] == client.get(f"{PATH}?decision=accept|review").json()["total"]


def forged(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


BAD = [
    ("limit=0", "bad-request"),
    (f"limit={MOST_CLIENTS + 1}", "bad-request"),
    ("sort=OUTCOME", "bad-request"),
    ("sort=a;b", "bad-request"),
    ("sort=outcome", "bad-input"),
    ("sort=target", "bad-input"),
    ("columns=OUTCOME", "bad-request"),
    ("columns=target", "bad-input"),
    ("target=1", "bad-input"),
    ("OUTCOME=1", "bad-input"),
    ("income_total=' OR 1=1 --", "bad-input"),
    ("education='; DROP TABLE clients; --", "bad-input"),
    ("number=1%", "bad-input"),
    ("income_total=nan..", "bad-input"),
    ("cursor=x", "bad-input"),
    (f"cursor={forged(1, 2, {})}", "bad-input"),
    (f"cursor={forged('x', 2, {'sort': 'client_id'})}", "bad-input"),
    (f"cursor={forged(True, 2, {'sort': 'client_id'})}", "bad-input"),
    (f"cursor={forged(1, 2**70, {'sort': 'client_id'})}", "bad-input"),
    (f"sort=decision&cursor={forged('maybe', 2, {'sort': 'decision'})}", "bad-input"),
    (f"sort=occupation&cursor={forged(3, 2, {'sort': 'occupation'})}", "bad-input"),
]


@pytest.mark.parametrize(("query", "kind"), BAD)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_no_list_is_a_problem(client: TestClient, query: str, kind: str, lang: str) -> None:
    answer = client.get(f"{PATH}?{query}", headers={"accept-language": lang})
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == f"/problems/{kind}"
    assert answer.headers["content-language"] == lang


def test_a_cursor_is_of_one_list(client: TestClient) -> None:
    cursor = client.get(f"{PATH}?role=new").json()["next"]
    assert client.get(f"{PATH}?role=new&cursor={cursor}").status_code == 200
    for other in ("role=test", "role=new&sort=points", "role=new&level=3", ""):
        assert client.get(f"{PATH}?{other}&cursor={cursor}").status_code == 422


@pytest.mark.parametrize("lang", LANGUAGES)
def test_facts_of_a_client_are_told_in_words(client: TestClient, demo: Service, lang: str) -> None:
    answer = client.get(f"{PATH}/100002?lang={lang}")
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    facts = demo.portfolio.features_of(100002)
    assert {one["feature"]: one["value"] for one in told["facts"]} == facts
    for one in told["facts"]:
        feature = DICTIONARY[one["feature"]]
        assert one["text"] == say(feature, one["value"], lang)
        assert one["label"] == feature.label.say(lang)
        assert not (one["used"] and one["sensitive"])
    assert told["language"] == lang


def test_no_outcome_of_one_person_is_ever_told(client: TestClient, demo: Service) -> None:
    known = demo.portfolio.listing(Filters(roles=("test",)), limit=1).rows[0]["client_id"]
    for text in (client.get(f"{PATH}/{known}").text, client.get(f"{PATH}?role=test").text):
        assert "OUTCOME" not in text.upper().replace("OUTCOMES", "")
        assert "TARGET" not in text.upper()


def test_looking_is_a_consultation_and_no_decision(client: TestClient, recorder: Recorder) -> None:
    for address in (f"{PATH}/100002", f"{PATH}?limit=1"):
        client.get(address)
    client.get("/api/predict/100002")  # written in order: what was asked before is on the disk too
    kinds = [line.kind for line in recorder.listing(Wanted(), limit=3).lines]
    assert kinds[1:] == [CONSULTATION, CONSULTATION]


def test_counts_behind_the_last_client_are_a_consultation_too(
    client: TestClient, demo: Service, recorder: Recorder
) -> None:
    """A cursor can be made up; how many clients filters leave tells facts of one whom they leave alone."""
    number = int(demo.portfolio.ids[-7])
    wanted = Wanted(kind=CONSULTATION, client_id=number)
    before = len(recorder.listing(wanted).lines)
    cursor = forged(2**40, 2**40, {"number": str(number), "sort": "client_id"})
    answer = client.get(f"{PATH}?number={number}&cursor={cursor}").json()
    assert (answer["total"], answer["clients"]) == (1, [])
    assert len(recorder.listing(wanted).lines) == before + 1


def test_unknown_clients_are_problems(client: TestClient) -> None:
    assert client.get(f"{PATH}/7").json()["type"] == "/problems/unknown-client"
    assert client.get(f"{PATH}/x").json()["type"] == "/problems/bad-request"
