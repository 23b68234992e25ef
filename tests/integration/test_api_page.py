"""The page of examples is true: every block runs against a live server, and the tables name what answers hold."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from scoring.api import add_api
from scoring.api.answers import PredictAnswer, ReasonAnswer
from scoring.api.batch import BatchDecision, BatchProblem
from scoring.audit.audited_decisions import Recorder
from scoring.service import Service
from tests import ROOT

pytestmark = pytest.mark.integration
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"


@dataclass(frozen=True)
class Block:
    kind: str
    text: str
    line: int


BLOCKS = [
    Block(found[1], found[2], PAGE[: found.start()].count("\n") + 1)
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
]
RUN = {
    "sh": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-W", "error", "-c"],
    "js": ["node", "--input-type=module", "-e"],
}


@pytest.fixture(scope="module")
def address(demo: Service, recorder: Recorder) -> Iterator[str]:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_the_page_has_examples_of_every_kind() -> None:
    kinds = {block.kind for block in BLOCKS}
    assert kinds == set(RUN)
    for part in PAGE.split("\n## ")[1:]:
        assert "```sh" in part or "```python" in part, part[:40]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"line {block.line} {block.kind}")
def test_an_example_runs(address: str, block: Block, tmp_path: Path) -> None:
    command = RUN[block.kind]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    assert ADDRESS in block.text
    done = subprocess.run(
        [*command, block.text.replace(ADDRESS, address)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "print" not in block.text or done.stdout.strip()


def test_the_tables_name_every_field() -> None:
    named = set(re.findall(r"`([a-z_]+)`", "\n".join(line for line in PAGE.splitlines() if line.startswith("|"))))
    for model in (PredictAnswer, ReasonAnswer, BatchDecision, BatchProblem):
        assert set(model.__annotations__) <= named
