"""The Python client against the real app: what it gives, what it raises, what it tries again."""

import itertools
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring import client as module
from scoring.api import add_api, answers, clients
from scoring.api import batch as lines
from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.client import Client, Problem
from scoring.data.tables import TABLES
from scoring.portfolio.filters import Filters
from scoring.service import Service
from tests.scoring.api.raw import APPLICATION


class Through(httpx.BaseTransport):
    """Leads to the app, after having failed as told: a status, or an exception, for each of the first calls."""

    def __init__(self, app: TestClient, *failures: Any) -> None:
        self.app, self.failures, self.calls = app, list(failures), 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, Exception):
            raise failure
        if isinstance(failure, httpx.Response):
            return failure
        sent = self.app.request(request.method, str(request.url), headers=dict(request.headers), content=request.read())
        stream: Any = sent.content
        if failure == "cut":

            def cut() -> Iterator[bytes]:
                yield sent.content[: len(sent.content) // 2]
                raise httpx.ReadError("cut")

            stream = cut()
        headers = {
            name: value for name, value in sent.headers.items() if name not in ("content-length", "content-encoding")
        }
        return httpx.Response(sent.status_code, headers=headers, content=stream)


@pytest.fixture(scope="module")
def app(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    made = FastAPI()
    add_api(made, demo, recorder)
    with TestClient(made, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Nobody waits; what would have been waited is kept."""
    waited: list[float] = []
    monkeypatch.setattr("scoring.client.time.sleep", waited.append)
    return waited


def connected(app: TestClient, *failures: Any, **how: Any) -> Client:
    return Client("http://testserver", transport=Through(app, *failures), **{"lang": "en", **how})


@pytest.mark.parametrize(
    ("typed", "model"),
    [
        ("Decision", answers.PredictAnswer),
        ("Reason", answers.ReasonAnswer),
        ("Contribution", answers.ContributionAnswer),
        ("Constant", answers.ConstantAnswer),
        ("BatchDecision", lines.BatchDecision),
        ("BatchReason", lines.BatchReason),
        ("BatchProblem", lines.BatchProblem),
        ("ListedClient", clients.ListedClient),
    ],
)
def test_types_are_those_of_the_api(typed: str, model: type) -> None:
    assert set(getattr(module, typed).__annotations__) == set(model.__annotations__)


def test_a_decision_is_the_service_s(app: TestClient, demo: Service) -> None:
    with connected(app) as service:
        decision = service.predict(100002, contributions=True, purpose="test")
        assert decision["pd"] == demo.assess(100002).decision.pd
        assert decision["language"] == "en"
        assert decision["contributions"]
        assert service.decision(decision["decision_id"])["record"]["purpose"] == "test"
        assert service.replay(decision["decision_id"])["same"]
        changed = service.predict(100002, changes={"amount": 50_000.0})
        assert changed["pd"] != decision["pd"]
        raw = service.predict_application(APPLICATION)
        assert raw["client_id"] is None
        assert service.ready()["status"] == "ready"
        assert service.client(100002)["facts"]
        assert service.model()["digest"] == demo.model.digest


def test_a_problem_is_raised_with_its_kind(app: TestClient) -> None:
    with connected(app) as service, pytest.raises(Problem, match="must be one of the portfolio's") as raised:
        service.predict(7)
    assert (raised.value.kind, raised.value.status) == ("unknown-client", 404)
    with connected(app, lang="fr") as service, pytest.raises(Problem) as raised:
        service.predict(7, purpose="x" * 201)
    assert raised.value.kind == "bad-request"
    assert raised.value.errors == [{"where": "query.purpose", "message": "la longueur doit être au plus 200"}]


def test_what_is_tried_again_is_decided_once(app: TestClient, journal: Journal, at_once: list[float]) -> None:
    busy = httpx.Response(503, headers={"retry-after": "7"}, json={"type": "/problems/journal", "status": 503})
    before = journal.head.seq
    with connected(app, busy, httpx.ConnectError("refused")) as service:
        service.predict(100002)
    assert journal.head.seq == before + 1
    assert at_once[0] == 7.0
    assert len(at_once) == 2


def test_an_answer_that_was_lost_is_given_again(app: TestClient, journal: Journal) -> None:
    class Loses(Through):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            if self.calls == 1:
                raise httpx.ReadTimeout("lost on the way")
            return answer

    before = journal.head.seq
    with Client("http://testserver", transport=Loses(app)) as service:
        service.predict(100003)
    assert journal.head.seq == before + 1


def test_it_gives_up_in_the_end(app: TestClient) -> None:
    busy = httpx.Response(503, json={"type": "/problems/journal", "status": 503, "detail": "later"})
    with connected(app, *[busy] * 9, retries=2) as service, pytest.raises(Problem, match="later"):
        service.predict(100002)
    with connected(app, *[httpx.ConnectError("refused")] * 9) as service, pytest.raises(httpx.ConnectError):
        service.clients().__next__()


def test_a_batch_is_the_service_s(app: TestClient, demo: Service, tmp_path: Path) -> None:
    ids = [100002, 7, 100003]
    file = tmp_path / "clients.csv"
    file.write_text("client_id\n" + "\n".join(map(str, ids)) + "\n")
    with connected(app) as service:
        for whom in (ids, iter(ids), file):
            found = list(service.batch(whom))
            assert [one["client_id"] for one in found] == ids
            assert found[1]["problem"]["type"] == "/problems/unknown-client"
            assert found[0]["pd"] == demo.assess(100002).decision.pd
        assert next(service.batch([APPLICATION]))["client_id"] is None
        assert next(service.batch([100002], reasons=False))["reasons"] == []
        with pytest.raises(Problem, match="must hold 1 to"):
            list(service.batch([]))
        with pytest.raises(ValueError, match=r"must end with \.csv"):
            list(service.batch(tmp_path / "clients.txt"))


def test_a_batch_that_was_cut_goes_on(app: TestClient, demo: Service, journal: Journal) -> None:
    ids = demo.portfolio.frame(["client_id"])["client_id"].head(600).to_list()
    busy = httpx.Response(503, json={"type": "/problems/journal", "status": 503})
    before = journal.head.seq
    with connected(app, "cut", busy, "cut") as service:
        found = list(service.batch(ids))
    assert [one["client_id"] for one in found] == ids
    assert len({one["decision_id"] for one in found}) == len(ids)
    assert journal.head.seq == before + 2  # two parts, whatever was asked for again


def test_a_batch_that_still_runs_is_waited_for(app: TestClient, at_once: list[float]) -> None:
    runs = httpx.Response(409, headers={"retry-after": "1"}, json={"type": "/problems/key-in-use", "status": 409})
    problem = b'{"row": null, "problem": {"type": "/problems/key-in-use", "status": 409}}\n'
    lost = httpx.Response(200, headers={"x-batch-rows": "2"}, content=problem)
    with connected(app, runs, lost) as service:
        assert [one["client_id"] for one in service.batch([100002, 100003])] == [100002, 100003]
    assert at_once[0] == 1.0
    other = httpx.Response(409, json={"type": "/problems/conflict", "status": 409})
    with connected(app, other) as service, pytest.raises(Problem):
        list(service.batch([100002]))


def test_clients_come_page_after_page(app: TestClient, demo: Service) -> None:
    with connected(app) as service:
        found = service.clients({"role": "new"}, sort="-points", columns=["income_total"], page=50)
        first = list(itertools.islice(found, 120))
        points = [one["points"] for one in first]
        assert points == sorted(points, reverse=True)
        assert set(first[0]["facts"]) == {"income_total"}
        rest = list(found)
    assert len(first) + len(rest) == demo.portfolio.listing(Filters(roles=("new",))).total


def test_values_of_data_libraries_are_taken(app: TestClient, demo: Service) -> None:
    """NumPy's numbers, NaN, NA and NaT, rows and frames of pandas and Polars: the same decision as from plain rows."""
    plain = {**APPLICATION, "OWN_CAR_AGE": None, "OCCUPATION_TYPE": None}
    missing = {**APPLICATION, "OWN_CAR_AGE": float("nan"), "OCCUPATION_TYPE": pd.NA}
    loan: dict[str, Any] = {column.name: 1 for column in TABLES["bureau"].columns if not column.nullable}
    loan |= {"CREDIT_ACTIVE": "Active", "CREDIT_CURRENCY": "currency 1", "CREDIT_TYPE": "Consumer credit"}
    loan |= {"DAYS_CREDIT": -100, "DAYS_CREDIT_UPDATE": -10, "AMT_ANNUITY": None}
    history = {"bureau": [loan, {**loan, "SK_ID_BUREAU": 2, "AMT_ANNUITY": 1_000.0}]}
    frame = pd.DataFrame(history["bureau"])
    frame["AMT_ANNUITY"] = frame["AMT_ANNUITY"].astype("Float64")
    with connected(app) as service:
        wanted = service.predict_application(plain, history)["log_odds"]
        numbers = {
            name: np.int64(value) if isinstance(value, int) else np.float32(value) if value == 0.5 else value
            for name, value in plain.items()
        }
        for application in (missing, numbers, pd.Series(missing, dtype=object), pd.DataFrame([missing]).iloc[0]):
            assert service.predict_application(application, history)["log_odds"] == wanted
        for rows in (frame, pl.DataFrame(history["bureau"]), [frame.iloc[0]], frame.to_dict("records")):
            assert service.predict_application(plain, {"bureau": rows})["log_odds"] == wanted
        ids = np.array([100002, 100003])
        for whom in (ids, pd.Series(ids), pd.Index(ids).astype("float64"), pl.Series(ids), list(ids)):
            assert [one["client_id"] for one in service.batch(whom)] == [100002, 100003]
        for many in (pd.DataFrame([missing, missing]), pl.DataFrame([plain, plain]), [missing, plain]):
            assert ["pd" in one for one in service.batch(many)] == [True, True]
        assert service.predict(np.int64(100002))["pd"] == demo.assess(100002).decision.pd
        changed = service.predict(ids[0], changes={"amount": np.float64(50_000)})
        assert changed["pd"] == service.predict(100002, changes={"amount": 50_000.0})["pd"]
        assert service.client(np.int32(100002))["client_id"] == 100002


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("inf"), "AMT_ANNUITY must be finite; got inf"),
        (np.float64("-inf"), "AMT_ANNUITY must be finite; got -inf"),
        (1j, "AMT_ANNUITY must be a number, a text or missing; got 1j of type complex"),
        ([1.0], "AMT_ANNUITY must be a number, a text or missing"),
        (np.array([1.0, 2.0]), "AMT_ANNUITY must be a number, a text or missing"),
        (pd.Timestamp("2026-01-01"), "AMT_ANNUITY must be a number, a text or missing"),
    ],
)
def test_what_is_no_cell_is_named(app: TestClient, value: Any, message: str) -> None:
    with connected(app) as service, pytest.raises((TypeError, ValueError), match=message):
        service.predict_application({**APPLICATION, "AMT_ANNUITY": value})


@pytest.mark.parametrize("number", [True, 1.5, None, "100002", float("nan")])
def test_what_is_no_client_s_number_is_refused(app: TestClient, number: Any) -> None:
    with connected(app) as service, pytest.raises(TypeError, match="A client's number must be a whole number"):
        service.predict(number)


def test_the_file_works_where_the_product_is_not_installed(tmp_path: Path) -> None:
    shutil.copy(str(module.__file__), tmp_path / "credit.py")
    script = (
        "import sys; sys.path[:0] = [sys.argv[1]]; import credit; credit.Client('http://127.0.0.1:1');"
        "print([name for name in sys.modules if name.partition('.')[0] in ('scoring', 'numpy', 'pandas', 'polars')])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_client_may_be_shared_by_threads(app: TestClient) -> None:
    with connected(app) as service:
        found: list[str] = []
        threads = [
            threading.Thread(target=lambda: found.append(service.predict(100002)["decision_id"])) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(set(found)) == 8
