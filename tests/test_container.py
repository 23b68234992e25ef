"""The container: it holds what serves and nothing else, and runs as nobody in particular."""

import re
from fnmatch import fnmatch

import pytest

from tests import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
RULES = [
    line
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
COPIED = [
    source
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, flags=re.MULTILINE)
    for source in line.split()[:-1]
]


def sent(path: str) -> bool:
    """Whether a path is sent to the build: the last rule that names it, or a folder above it, decides."""
    parts = path.split("/")
    above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
    kept = True
    for rule in RULES:
        pattern = rule.removeprefix("!").removeprefix("**/")
        names = parts if "**/" in rule else above
        if any(fnmatch(name, pattern) and name.count("/") == pattern.count("/") for name in names):
            kept = rule.startswith("!")
    return kept


@pytest.mark.parametrize("source", COPIED)
def test_what_is_copied_is_there_and_sent(source: str) -> None:
    assert (ROOT / source).exists()
    assert sent(source)


KEPT_BACK = ["training/pipeline.py", "tests/conftest.py", "scoring/__pycache__/x.pyc", ".env", ".git/HEAD"]
KEPT_BACK += ["data/raw/application_train.csv", "data/work/keys.json", "data/work/journal.sqlite"]


@pytest.mark.parametrize("path", KEPT_BACK)
def test_nothing_else_is_sent(path: str) -> None:
    assert not sent(path)


def test_it_runs_as_nobody_with_a_health_check() -> None:
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, flags=re.MULTILINE)
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert last.index("USER ") < last.index("CMD [")
    assert "/ready" in DOCKERFILE
    assert "HEALTHCHECK" in last


def test_it_installs_what_a_space_installs() -> None:
    assert re.findall(r"-r (\S+)", DOCKERFILE) == ["requirements.txt"]
    pins = [line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if line[:1].isalpha()]
    assert all(re.match(r"^[\w.-]+==[\w.]+(; .+)?$", line) for line in pins)
