"""The model over the API: the very document, its points in three forms, its evaluation; fetched once."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.api.model import ModelSummary, ScorecardAnswer
from scoring.audit.audited_decisions import Recorder
from scoring.i18n import LANGUAGES
from scoring.model.additive_model import Lookup, read_model
from scoring.model.artefacts import EVALUATION_FILE
from scoring.reports.exports.points import points_csv, rows_of
from scoring.reports.exports.points_page import points_html
from scoring.reports.folder import Reports
from scoring.service import Service

PATHS = ["/api/model", "/api/model/summary", "/api/scorecard", "/api/scorecard?format=csv", "/api/evaluation"]


@pytest.fixture(scope="module")
def client(demo: Service, recorder: Recorder) -> Iterator[TestClient]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def test_the_document_is_the_model_and_decides_the_same(client: TestClient, demo: Service, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(client.get("/api/model").content)
    model = read_model(path)  # which checks its digest
    assert model == demo.model
    facts = demo.portfolio.features_of(100002)
    assert Lookup(model).score(facts) == demo.lookup.score(facts)


@pytest.mark.parametrize("path", PATHS)
def test_a_copy_that_is_still_good_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    tag = first.headers["etag"]
    for stated in (tag, f'"x", W/{tag}', "*"):
        again = client.get(path, headers={"if-none-match": stated})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get(path, headers={"if-none-match": '"x"'}).status_code == 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_points_are_the_table_s_in_each_form(client: TestClient, demo: Service, lang: str) -> None:
    path = f"/api/scorecard?lang={lang}"
    told = ScorecardAnswer.model_validate_json(client.get(path).content, strict=True)
    assert [row.points for row in told.rows] == [row.points for row in rows_of(demo.model)]
    as_csv = client.get(path, headers={"accept": "text/csv"})
    assert as_csv.text == points_csv(demo.model, lang)
    assert as_csv.headers["content-disposition"] == 'attachment; filename="scorecard.csv"'
    assert len(list(csv.reader(io.StringIO(as_csv.text)))) == len(told.rows) + 1
    assert client.get(f"{path}&format=html").text == points_html(demo.model, lang)
    assert len({client.get(f"{path}{form}").headers["etag"] for form in ("", "&format=csv", "&format=html")}) == 3


def test_the_two_languages_are_two_copies(client: TestClient) -> None:
    for path in ("/api/scorecard", "/api/model/summary"):
        french, english = (client.get(path, headers={"accept-language": lang}) for lang in LANGUAGES)
        assert french.headers["etag"] != english.headers["etag"]
        assert "Accept-Language" in french.headers["vary"]
        assert french.headers["content-language"] == "fr"


def test_the_summary_says_what_serves(client: TestClient, demo: Service) -> None:
    told = ModelSummary.model_validate_json(client.get("/api/model/summary?lang=en").content, strict=True)
    assert (told.digest, told.model_version) == (demo.model.digest, demo.model.model_version)
    assert [one.name for one in told.features] == list(demo.model.features)
    assert told.threshold == demo.model.rule.threshold


def test_the_evaluation_is_the_training_s(client: TestClient, demo: Service) -> None:
    written = json.loads((demo.artefacts.folder / EVALUATION_FILE).read_text(encoding="utf-8"))
    given = client.get("/api/evaluation").json()
    assert {**given, "tables": None} == {**written, "tables": None}
    assert given["tables"] == json.loads(json.dumps(Reports(demo.artefacts).published_evaluation["tables"]))


def test_a_form_that_there_is_not_is_a_problem(client: TestClient) -> None:
    assert client.get("/api/scorecard", headers={"accept": "image/png"}).json()["type"] == "/problems/not-acceptable"
    assert client.get("/api/scorecard?format=xml").json()["type"] == "/problems/bad-request"
