"""A trial run of the folder as a Space would run it: clean environment, its variables, its proxy, in a frame.

The rule: the trial is made of the folder that is pushed and of nothing else; it fails where a visitor would.
"""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import polars as pl

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import SpaceError
from scoring.model.artefacts import PORTFOLIO_FILE, read_artefacts
from training.deploy.environment import make_environment, megabytes, moved_by_the_builder
from training.deploy.folder import SERVED, files_of
from training.parallel import Notice

# A proxy as the one in front of a Space: https outside, plain http inside, the caller told in headers.

VISITOR: Final = "203.0.113.7"
"""Address that the visitor comes from (one of those kept for documents)."""
_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host"})


@contextmanager
def proxied(port: int, host: str) -> Iterator[str]:
    """Run a proxy in front of a service on this machine; gives the address to call it at.

    Parameters
    ----------
    port : the service's
    host : the name that visitors type
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            reported = {
                "Host": host,
                "X-Forwarded-For": VISITOR,
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": host,
                "X-Forwarded-Port": "443",
            }
            inside = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                inside.request(self.command, self.path, body=body or None, headers={**headers, **reported})
                answer = inside.getresponse()
                content = answer.read()
            except OSError:
                self.send_error(503)
                return
            finally:
                inside.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP and name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_HEAD = _pass  # noqa: N815  # names that http.server asks for

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


OWNER, NAME = "owner", "clairscore"
HOST: Final = f"{OWNER}-{NAME}.hf.space"
PORT: Final = 7860
PATIENCE: Final = 180.0
"""Seconds within which the service must be ready."""
AROUND: Final = "https://huggingface.co"
"""The site in whose frame a Space's pages stand."""


@dataclass(frozen=True)
class Answer:
    """What one address answered."""

    path: str
    status: int
    milliseconds: float
    bytes: int


@dataclass(frozen=True)
class Run:
    """A run of the service.

    Attributes
    ----------
    ready : seconds from ``python app.py`` to the first good answer of /ready
    memory, peak : of the service and what it starts, in millions of bytes: after the answers, and at most; None: this
        system does not tell
    """

    ready: float
    memory: float | None
    peak: float | None
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Trial:
    """What was measured.

    Attributes
    ----------
    megabytes : of the folder
    moved : libraries that a Space's own installation takes in another version than pinned
    """

    files: int
    megabytes: float
    environment_megabytes: float
    libraries: int
    install_seconds: float
    moved: dict[str, str]
    run: Run

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)


STEPS: Final = 3


def try_out(folder: Path, work: Path, *, port: int = PORT, notice: Notice = lambda _: None) -> Trial:
    """Run the folder as a Space would, and call it as a visitor would.

    Parameters
    ----------
    work : an empty folder for the environment and the copy that runs
    notice : told of each of the `STEPS`

    Raises
    ------
    SpaceError
        When it can't be installed, does not start, or answers otherwise than it must.
    """
    if not read_artefacts(folder / SERVED).champion.portfolio.synthetic:
        raise SpaceError(
            "A trial run must be of synthetic clients, since it is open; got real ones. Try them on this machine "
            "alone: CLAIRSCORE_ARTEFACTS=DIR CLAIRSCORE_AUTH=none python app.py."
        )
    environment = make_environment(folder, work / "environment")
    notice("environment made")
    moved = moved_by_the_builder(environment.python, folder)
    notice("installation of a Space resolved")
    run = run_as_a_space(folder, work / "app", environment.python, port=port)
    notice("answers checked")
    return Trial(
        files=len(files_of(folder)),
        megabytes=round(megabytes(folder), 1),
        environment_megabytes=round(environment.megabytes),
        libraries=environment.libraries,
        install_seconds=round(environment.seconds, 1),
        moved=moved,
        run=run,
    )


def run_as_a_space(folder: Path, home: Path, python: Path, *, port: int) -> Run:
    """Run a copy of the folder and call it through a proxy.

    Parameters
    ----------
    home : where the copy goes; it must not exist
    python : the interpreter

    Raises
    ------
    SpaceError
        When it does not start, or answers otherwise than it must.
    """
    _check_free(port)
    shutil.copytree(folder, home, ignore=shutil.ignore_patterns("__pycache__"))
    client = int(pl.read_parquet(folder / SERVED / PORTFOLIO_FILE, columns=[ID_COLUMN])[ID_COLUMN][0])
    with _running(python, home, port) as (process, started), proxied(port, HOST) as address:
        ready = _wait(process, address, started, home)
        paths = ("/ready", f"/api/predict/{client}", "/", "/fr/", "/en/model/")
        answers = tuple(_visit(address, path) for path in paths)
        _check_pages(address)
        memory, peak = _memory(process.pid)
    return Run(round(ready, 1), memory, peak, answers)


