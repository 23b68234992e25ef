"""Heads are noted outside every so often and at the end; an anchor out of order stops nothing, and is made up for."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from scoring.audit import anchors as anchoring
from scoring.audit.anchors import Anchoring, EndpointAnchor, FileAnchor, LogAnchor, anchor_of, heads_in
from scoring.audit.store.chain import Head
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import SettingsError
from tests.scoring.audit.conftest import Record


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anchoring, "LOOK_EVERY", 0.01)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never held")


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("file:heads.jsonl", FileAnchor),
        ("log", LogAnchor),
        ("https://anchors.example/heads", EndpointAnchor),
        ("http://127.0.0.1:9/", EndpointAnchor),
    ],
)
def test_an_anchor_is_named_by_a_setting(stated: str, kind: type) -> None:
    assert isinstance(anchor_of(stated), kind)


@pytest.mark.parametrize(
    "stated", ["", "file:", "elsewhere", "http://secret@anchors.example/", "ftp://a/b", "https://"]
)
def test_another_anchor_is_refused_without_its_words(stated: str) -> None:
    with pytest.raises(SettingsError, match="must be file:PATH, log or https://") as refused:
        anchor_of(stated)
    assert "secret" not in str(refused.value)


def test_a_file_keeps_heads_that_show_a_cut_end(
    own: Journal, url: str, record: Record, clients: list[int], tmp_path: Path
) -> None:
    file = tmp_path / "outside" / "heads.jsonl"
    noting = Anchoring(lambda: own.head, FileAnchor(file), entries=2, seconds=60.0)
    record(own, clients[0])
    time.sleep(0.05)
    assert not file.exists()  # one entry, and no minute yet
    record(own, clients[1])
    until(lambda: noting.noted.seq == 2)
    record(own, clients[2])
    noting.close()
    assert [head.seq for head in heads_in(file)] == [2, 3]
    engine = engine_of(url)
    assert verify(engine, anchors=list(heads_in(file))).faults == ()
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM journal_payloads WHERE seq = 3")
        connection.exec_driver_sql("DELETE FROM journal_entries WHERE seq = 3")
    assert [fault.seq for fault in verify(engine, anchors=list(heads_in(file))).faults] == [3]


def test_time_alone_brings_a_head_and_no_change_brings_none(tmp_path: Path) -> None:
    file, head = tmp_path / "heads.jsonl", Head()
    noting = Anchoring(lambda: head, FileAnchor(file), entries=1_000, seconds=0.02)
    time.sleep(0.1)
    assert not file.exists()
    head = Head(1, "a" * 64)
    until(file.exists)
    time.sleep(0.1)
    noting.close()
    assert list(heads_in(file)) == [head]


def test_a_log_line_is_an_anchor_too(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    head = Head(7, "b" * 64)
    with caplog.at_level(logging.INFO):
        Anchoring(lambda: head, LogAnchor()).close()
    (tmp_path / "service.log").write_text("started\n" + caplog.text, encoding="utf-8")
    assert list(heads_in(tmp_path / "service.log")) == [head]


class Endpoint(BaseHTTPRequestHandler):
    status, got = 503, list[dict[str, str]]()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.status == 204:
            self.got.append(body)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/heads"
    server.shutdown()
    server.server_close()


def test_an_endpoint_that_fails_is_caught_up_with(endpoint: str, caplog: pytest.LogCaptureFixture) -> None:
    head = Head(1, "c" * 64)
    noting = Anchoring(lambda: head, anchor_of(endpoint), seconds=0.02)
    until(lambda: "could not be noted outside" in caplog.text)
    assert noting.noted == Head()
    Endpoint.status = 204
    until(lambda: noting.noted == head)
    noting.close()
    assert [one["head"] for one in Endpoint.got] == [str(head)]
    assert caplog.text.count("could not be noted") == 1


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"nothing here\n"])
def test_a_file_without_heads_is_refused(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "heads.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match="file of anchors must"):
        list(heads_in(file))
