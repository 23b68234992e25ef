"""The house itself: import order, a light service, a README that is true."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from scoring import VERSION
from scoring.settings import VARIABLES
from tests import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_import_order() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_serving_loads_no_training_library() -> None:
    code = (
        "import sys, scoring.factory, scoring.__main__;"
        "heavy = {'training', 'interpret', 'optbinning', 'sklearn', 'imblearn', 'hyperopt', 'lightgbm', 'matplotlib'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_app_is_a_door_and_no_room() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 10


def test_the_version_is_told_once() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert stated == VERSION


def test_every_setting_is_told() -> None:
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([A-Z_]+)` \|", settings, flags=re.MULTILINE)
    assert sorted(listed) == sorted(VARIABLES)


def test_the_readme_is_what_a_space_reads() -> None:
    front = README.split("---")[1]
    pinned = dict(
        re.findall(r"^(\S+)==([^;\s]+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert f"sdk_version: {pinned['gradio']}\n" in front
    assert "app_file: app.py\n" in front
    assert 'python_version: "3.11"\n' in front


def test_no_test_runs_a_loop_where_a_browsers_may_run() -> None:
    bare = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        if "asyncio.run(" in path.read_text(encoding="utf-8") and path != Path(__file__)
    ]
    assert bare == [], "call tests.running.run instead: a browser test before it leaves a loop running in its thread"
