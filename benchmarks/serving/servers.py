"""Servers started for a benchmark, each on a port of its own, and their memory."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import memory_of
from scoring.settings import ROOT

LONGEST_START = 120
"""Seconds that a server may take to begin."""


@dataclass(frozen=True)
class Running:
    """A server that answers.

    Attributes
    ----------
    began_in : seconds from the command to the first answer
    """

    address: str
    process: "subprocess.Popen[bytes]"
    began_in: float

    @property
    def memory(self) -> float:
        """Resident memory of the server and its processes, in MB, pages that they share counted once."""
        return memory_of(self.process.pid) / 2**20


@dataclass(frozen=True)
class Service(Running):
    """The product, and its journal."""

    journal: str


@contextmanager
def running(
    command: Sequence[str], *, path: str, environment: Mapping[str, str], port: int, cwd: Path = ROOT
) -> Iterator[Running]:
    """Run a server until the block ends; `path` answers when it is ready."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address + path, process)
        yield Running(address, process, time.perf_counter() - began)
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def service(folder: Path, journal: str = "") -> Iterator[Service]:
    """Run the product as a user would, on a durable journal: a new file on the disk, unless another is named."""
    port = free_port()
    # Below the repository: a system's folder for scratch may lie in memory, where nothing is durable.
    work = ROOT / "data" / "work"
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work) as scratch:
        url = journal or f"sqlite:///{Path(scratch) / 'journal.sqlite'}"
        environment = {
            "CLAIRSCORE_ARTEFACTS": str(folder),
            "CLAIRSCORE_JOURNAL_URL": url,
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        with running([sys.executable, "app.py"], path="/ready", environment=environment, port=port) as made:
            yield Service(made.address, made.process, made.began_in, url)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + LONGEST_START
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server must stay up; it ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # our own
                answer.read()
            return
        except urllib.error.HTTPError as error:
            if error.code < 500:  # it answers, if not to this
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise RuntimeError(f"{address} must answer within {LONGEST_START} s")
