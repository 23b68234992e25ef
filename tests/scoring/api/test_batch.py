"""Batches: one by one and at once are the same, whatever the form; rows stand alone; nothing is recorded twice."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from scoring.api import add_api
from scoring.api.batch import BETWEEN, COLUMNS, BatchDecision, BatchProblem, _unless_gone
from scoring.audit.audited_decisions import Recorder
from scoring.audit.batches import FIRST_PART, PART
from scoring.audit.idempotency import Key
from scoring.audit.receipts import check, read_receipt
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.data.tables import HISTORY, TABLES
from scoring.data.tables.column_types import ID_COLUMN
from scoring.data.uploads.limits import MOST_CLIENTS
from scoring.errors import KeyInUseError
from scoring.service import Service
from tests.running import run
from tests.scoring.api.raw import APPLICATION

PATH = "/api/predict/batch"
NDJSON, CSV, PARQUET = "application/x-ndjson", "text/csv", "application/vnd.apache.parquet"


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(demo: Service) -> list[int]:
    """More than two parts of clients, not in order, one of them twice."""
    every = demo.portfolio.frame(["client_id"])["client_id"]
    return [*every.sample(FIRST_PART + PART + 100, seed=1).to_list(), 100002, 100002]


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found = [orjson.loads(line) for line in answer.content.splitlines()]
    assert len(found) == int(answer.headers["x-batch-rows"])
    return found


def test_each_line_is_the_answer_of_one_by_one(client: TestClient, ids: list[int]) -> None:
    answer = client.post(f"{PATH}?lang=en", json=ids)
    assert answer.headers["content-type"] == NDJSON
    assert answer.headers["cache-control"] == "no-store"
    found = lines(answer)
    assert [line["client_id"] for line in found] == ids
    assert [line["row"] for line in found] == list(range(len(ids)))
    for line in found[::97]:
        BatchDecision.model_validate(line, strict=True)
        alone = client.get(f"/api/predict/{line['client_id']}?lang=en").json()
        for name in ("pd", "points", "low_points", "high_points", "level", "decision", "review_because"):
            assert line[name] == alone[name]
        assert line["reasons"] == [{name: one[name] for name in ("code", "points", "text")} for one in alone["reasons"]]


def test_decisions_of_a_batch_are_found_and_made_again(client: TestClient, journal: Journal, ids: list[int]) -> None:
    answer = client.post(f"{PATH}?purpose=monthly", json={"client_ids": ids[:300]})
    for line in lines(answer)[::99]:
        assert line["decision_id"].startswith(f"{answer.headers['x-batch-id']}.")
        record = client.get(f"/api/decisions/{line['decision_id']}").json()["record"]
        assert (record["client_id"], record["pd"], record["purpose"]) == (line["client_id"], line["pd"], "monthly")
        assert client.get(f"/api/decisions/{line['decision_id']}/replay").json()["same"]
    assert verify(journal.engine).faults == ()


def test_all_forms_of_asking_are_one(client: TestClient) -> None:
    asked = [100002, 100003, 7]
    text = "client_id\r\n100002\r\n100003\r\n7\r\n"
    parquet = io.BytesIO()
    pl.DataFrame({"SK_ID_CURR": asked}).write_parquet(parquet)
    answers = [
        client.post(PATH, json=asked),
        client.post(PATH, json={"client_ids": asked}),
        client.post(PATH, content=text, headers={"content-type": f"{CSV}; charset=utf-8"}),
        client.post(PATH, content=parquet.getvalue(), headers={"content-type": PARQUET}),
    ]
    told = [[{**line, "decision_id": ""} for line in lines(answer)] for answer in answers]
    assert all(one == told[0] for one in told)
    assert told[0][2]["problem"]["type"] == "/problems/unknown-client"
    BatchProblem.model_validate({name: value for name, value in told[0][2].items() if name != "decision_id"})


@pytest.mark.parametrize("kind", ["json", "csv", "parquet"])
def test_raw_applications_are_decided_as_one_by_one(client: TestClient, kind: str) -> None:
    rows = [{**APPLICATION, "AMT_CREDIT": 100_000.0 + 1_000.0 * at, ID_COLUMN: 500_001 + at} for at in range(5)]
    rows[3]["AMT_CREDIT"] = -5.0
    frame = pl.DataFrame(rows)
    buffer = io.BytesIO()
    if kind == "json":
        answer = client.post(f"{PATH}?lang=en", json={"applications": rows})
    elif kind == "csv":
        answer = client.post(f"{PATH}?lang=en", content=frame.write_csv(), headers={"content-type": CSV})
    else:
        frame.write_parquet(buffer)
        answer = client.post(f"{PATH}?lang=en", content=buffer.getvalue(), headers={"content-type": PARQUET})
    found = lines(answer)
    assert [line["client_id"] for line in found] == [row[ID_COLUMN] for row in rows]
    for at, line in enumerate(found):
        alone = client.post("/api/predict?lang=en", json={"application": rows[at]}).json()
        if at == 3:
            assert line["problem"]["type"] == alone["type"] == "/problems/bad-input"
            assert "AMT_CREDIT must be from 0" in line["problem"]["detail"]
        else:
            assert (line["pd"], line["decision"]) == (alone["pd"], alone["decision"])


def test_histories_go_with_their_applications(client: TestClient) -> None:
    rows = [{**APPLICATION, ID_COLUMN: number} for number in (500_001, 500_002)]
    loan = {column.name: 1 for column in TABLES["bureau"].columns if not column.nullable}
    loan |= {"CREDIT_ACTIVE": "Active", "CREDIT_CURRENCY": "currency 1", "CREDIT_TYPE": "Consumer credit"}
    loan |= {"DAYS_CREDIT": -100, "DAYS_CREDIT_UPDATE": -10}
    bureau = [{**loan, ID_COLUMN: 500_002, "SK_ID_BUREAU": at} for at in range(1, 9)]
    balance = [{"SK_ID_BUREAU": 3, "MONTHS_BALANCE": -1, "STATUS": "5"}]
    history = {"bureau": bureau, "bureau_balance": balance}
    first, second = lines(client.post(PATH, json={"applications": rows, "history": history}))
    alone = client.post("/api/predict", json={"application": rows[1], "history": history}).json()
    assert second["pd"] == alone["pd"]
    assert first["pd"] == client.post("/api/predict", json={"application": rows[0]}).json()["pd"]
    for wrong in (
        {"applications": [APPLICATION, APPLICATION], "history": history},
        {"applications": rows[:1], "history": history},
        {"applications": rows, "history": {"none": []}},
        {"client_ids": [1], "history": history},
    ):
        assert client.post(PATH, json=wrong).json()["type"] == "/problems/bad-input"


KNOWN: dict[str, list[Any]] = {table: [] for table in HISTORY}


def test_a_table_that_was_not_sent_is_unknown(client: TestClient, demo: Service, tmp_path: Path) -> None:
    """Nobody is approved, or declined, as somebody without a past because their past was left out."""
    used = demo.unknown_history(())
    assert used
    rows = [{**APPLICATION, ID_COLUMN: 500_001}]
    frame = pl.DataFrame(rows)
    parquet = io.BytesIO()
    frame.write_parquet(parquet)
    known = client.post("/api/predict", json={"application": rows[0], "history": KNOWN}).json()
    assert known["unknown_history"] == []
    assert "history_unknown" not in known["review_because"]
    for history in ({}, dict(list(KNOWN.items())[1:]), {used[0]: []}):
        absent = [table for table in used if table not in history]
        alone = client.post("/api/predict", json={"application": rows[0], "history": history}).json()
        assert (alone["decision"], alone["review_because"][-1]) == ("review", "history_unknown")
        assert alone["unknown_history"] == absent
        assert alone["pd"] == known["pd"]
        batch = lines(client.post(PATH, json={"applications": rows, "history": history}))[0]
        assert (batch["decision"], batch["review_because"]) == ("review", alone["review_because"])
        for decision_id in (alone["decision_id"], batch["decision_id"]):
            record = client.get(f"/api/decisions/{decision_id}").json()["record"]
            assert record["unknown_history"] == absent
            assert client.get(f"/api/decisions/{decision_id}/replay").json()["same"]
            (tmp_path / "receipt.json").write_bytes(client.get(f"/api/decisions/{decision_id}/receipt").content)
            receipt, raw = read_receipt(tmp_path / "receipt.json")
            assert [one.claim for one in check(receipt, raw, demo.model) if not one.holds] == []
    for content, kind in ((frame.write_csv(), CSV), (parquet.getvalue(), PARQUET)):
        batch = lines(client.post(PATH, content=content, headers={"content-type": kind}))[0]
        assert (batch["decision"], batch["review_because"][-1]) == ("review", "history_unknown")
    whole = lines(client.post(PATH, json={"applications": rows, "history": KNOWN}))[0]
    assert (whole["decision"], whole["review_because"]) == (known["decision"], known["review_because"])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'[100002, "x", 100003, true, 2.5]', "application/json"),
        (b"client_id\n100002\nx\n100003\nTrue\n2.5\n", CSV),
        (b"Client_ID;\n100002;0\nx;1\n100003;2\nTrue;3\n2,5;4\n", CSV),
    ],
)
def test_a_bad_number_is_its_rows_fault(client: TestClient, body: bytes, kind: str) -> None:
    found = lines(client.post(f"{PATH}?lang=en", content=body, headers={"content-type": kind}))
    assert ["decision" in line for line in found] == [True, False, True, False, False]
    assert found[1]["problem"]["detail"].startswith("Row 1 must hold a client's number, whole; got x.")


def test_a_file_is_read_as_a_folders_table_is(client: TestClient) -> None:
    """Row numbers of a tool, names in another case, a label, semicolons with decimal commas, decimals."""
    rows = [{**APPLICATION, "AMT_CREDIT": 100_000.5 + 1_000.0 * at, ID_COLUMN: 500_001 + at} for at in range(4)]
    frame = pl.DataFrame(rows)
    expected = [
        {**line, "decision_id": ""}
        for line in lines(client.post(PATH, content=frame.write_csv(), headers={"content-type": CSV}))
    ]
    labelled = frame.with_row_index("").with_columns(pl.lit(1).alias("TARGET"))
    lower = labelled.rename({name: f" {name.lower()}" for name in frame.columns})
    commas = labelled.write_csv(separator=";", decimal_comma=True, include_bom=True)
    parquet = io.BytesIO()
    labelled.with_columns(pl.col("AMT_CREDIT").cast(pl.Decimal(20, 2)), pl.col("").alias("__index_level_0__")).drop(
        ""
    ).write_parquet(parquet)
    for content, kind in ((lower.write_csv(), CSV), (commas, CSV), (parquet.getvalue(), PARQUET)):
        found = lines(client.post(PATH, content=content, headers={"content-type": kind}))
        assert [{**line, "decision_id": ""} for line in found] == expected


def test_a_row_is_named_by_its_place_in_what_was_sent(client: TestClient) -> None:
    rows: list[dict[str, Any]] = [dict(APPLICATION) for _ in range(5)]
    rows[3]["AMT_CREDIT"] = -5.0
    rows[4]["OCCUPATION_TYPE"] = "x" * 1_000
    for content, kind in ((json.dumps(rows), "application/json"), (pl.DataFrame(rows).write_csv(), CSV)):
        found = lines(client.post(f"{PATH}?lang=en", content=content, headers={"content-type": kind}))
        assert ["decision" in line for line in found] == [True, True, True, False, False]
        assert found[3]["problem"]["detail"].startswith("application[3].AMT_CREDIT must be")
        assert "OCCUPATION_TYPE" in found[4]["problem"]["detail"]


def test_a_spreadsheet_takes_no_cell_for_a_formula(client: TestClient, ids: list[int]) -> None:
    answer = client.post(f"{PATH}?lang=fr", json=[*ids[:50], 7], headers={"accept": CSV})
    assert answer.headers["content-type"].startswith(CSV)
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert tuple(rows[0]) == COLUMNS
    spoken = lines(client.post(f"{PATH}?lang=fr", json=ids[:50]))
    for row, line in zip(rows, spoken, strict=False):
        assert (int(row["client_id"]), float(row["pd"])) == (line["client_id"], line["pd"])
        assert row["reasons"].removeprefix("'") == BETWEEN.join(reason["text"] for reason in line["reasons"])
    assert rows[-1]["problem"]
    raw = {**APPLICATION, "NAME_CONTRACT_TYPE": "=cmd|' /C calc'!A0"}
    hostile = client.post(PATH, json=[raw, {"=1+1": 1}], headers={"accept": CSV}).text
    for row in csv.reader(io.StringIO(hostile, newline="")):
        assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)


BAD: list[tuple[bytes, str, int]] = [
    (b"", "application/json", 422),
    (b"[]", "application/json", 422),
    (b"{", "application/json", 422),
    (b"[" * 100_000, "application/json", 422),
    (b'"x"', "application/json", 422),
    (b'{"client_ids": [1], "applications": []}', "application/json", 422),
    (b'{"client_ids": 1}', "application/json", 422),
    (b'[1, {"x": 1}]', "application/json", 422),
    (b"\xff\xfe", "text/csv", 422),
    (b"", "text/csv", 422),
    (b"client_id\n", "text/csv", 422),
    (b"a,b\n1,2\n", "text/csv", 422),
    (b"client_id,client_id\n1,2\n", "text/csv", 422),
    (b"AMT_CREDIT;AMT_ANNUITY\n1,5;2.5\n", "text/csv", 422),
    (b"PAR1", PARQUET, 422),
    (b"PAR1" + b"\0" * 64 + b"PAR1", PARQUET, 422),
    (b"x", "text/plain", 415),
    (b"x", "", 415),
]


@pytest.mark.parametrize(("body", "kind", "status"), BAD, ids=lambda one: repr(one)[:24])
def test_what_is_no_batch_is_a_problem(client: TestClient, body: bytes, kind: str, status: int) -> None:
    answer = client.post(PATH, content=body, headers={"content-type": kind})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["1_00002", "１００００２", "١٠٠٠٠٢"])
def test_what_python_alone_takes_for_a_number_is_none(client: TestClient, number: str) -> None:
    answer = client.post(PATH, content=f"client_id\n{number}\n".encode(), headers={"content-type": "text/csv"})
    (line,) = lines(answer)
    assert line["problem"]["type"] == "/problems/bad-input"


def test_more_than_the_most_are_refused(client: TestClient) -> None:
    answer = client.post(f"{PATH}?lang=en", json=list(range(MOST_CLIENTS + 1)))
    assert answer.status_code == 422
    assert f"got {MOST_CLIENTS + 1}" in answer.json()["detail"]


def test_a_form_that_there_is_not_is_a_problem(client: TestClient) -> None:
    answer = client.post(PATH, json=[1], headers={"accept": "image/png"})
    assert answer.json()["type"] == "/problems/not-acceptable"


def test_a_batch_repeated_with_its_key_is_the_same_and_recorded_once(
    client: TestClient, journal: Journal, ids: list[int]
) -> None:
    key = {"idempotency-key": "month-1"}
    first = lines(client.post(PATH, json=ids, headers=key))
    head = journal.head
    assert lines(client.post(PATH, json=ids, headers=key)) == first
    assert journal.head == head
    spoken = lines(client.post(f"{PATH}?lang=en", json=ids, headers=key))  # the same decisions in another language
    assert [line["decision_id"] for line in spoken] == [line["decision_id"] for line in first]
    assert journal.head == head
    other = client.post(PATH, json=ids[1:], headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")


def test_a_batch_that_was_cut_goes_on_where_it_ended(client: TestClient, journal: Journal, ids: list[int]) -> None:
    key = {"idempotency-key": "cut"}
    with client.stream("POST", PATH, json=ids, headers=key) as cut:
        began = json.loads(next(cut.iter_lines()))
    while (again := client.post(PATH, json=ids, headers=key)).status_code == 409:  # until the part under way is done
        assert again.headers["retry-after"]
    whole = lines(again)
    assert whole[0] == began
    batch = whole[0]["decision_id"].split(".")[0]
    assert [line["decision_id"] for line in whole] == [f"{batch}.{at}" for at in range(len(ids))]
    for line in (whole[0], whole[-1]):
        assert client.get(f"/api/decisions/{line['decision_id']}/replay").json()["same"]
    assert verify(journal.engine).faults == ()


@pytest.mark.parametrize(("lang", "said"), [("en", "Idempotency key in use"), ("fr", "Clé d'idempotence en cours")])
def test_a_key_whose_batch_runs_is_a_conflict(
    client: TestClient, journal: Journal, ids: list[int], lang: str, said: str
) -> None:
    key = {"idempotency-key": "running"}
    with journal.running_keys.hold(Key("running", "\0testclient", "")):
        answer = client.post(f"{PATH}?lang={lang}", json=ids, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/key-in-use")
        assert answer.json()["title"].startswith(said)
        assert answer.headers["retry-after"] == "1"
    assert len(lines(client.post(PATH, json=ids, headers=key))) == len(ids)


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_a_caller_who_goes_leaves_the_key_free(
    demo: Service, recorder: Recorder, journal: Journal, ids: list[int], taken: int
) -> None:
    app = FastAPI()
    add_api(app, demo, recorder)
    name, body = f"gone after {taken}", json.dumps(ids).encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "POST",
        "path": PATH,
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"idempotency-key", name.encode())],
    }

    async def ask() -> None:
        left = taken

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            nonlocal left
            if left == 0:
                raise OSError("the caller has gone")
            left -= 1

        with suppress(Exception):
            await app(scope, receive, send)
        for _ in range(1000):  # the part under way comes to its end
            try:
                with journal.running_keys.hold(Key(name, "\0testclient", "")):
                    return
            except KeyInUseError:
                await asyncio.sleep(0.01)
        raise AssertionError("the key was not free again")

    run(ask())
    with TestClient(app, raise_server_exceptions=False) as client:
        headers = {"idempotency-key": name, "content-type": "application/json"}
        whole = lines(client.post(PATH, content=body, headers=headers))
    assert len({line["decision_id"] for line in whole}) == len(ids)
    assert verify(journal.engine).faults == ()


def test_history_of_nobody_is_a_problem(client: TestClient) -> None:
    """An owner that is no number, of whatever type, once ended the request with a fault of the service."""
    for owner in ([1], {"a": 1}, "1", None, True, 1.5):
        wrong = {"applications": [{**APPLICATION, ID_COLUMN: 1}], "history": {"bureau": [{ID_COLUMN: owner}]}}
        answer = client.post(f"{PATH}?lang=en", json=wrong)
        assert answer.status_code == 422
        assert "bureau[0].SK_ID_CURR must be a whole number" in answer.json()["detail"]
    for number in ([1], "1", None):
        wrong = {"applications": [{**APPLICATION, ID_COLUMN: number}], "history": {"bureau": []}}
        assert client.post(PATH, json=wrong).json()["type"] == "/problems/bad-input"


def test_who_hangs_up_ends_the_reading() -> None:
    async def receive() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def work() -> None:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            ended.append(True)
            raise

    ended: list[bool] = []
    assert run(_unless_gone(Request({"type": "http"}, receive), work())) is None
    assert ended == [True]


def test_without_its_journal_no_batch_begins(demo: Service, tmp_path: Any) -> None:
    place = tmp_path / "journal"
    place.write_text("a file where a folder must be")
    journal = Journal(f"sqlite:///{place / 'journal.sqlite'}")
    app = FastAPI()
    add_api(app, demo, Recorder(demo, journal))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.post(PATH, json=[100002])
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert "pd" not in answer.text
    journal.close()


def test_a_lender_may_have_it_refused(demo: Service, recorder: Recorder) -> None:
    app = FastAPI(docs_url=None, redoc_url=None)
    careful = Service(demo.artefacts, unknown_history="refuse")
    add_api(app, careful, Recorder(careful, recorder.journal))
    one = {**APPLICATION, ID_COLUMN: 500_001}
    with TestClient(app) as caller:
        for sent in ({"application": one}, {"application": one, "history": dict(list(KNOWN.items())[1:])}):
            answer = caller.post("/api/predict", json=sent)
            assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-input")
            assert "bureau" in answer.json()["detail"]
        for content, kind in (
            (orjson.dumps({"applications": [one]}), "application/json"),
            (pl.DataFrame([one]).write_csv(), CSV),
        ):
            assert caller.post(PATH, content=content, headers={"content-type": kind}).status_code == 422
        assert caller.post("/api/predict", json={"application": one, "history": KNOWN}).status_code == 200
        assert caller.post(PATH, json=[100002]).status_code == 200