def _check_free(port: int) -> None:
    """Whoever listens there already would answer in the trial's place."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise SpaceError(
                f"The port of the trial run must be free; got {port}, where something answers. Use --port."
            )


def variables(home: Path, port: int) -> dict[str, str]:
    """The environment of a Space's container, and nothing of this machine's but where programs lie."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "SYSTEMROOT": os.environ.get("SYSTEMROOT", ""),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "SYSTEM": "spaces",
        "SPACE_ID": f"{OWNER}/{NAME}",
        "SPACE_HOST": HOST,
        "SPACE_AUTHOR_NAME": OWNER,
        "SPACE_REPO_NAME": NAME,
        "SPACE_TITLE": "Clairscore",
        "GRADIO_SERVER_NAME": "0.0.0.0",  # noqa: S104
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_NUM_PORTS": "1",
        "GRADIO_ALLOW_FLAGGING": "never",
        "GRADIO_THEME": "huggingface",
        "PYTHONUNBUFFERED": "1",
        "PORT": str(port),
    }


@contextmanager
def _running(python: Path, home: Path, port: int) -> Iterator[tuple["subprocess.Popen[bytes]", float]]:
    log = home.parent / "service.log"
    with log.open("wb") as written:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603
            [python, "app.py"], cwd=home, env=variables(home, port), stdout=written, stderr=subprocess.STDOUT
        )
        try:
            yield process, started
        finally:
            process.terminate()
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: "subprocess.Popen[bytes]", address: str, started: float, home: Path) -> float:
    while time.perf_counter() - started < PATIENCE:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=10) as answer:  # noqa: S310
                if answer.status == 200 and process.poll() is None:
                    return time.perf_counter() - started
        except OSError:
            time.sleep(0.05)
    reply = (home.parent / "service.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()[-8:]
    raise SpaceError("\n".join([f"The service must be ready within {PATIENCE:.0f} s; it said:", *reply]))


def _visit(address: str, path: str) -> Answer:
    start = time.perf_counter()
    try:
        with urllib.request.urlopen(address + path, timeout=60) as answer:  # noqa: S310
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, content = error.code, error.read()
    if status != 200:
        raise SpaceError(f"{path} must answer 200; got {status}: {content[:300].decode(errors='replace')}")
    return Answer(path, status, round(1000 * (time.perf_counter() - start), 1), len(content))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


def _check_pages(address: str) -> None:
    """Hold what a frame on another site, behind another name, would break."""
    opener = urllib.request.build_opener(_Stay)
    try:
        location = opener.open(f"{address}/", timeout=60).headers.get("location", "")
    except urllib.error.HTTPError as error:
        location = error.headers.get("location", "")
    if not location.startswith(("/", f"https://{HOST}/", "fr/", "en/", "./")):
        raise SpaceError(f"/ must lead to a page of {HOST} over https; got {location!r}.")
    with urllib.request.urlopen(f"{address}/fr/", timeout=60) as answer:  # noqa: S310
        headers, page = answer.headers, answer.read().decode()
    reply = ";".join(headers.get_all("content-security-policy") or ()).split(";")
    framed = [part.strip() for part in reply if part.strip().startswith("frame-ancestors")]
    if not framed or any(AROUND not in part for part in framed):
        raise SpaceError(f"The pages must allow {AROUND} to show them in a frame; got {framed or 'no policy'}.")
    if headers.get("x-frame-options"):
        raise SpaceError(f"The pages must not refuse frames; got X-Frame-Options {headers['x-frame-options']}.")
    if "strict-transport-security" not in headers:
        raise SpaceError("The service must know that visitors come over https; got no Strict-Transport-Security.")
    if "127.0.0.1" in page or f"http://{HOST}" in page:
        raise SpaceError(f"The pages must name https://{HOST} alone; got an address inside, or plain http.")


def _memory(pid: int) -> tuple[float | None, float | None]:
    """Memory of a process and of all that it started, now and at most, in millions of bytes."""
    if not sys.platform.startswith("linux"):
        return None, None
    now = peak = 0.0
    for one in _tree(pid):
        try:
            reported = dict(
                line.split(":", 1) for line in Path(f"/proc/{one}/status").read_text(encoding="utf-8").splitlines()
            )
        except (OSError, ValueError):
            continue
        now += int(reported.get("VmRSS", "0 kB").split()[0]) * 1.024e-3
        peak += int(reported.get("VmHWM", "0 kB").split()[0]) * 1.024e-3
    return round(now), round(peak)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text(encoding="utf-8").split():
            yield from _tree(int(child))
