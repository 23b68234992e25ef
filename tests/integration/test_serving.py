"""The whole service as a bank runs it, with keys and a journal of its own: entered, attacked, renewed, stopped."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.model.artefacts import CHAMPION_FILE
from scoring.server.access.keys import KeyRole, Scope, changing, make_key
from scoring.settings import DEMO
from tests import ROOT

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are a Unix matter"),
]


@dataclass
class Service:
    """A running service."""

    process: "subprocess.Popen[bytes]"
    address: str
    artefacts: Path
    journal: str
    log: Path
    keys: dict[str, str]

    def client(self, key: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.keys[key]}"} if key else {}
        return httpx.Client(base_url=self.address, headers=headers, timeout=30)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("serving")
    artefacts = Path(shutil.copytree(DEMO, folder / "artefacts"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CLAIRSCORE_")}
    environment = {
        **plain,
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "CLAIRSCORE_AUTH": "keys",
        "CLAIRSCORE_KEYS": str(folder / "keys.json"),
        "CLAIRSCORE_ARTEFACTS": str(artefacts),
        "CLAIRSCORE_JOURNAL_URL": f"sqlite:///{folder / 'journal.sqlite'}",
        "CLAIRSCORE_WATCH": "0",
    }

    def key(name: str, role: KeyRole, *scopes: Scope) -> str:
        made, text = make_key(name, role, days=1, scopes=scopes)
        with changing(folder / "keys.json") as kept:
            kept[made.id] = made
        return text

    keys = {
        "nightly": key("nightly", "script", "decide", "journal"),
        "other": key("other", "script", "journal"),
        "validator": key("vera", "validator"),
    }
    log = folder / "log.jsonl"
    with log.open("wb") as written:
        process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stderr=written)
        found = Service(
            process, f"http://127.0.0.1:{port}", artefacts, environment["CLAIRSCORE_JOURNAL_URL"], log, keys
        )
        try:
            for _ in range(600):
                assert process.poll() is None, log.read_text(encoding="utf-8")
                try:
                    httpx.get(f"{found.address}/ready", timeout=5)
                    break
                except httpx.HTTPError:
                    time.sleep(0.1)
            yield found
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(30)


def test_a_decision_is_read_by_who_asked_and_by_who_oversees(service: Service) -> None:
    with service.client("nightly") as nightly, service.client("other") as other, service.client("validator") as vera:
        made = nightly.get("/api/predict/100002").json()
        places = [f"/api/decisions/{made['decision_id']}{end}" for end in ("", "/replay", "/receipt")]
        for place in places:
            assert nightly.get(place).status_code == 200
            assert vera.get(place).status_code == 200
            hidden, absent = other.get(place), other.get(place.replace(made["decision_id"][:8], "00000000"))
            assert hidden.status_code == absent.status_code == 404
            assert hidden.json()["type"] == absent.json()["type"]
        assert nightly.get(places[0]).json()["record"]["asked_by"] == "nightly"
        assert other.get("/api/predict/100002").status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "/fr/../api/predict/100002",
        "/fr/%2e%2e/api/predict/100002",
        "//api/predict/100002",
        "/api/predict/100002;/health",
        "/health/../api/predict/100002",
        "/static/..%2f..%2f..%2fscoring%2fsettings.py",
        "/static/../../../etc/passwd",
        "/fr/assets/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/fr/static/%2e%2e/%2e%2e/etc/passwd",
        "/fr/gradio_api/file=/etc/passwd",
        "/fr/gradio_api/file=%2Fetc%2Fpasswd",
        "/fr/file=/etc/passwd",
        "/docs/..%2f..%2fanswers.py",
        "/problems/..%2f..%2fetc%2fpasswd",
        "/login/..%2fapi%2fpredict%2f100002",
        "/fr/modele/files/..%2f..%2f..%2fapp.py",
    ],
)
@pytest.mark.parametrize("known", [False, True])
def test_no_spelling_of_a_path_leads_around_the_door(service: Service, target: str, known: bool) -> None:
    """Sent as it stands, for a client library would tidy it first."""
    host, port = service.address.removeprefix("http://").split(":")
    key = f"Authorization: Bearer {service.keys['validator']}\r\n" if known else ""
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\n{key}Connection: close\r\n\r\n".encode())
        answer = b""
        while piece := raw.recv(65_536):
            answer += piece
    status = int(answer.split()[1])
    assert status in (401, 403, 404, 421, 422), answer[:300]
    assert b"root:" not in answer
    assert b'"decision"' not in answer
    assert b"import " not in answer


def test_nothing_sent_writes_a_header(service: Service) -> None:
    with service.client("nightly") as client:
        for sent in ("x%0d%0aSet-Cookie:%20a=b", "x\u2028y", "%0aLocation:%20//evil.example"):
            for place in (f"/login?next={sent}", f"/api/predict/{sent}", f"/?client={sent}", f"/fr/?client={sent}"):
                answer = client.get(place)
                assert "a=b" not in answer.headers.get("set-cookie", "")
                assert not answer.headers.get("location", "").startswith("//")


BODIES = {
    "deep": b'{"client_id":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "no UTF-8": b'{"client_id": "\xff\xfe\xfd"}',
    "half a letter": '{"client_id": "é'.encode()[:-1],
    "a lone surrogate": b'{"client_id": "\\ud800"}',
    "a huge number": b'{"client_id": 1' + b"0" * 5_000 + b"}",
    "a huge power": b'{"client_id": 1e999999}',
    "not a number": b'{"client_id": NaN}',
    "nothing": b"",
    "a null": b'{"client_id": "\x00"}',
    "another form": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
}


@pytest.mark.parametrize("sent", BODIES.values(), ids=BODIES)
def test_a_body_that_nobody_meant_is_a_problem(service: Service, sent: bytes) -> None:
    with service.client("nightly") as client:
        answer = client.post("/api/predict", content=sent, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, answer.text[:300]
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert client.get("/health").status_code == 200


def test_a_hundred_megabytes_are_not_taken(service: Service) -> None:
    with service.client("nightly") as client:
        start = time.monotonic()
        for headers in ({}, {"Content-Encoding": "gzip"}):
            answer = client.post("/api/predict", content=b"0" * 100_000_000, headers=headers)
            assert answer.status_code in (413, 415)
        assert time.monotonic() - start < 5


def test_new_artefacts_take_over_and_bad_ones_do_not(service: Service) -> None:
    with service.client("nightly") as client:
        first = client.get("/api/predict/100002").json()["model_version"]
        champion = service.artefacts / CHAMPION_FILE
        whole = champion.read_text(encoding="utf-8")
        for damaged in (whole[:-50], whole.replace('"version": 1', '"version": 2')):
            champion.write_text(damaged, encoding="utf-8")
            service.process.send_signal(signal.SIGHUP)
            _until(lambda: client.get("/ready").json()["artefacts"] == "refused")
            assert client.get("/api/predict/100002").json()["model_version"] == first
            champion.write_text(whole, encoding="utf-8")
            service.process.send_signal(signal.SIGHUP)
            _until(lambda: client.get("/ready").json()["artefacts"] == "as served")
        other = {"ebm": "scorecard", "scorecard": "ebm"}[json.loads(whole)["serves"]]
        champion.write_text(json.dumps({**json.loads(whole), "serves": other}), encoding="utf-8")
        service.process.send_signal(signal.SIGHUP)
        seen = []
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            made = client.get("/api/predict/100002").json()
            seen.append(made)
            if made["model_version"] != first:
                break
        assert seen[-1]["model_version"].startswith(other)
        for made in (*seen[-3:], seen[0]):  # each answer, its record and the model that made it belong together
            record = client.get(f"/api/decisions/{made['decision_id']}").json()["record"]
            assert record["model"]["version"] == made["model_version"]
            assert record["pd"] == made["pd"]
            assert client.get(f"/api/decisions/{made['decision_id']}/replay").json()["same"]


def test_z_stopping_breaks_nothing_off(service: Service) -> None:
    """The last one: what began before the stop is answered and recorded, endless answers end, the exit is clean."""
    host, port = service.address.removeprefix("http://").split(":")
    body = b'{"client_id": 100002}'
    head = (
        f"POST /api/predict HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {service.keys['nightly']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    endless = f"GET /fr/gradio_api/heartbeat/abc HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer " + (
        f"{service.keys['validator']}\r\n\r\n"
    )
    with (
        socket.create_connection((host, int(port)), timeout=20) as half,
        socket.create_connection((host, int(port)), timeout=20) as open_,
    ):
        half.sendall(head + body[:5])
        open_.sendall(endless.encode())
        assert open_.recv(65_536).startswith(b"HTTP/1.1 200")
        start = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        with pytest.raises(OSError):
            socket.create_connection((host, int(port)), timeout=1).close()
        half.sendall(body[5:])
        answer = b""
        while piece := half.recv(65_536):
            answer += piece
        while open_.recv(65_536):
            pass
    assert answer.startswith(b"HTTP/1.1 200")
    assert service.process.wait(20) == 0
    assert time.monotonic() - start < 15
    made = re.search(rb'"decision_id":"([^"]+)"', answer)
    assert made
    engine = engine_of(service.journal)
    try:
        checked = verify(engine)
    finally:
        engine.dispose()
    assert checked.faults == ()
    told = [json.loads(line) for line in service.log.read_text(encoding="utf-8").splitlines()]
    assert not [line for line in told if line.get("level") in ("error", "critical") and "refused" not in line["event"]]
    assert "100002" not in service.log.read_text(encoding="utf-8")


def _until(holds: object) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if holds():  # type: ignore[operator]
            return
        time.sleep(0.1)
    raise AssertionError("it must hold within 20 s")
