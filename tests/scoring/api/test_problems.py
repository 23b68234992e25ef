"""Problems: stable types that lead to pages, words in the language asked for, nothing echoed, nothing leaked."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.api.answers import Problem
from scoring.api.problem_types import KIND_OF, MEDIA_TYPE, OF_STATUS, RENAMED, STATUS
from scoring.audit.audited_decisions import Recorder
from scoring.audit.idempotency import RepeatedError
from scoring.errors import ClairscoreError, TrainingError
from scoring.i18n import LANGUAGES, keys, text
from scoring.service import Service


@pytest.fixture(scope="module")
def app(demo: Service, recorder: Recorder) -> FastAPI:
    made = FastAPI(docs_url=None, redoc_url=None)
    add_api(made, demo, recorder)

    @made.get("/fails/{how}")
    async def fails(how: str) -> None:
        raise {"domain": TrainingError("secret"), "bug": ZeroDivisionError("secret")}[how]

    return made


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


CALLS: list[tuple[str, str, dict[str, Any], str]] = [
    ("GET", "/api/predict/7", {}, "unknown-client"),
    ("GET", "/api/predict/x", {}, "bad-request"),
    ("POST", "/api/predict", {"json": {"client_id": 1.5}}, "bad-request"),
    ("POST", "/api/predict", {"json": {"application": {"x": 1}}}, "bad-input"),
    ("POST", "/api/predict", {"content": b"{"}, "wrong-type"),
    ("POST", "/api/predict", {"content": b"{", "headers": {"content-type": "application/json"}}, "bad-request"),
    ("GET", "/api/predict", {}, "client-missing"),
    ("GET", "/api/decisions/00000000-0000-4000-8000-000000000000", {}, "unknown-decision"),
    ("GET", "/nothing", {}, "not-found"),
    ("PUT", "/api/predict", {}, "wrong-method"),
    ("GET", "/fails/domain", {}, "internal"),
    ("GET", "/fails/bug", {}, "internal"),
]


@pytest.mark.parametrize(("method", "path", "body", "kind"), CALLS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_problem_is_told_in_the_language_asked_for(
    client: TestClient, lang: str, method: str, path: str, body: dict[str, Any], kind: str
) -> None:
    body = dict(body)
    by_address = client.request(method, f"{path}?lang={lang}", **body)
    headers = {**body.pop("headers", {}), "accept-language": lang}
    by_header = client.request(method, path, headers=headers, **body)
    for answer in (by_address, by_header):
        said = Problem.model_validate_json(answer.content, strict=True)
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.headers["content-language"] == lang
        assert answer.headers["cache-control"] == "no-store"
        assert said.type == f"/problems/{kind}"
        assert said.status == answer.status_code == STATUS[kind]
        assert said.title == text(lang, f"problem.{kind}.title")
        assert said.instance == path
        assert "secret" not in answer.text
        page = client.get(f"{said.type}?lang={lang}")
        assert page.status_code == 200
        assert f'<html lang="{lang}">' in page.text
    assert by_address.json() == by_header.json()


def test_the_two_languages_differ(client: TestClient) -> None:
    for method, path, body, _ in CALLS:
        french, english = (client.request(method, f"{path}?lang={lang}", **body).json() for lang in LANGUAGES)
        assert french["title"] != english["title"]
        assert french["detail"] != english["detail"]
        assert french["type"] == english["type"]


def test_every_kind_has_its_words_and_its_page(client: TestClient) -> None:
    everything = client.get("/problems?lang=en").text
    for kind in STATUS:
        for lang in LANGUAGES:
            assert {f"problem.{kind}.title", f"problem.{kind}.page"} <= set(keys(lang))
        assert f"problems/{kind}?lang=en" in everything
        assert client.get(f"/problems/{kind}").status_code == 200
    assert client.get("/problems/none").json()["type"] == "/problems/not-found"


@pytest.mark.parametrize(("former", "present"), RENAMED.items())
def test_page_of_renamed_type_redirects_permanently(client: TestClient, former: str, present: str) -> None:
    answer = client.get(f"/problems/{former}?lang=en", follow_redirects=False)
    assert answer.status_code == 301
    assert client.get(f"/problems/{former}?lang=en").url.path == f"/problems/{present}"
    assert client.get(f"/problems/{former}?lang=en").text == client.get(f"/problems/{present}?lang=en").text


def test_every_error_that_a_caller_may_cause_has_a_kind() -> None:
    assert set(KIND_OF.values()) | set(OF_STATUS.values()) <= set(STATUS)
    unmapped = set(ClairscoreError.__subclasses__()) - set(KIND_OF) - {RepeatedError}  # which nobody outside sees
    assert {one.__name__ for one in unmapped} == {
        "AccessError",
        "ArtefactError",
        "FileError",
        "ReceiptError",
        "SettingsError",
        "SpaceError",
        "TrainingError",
        "UploadError",
    }


@pytest.mark.parametrize(
    ("body", "where", "french", "english"),
    [
        ({"client_id": "<script>"}, "body.client_id", "un nombre entier est attendu", "a whole number is expected"),
        ({"client_id": 1, "x<y": 2}, "body.x<y", "ce champ n'existe pas", "there is no such field"),
        ({"application": [1]}, "body.application", "un objet est attendu", "an object is expected"),
        (
            {"client_id": 1, "changes": {"payments": 0}},
            "body.changes.payments",
            "la valeur doit être au moins 1.0",
            "the value must be at least 1.0",
        ),
    ],
)
def test_a_field_is_named_and_its_value_never_echoed(
    client: TestClient, body: Any, where: str, french: str, english: str
) -> None:
    for lang, message in (("fr", french), ("en", english)):
        answer = client.post(f"/api/predict?lang={lang}", json=body)
        assert answer.json()["errors"] == [{"where": where, "message": message}]
        assert "script" not in answer.text


@pytest.mark.parametrize("query", ["lang=de", "contributions=perhaps", f"purpose={'x' * 201}"])
def test_a_parameter_that_is_not_as_documented_is_a_problem(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/predict/100002?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == f"query.{query.split('=', maxsplit=1)[0]}"
