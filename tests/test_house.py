"""The house itself: import order, a light service, documents that are true."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scoring import VERSION
from scoring.settings import VARIABLES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if "node_modules" not in path.parts
)


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    lost = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert lost == []


def test_every_target_has_its_plain_command() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    rows = "\n".join(line for line in README.splitlines() if line.startswith("| `"))
    assert targets - {"help", "clean"} == {name for name in targets if f"`{name}`" in rows}


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make ([a-z]+)`?", README)) - {"help"}))
def test_the_readmes_commands_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_no_test_runs_a_loop_where_a_browsers_may_run() -> None:
    bare = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        if "asyncio.run(" in path.read_text(encoding="utf-8") and path != Path(__file__)
    ]
    assert bare == [], "call tests.running.run instead: a browser test before it leaves a loop running in its thread"
