"""The selection as a file: the clients it holds, in the language's form, without formulas and without outcomes."""

import csv
import io
from collections.abc import Iterator

import polars as pl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.audit.audited_decisions import Recorder
from scoring.data.features import DICTIONARY
from scoring.files import BYTE_ORDER_MARK
from scoring.i18n import text
from scoring.i18n.figures import SIGNS
from scoring.portfolio.filters import Filters
from scoring.service import Service
from scoring.web.export import AT_ONCE, SEPARATOR, _lines, add_export, plain


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI()
    add_export(app, demo, recorder)
    with TestClient(app) as opened:
        yield opened


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_file_is_the_selection(client: TestClient, demo: Service, lang: str) -> None:
    asked = {"decision": "decline", "facts": "income_total,occupation,OUTCOME,nothing"}
    answer = client.get(f"/{lang}/clients.csv", params=asked)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="clients.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith(BYTE_ORDER_MARK)
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix(BYTE_ORDER_MARK)), delimiter=SEPARATOR[lang])
    assert head[3:] == [DICTIONARY[name].label.say(lang) for name in ("income_total", "occupation")]
    expected = demo.portfolio.listing(
        Filters(decisions=("decline",)), limit=10**6, columns=["income_total", "occupation"]
    )
    assert [int(row[0]) for row in rows] == [row["client_id"] for row in expected.rows]
    assert {row[1] for row in rows} == {text(lang, "decision.officer.decline")}
    assert [float(row[3].replace(",", ".")) for row in rows] == [row["income_total"] for row in expected.rows]


def test_everybody_without_a_filter(client: TestClient, demo: Service) -> None:
    assert client.get("/en/clients.csv").text.count("\r\n") == len(demo.portfolio) + 1


def test_a_file_that_is_written_holds_no_copy_of_the_clients(demo: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads it slowly, often, must not fill the memory."""
    looked_at: list[int] = []
    plainly = pl.DataFrame.filter

    def filtered(frame: pl.DataFrame, *by: pl.Series) -> pl.DataFrame:
        looked_at.append(frame.height)
        return plainly(frame, *by)

    monkeypatch.setattr(pl.DataFrame, "filter", filtered)
    everyone = pl.Series([True] * len(demo.portfolio))
    written = [rows.count("\r\n") for rows in _lines(demo, everyone, ["income_total"], "en")]
    assert sum(written) == len(demo.portfolio) + 1
    assert max(looked_at) <= AT_ONCE < len(demo.portfolio)


def test_what_is_no_filter_is_said(client: TestClient) -> None:
    answer = client.get("/en/clients.csv", params={"nothing": "<script>"})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/plain")
    assert client.get("/de/clients.csv").status_code == 404


@pytest.mark.parametrize("sign", SIGNS)
def test_no_text_is_a_formula(sign: str) -> None:
    assert plain(f"{sign}1+1", "en") == f"'{sign}1+1"
    assert plain(-1.5, "en") == "-1.5"
