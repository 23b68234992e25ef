"""What a request leaves behind: headers on every answer, one line in the log, figures; and nobody's data in either."""

import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import structlog

from scoring.server.middleware.logs import Metrics, configure_logs, event_logger
from tests.scoring.server.conftest import KeyMaker, Opener

Log = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """Logs as they are in service: gives their lines, each of which is JSON."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    # pytest puts its own stream back between setup and call; what the module sees stays.
    monkeypatch.setattr("scoring.server.middleware.logs.sys", SimpleNamespace(stderr=errors, exc_info=sys.exc_info))
    structlog.reset_defaults()
    configure_logs()
    yield lambda: [json.loads(line) for line in errors.buffer.getvalue().decode().splitlines()]  # type: ignore[attr-defined]
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


ALWAYS = {"x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin"}
ON_PAGES = {
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
}


@pytest.mark.parametrize("path", ["/fr/", "/api/predict/1", "/api/predict/0", "/login", "/fr/upload", "/metrics"])
def test_every_answer_has_its_headers(guarded: Opener, path: str) -> None:
    answer = guarded(auth=None, synthetic=True).get(path)
    assert ALWAYS.items() <= dict(answer.headers).items()
    is_page = answer.headers["content-type"].startswith("text/html")
    assert is_page == (path == "/login")
    assert (ON_PAGES.items() <= dict(answer.headers).items()) == is_page
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert "no-store" in answer.headers["cache-control"]
    assert "server" not in answer.headers


def test_https_is_asked_for_behind_https_alone(guarded: Opener) -> None:
    answer = guarded(auth=None, synthetic=True, url="http://scores.example").get("/api/predict/1")
    assert "strict-transport-security" not in answer.headers


def test_who_may_frame_the_pages_is_set(guarded: Opener) -> None:
    framed = guarded(auth=None, synthetic=True, frames="'self' https://huggingface.co").get("/login")
    assert "frame-ancestors 'self' https://huggingface.co" in framed.headers["content-security-policy"]
    assert "x-frame-options" not in framed.headers
    assert guarded(auth=None, synthetic=True).get("/login").headers["x-frame-options"] == "SAMEORIGIN"


def test_a_failure_is_a_problem_without_its_cause(guarded: Opener, log: Log) -> None:
    answer = guarded(auth=None, synthetic=True).get("/api/predict/0", headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    assert answer.json()["detail"] == "The service could not answer. Try again later."
    assert "12345" not in answer.text
    assert "Traceback" not in answer.text
    told = log()
    failed = next(line for line in told if line["event"] == "request failed")
    assert failed["error"] == "ValueError"
    assert failed["raised"][-1].endswith("__call__")
    assert failed["id"] == answer.headers["x-request-id"]
    assert "12345" not in str(told)
    assert "100002" not in str(told)


def test_the_log_has_a_line_without_anybodys_data(guarded: Opener, new_key: KeyMaker, log: Log) -> None:
    key = new_key("anna.martin", "officer")
    client = guarded(proxies=("198.51.100.7",))
    headers = {"Authorization": f"Bearer {key}", "X-Request-ID": "0af7651916cd43dd", "X-Forwarded-For": "203.0.113.77"}
    headers["X-Forwarded-Proto"] = "https"
    client.get("/api/predict/100002?purpose=divorce", headers={**headers, "User-Agent": "x"})
    (line,) = [line for line in log() if line["event"] == "request"]
    assert {name: line[name] for name in ("id", "method", "status", "who")} == {
        "id": "0af7651916cd43dd",
        "method": "GET",
        "status": 200,
        "who": key.split("_")[1],
    }
    for personal in ("anna", "martin", "100002", "divorce", "203.0.113.77", key.split("_", 2)[2]):
        assert personal not in str(line)


@pytest.mark.parametrize(
    "sent", ['x\n{"event":"login"}', "x\r\nlevel=error", "\u2028", "\x1b[31m", "${jndi:ldap://evil}"]
)
def test_nothing_sent_starts_a_line_of_its_own(
    guarded: Opener, new_key: KeyMaker, log_in: Callable[..., Any], log: Log, sent: str
) -> None:
    new_key("anna", "owner")
    client = guarded()
    client.get("/api/predict/1", params={"purpose": sent})
    client.get("/" + sent.encode("unicode_escape").decode())
    log_in(client, sent)
    event_logger("test").warning("said", what=sent)
    logging.getLogger("some.library").warning("said %s", sent)
    told = log()  # each line is JSON
    assert [line["event"] for line in told].count("said") == 1
    assert [line["event"] for line in told if line["event"].startswith("said ")] == [f"said {sent}"]
    assert {line.get("result") for line in told if line["event"] == "login"} == {"refused"}


def test_an_error_tells_its_kind_and_place_and_no_more(log: Log) -> None:
    try:
        raise KeyError("SK_ID_CURR 100002")
    except KeyError:
        logging.getLogger("some.library").exception("went wrong")
    (line,) = log()
    assert line["error"] == "KeyError"
    assert "100002" not in orjson.dumps(line).decode()


def test_figures_name_routes_not_clients(guarded: Opener) -> None:
    client = guarded(auth=None, synthetic=True, metrics="open")
    for number in (918273645, 918273646):
        client.get(f"/api/predict/{number}")
    client.get("/fr/gradio_api/upload")
    client.request("SHOUT", "/api/predict/1")
    shown = client.get("/metrics").text
    assert "91827364" not in shown
    assert 'clairscore_refused_total{reason="not-found"} 1.0' in shown
    assert 'method="other"' in shown
    assert "SHOUT" not in shown


def test_figures_count_each_answer() -> None:
    metrics = Metrics()
    for _ in range(3):
        metrics.answered("GET", "/api/predict/{client_id}", 200, 0.003)
    shown = metrics.exposed().decode()
    assert 'clairscore_requests_total{method="GET",route="/api/predict/{client_id}",status="200"} 3.0' in shown
    assert 'clairscore_request_seconds_bucket{le="0.0025",route="/api/predict/{client_id}"} 0.0' in shown
    assert 'clairscore_request_seconds_bucket{le="0.005",route="/api/predict/{client_id}"} 3.0' in shown
