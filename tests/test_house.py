"""The house itself: import order, a light service, a README that is true."""

import io
import re
import subprocess
import sys
import tokenize
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


BANNED = {"told", "said", "kept", "asked", "apart", "finals", "casework"}
"""Names that say nothing of what they hold (CONTRIBUTING, "Names")."""
SERVED = {("scoring/api/offers.py", "asked")}
"""Fields of answers, whose names callers know."""


def banned_names(source: str) -> list[tuple[int, str]]:
    """Line and name of each identifier that is banned."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [(one.start[0], one.string) for one in tokens if one.type == tokenize.NAME and one.string in BANNED]


def test_identifiers_are_in_the_words_of_the_field() -> None:
    found = [
        (str(path.relative_to(ROOT)), line, name)
        for room in ("scoring", "training")
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, name in banned_names(path.read_text(encoding="utf-8"))
    ]
    assert [one for one in found if (one[0], one[2]) not in SERVED] == []


def test_a_banned_identifier_is_found_and_the_word_in_a_text_is_not() -> None:
    assert banned_names('def f(told):\n    """What is said."""\n    return "kept", told.apart\n') == [
        (1, "told"),
        (3, "told"),
        (3, "apart"),
    ]
