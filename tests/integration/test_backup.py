"""A journal backed up while a service writes to it, and after a kill; restored once nothing serves it."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from tests import ROOT

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are a Unix matter"),
]


class Served:
    """A service over the demo with a journal of its own, and a caller that never stops."""

    def __init__(self, folder: Path) -> None:
        self.file, self.log = folder / "journal.sqlite", folder / "log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{probe.getsockname()[1]}"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("CLAIRSCORE_")}
        self.environment = {
            **plain,
            "PORT": self.address.rpartition(":")[2],
            "HOST": "127.0.0.1",
            "CLAIRSCORE_JOURNAL_URL": f"sqlite:///{self.file}",
            "CLAIRSCORE_WATCH": "0",
        }
        self.answered: list[str] = []
        self._end = threading.Event()
        self._caller = threading.Thread(target=self._call)

    def start(self) -> None:
        with self.log.open("ab") as written:
            self.process = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=self.environment, stderr=written)
        for _ in range(1_200):
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            try:
                httpx.get(f"{self.address}/ready", timeout=5)
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        pytest.fail("the service did not start")

    def call(self) -> None:
        """Begin to ask for decisions, by one caller."""
        self._caller.start()

    def wait_for(self, more: int) -> None:
        wanted = len(self.answered) + more
        while len(self.answered) < wanted:
            assert self.process.poll() is None
            time.sleep(0.01)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)
        self._end.set()
        if self._caller.ident is not None:  # it was started
            self._caller.join()

    def journal(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "scoring", "journal", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def _call(self) -> None:
        with httpx.Client(base_url=self.address, timeout=30) as client:
            while not self._end.wait(0.1):  # the commands that are tried need some of the machine too
                try:
                    answer = client.get("/api/predict/100002")
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    self.answered.append(answer.json()["decision_id"])


def decisions_in(file: Path) -> set[str]:
    """The decisions that a journal has, with their values."""
    query = "SELECT decision_id FROM journal_entries JOIN journal_payloads USING (seq)"
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute(query)}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path)
    found.start()
    yield found
    found.kill()


def test_backed_up_under_load_and_after_a_kill_then_restored(served: Served, tmp_path: Path) -> None:
    first, second = tmp_path / "first.sqlite", tmp_path / "second.sqlite"
    served.call()
    served.wait_for(20)
    known = list(served.answered)
    made = served.journal("backup", "--out", str(first))
    assert made.returncode == 0, made.stdout + made.stderr
    served.wait_for(5)  # it goes on
    assert verify(engine_of(f"sqlite:///{first}")).faults == ()
    assert set(known) <= decisions_in(first)
    refused = served.journal("restore", str(first))
    assert refused.returncode == 2
    assert "must not be in use" in refused.stderr

    served.kill()
    everything = list(served.answered)
    for _ in range(100):  # the writer's own process ends after the service
        if (made := served.journal("backup", "--out", str(second))).returncode == 0:
            break
    assert made.returncode == 0, made.stdout + made.stderr
    assert set(everything) <= decisions_in(second)

    served.file.write_bytes(b"lost" * 1_000)
    for end in ("-wal", "-shm"):
        served.file.with_name(served.file.name + end).unlink(missing_ok=True)
    done = served.journal("restore", str(second))
    assert done.returncode == 0, done.stdout + done.stderr
    served.start()
    answer = httpx.get(f"{served.address}/api/predict/100002", timeout=30).json()
    assert answer["decision_id"] in decisions_in(served.file)
    assert verify(engine_of(f"sqlite:///{served.file}")).faults == ()
