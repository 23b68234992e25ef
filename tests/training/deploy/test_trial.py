"""A folder run as a Space runs it: with its variables, behind its proxy, in a frame."""

import shutil
import socket
import sys
from pathlib import Path

import pytest

from scoring.errors import SpaceError
from training.deploy.trial import run_as_a_space

pytestmark = pytest.mark.integration
PYTHON = Path(sys.executable)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_demo_answers_as_a_space(built: Path, tmp_path: Path, port: int) -> None:
    run = run_as_a_space(built, tmp_path / "app", PYTHON, port=port)
    assert [one.status for one in run.answers] == [200] * len(run.answers)
    assert any(one.path.startswith("/api/predict/1") for one in run.answers)
    assert run.ready > 0
    assert run.memory is None or 50 < run.memory < 2_000


def test_a_folder_that_does_not_start_is_told_with_its_words(built: Path, tmp_path: Path, port: int) -> None:
    broken = Path(shutil.copytree(built, tmp_path / "broken"))
    (broken / "app.py").write_text("raise SystemExit('no such part')\n", encoding="utf-8")
    with pytest.raises(SpaceError, match=r"(?s)must be ready within .*no such part"):
        run_as_a_space(broken, tmp_path / "app", PYTHON, port=port)


def test_pages_that_refuse_the_frame_of_a_space_fail(built: Path, tmp_path: Path, port: int) -> None:
    broken = Path(shutil.copytree(built, tmp_path / "broken"))
    settings = broken / "scoring" / "settings.py"
    wording = settings.read_text(encoding="utf-8")
    settings.write_text(wording.replace("'self' https://huggingface.co", "'self'"), encoding="utf-8")
    with pytest.raises(SpaceError, match=r"must allow https://huggingface\.co to show them in a frame"):
        run_as_a_space(broken, tmp_path / "app", PYTHON, port=port)


def test_somebody_elses_answers_are_not_taken_for_the_trials(built: Path, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SpaceError, match=f"must be free; got {port}"):
            run_as_a_space(built, tmp_path / "app", PYTHON, port=port)
