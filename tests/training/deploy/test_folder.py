"""The folder holds all that serves and all that its pages name, and nothing that lay about."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scoring.errors import SpaceError
from scoring.model.artefacts import read_artefacts
from scoring.reports.brief import files as named_by_the_tour
from scoring.settings import DEMO, ROOT
from tests.training.deploy.conftest import Marked
from training.deploy.folder import CODE, SERVED, STUDIES, Plan, build, files_of, pins_of, python_of, readme_of, split


def test_all_code_of_the_service_is_there_and_no_other(built: Path) -> None:
    code = {path.relative_to(ROOT) for path in (ROOT / CODE).rglob("*") if path.is_file()}
    code = {path for path in code if "__pycache__" not in path.parts}
    assert {path for path in files_of(built) if path.parts[0] == CODE} == code, "a new kind of file: name it in KINDS"


def test_it_serves_from_there_with_nothing_set(built: Path) -> None:
    program = "import scoring.factory as f, scoring.settings as s; print(f.load_service(s.read_settings()).synthetic)"
    plain = {name: value for name, value in os.environ.items() if not name.startswith("CLAIRSCORE_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=built,
        env={**plain, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["True"], done.stderr


def test_what_the_readme_and_the_tour_name_is_there(built: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", (built / "README.md").read_text(encoding="utf-8"))
    named = [*(link for link in links if "://" not in link), *named_by_the_tour()]
    assert [name for name in named if not (built / name).exists()] == []


def test_every_report_of_the_training_is_there(built: Path) -> None:
    for study in STUDIES:
        assert (built / SERVED / f"{study}.json").is_file() == (DEMO / f"{study}.json").is_file()
    assert read_artefacts(built / SERVED).model.digest == read_artefacts(DEMO).model.digest


def test_the_settings_come_from_the_pins(built: Path) -> None:
    settings, body = split((built / "README.md").read_text(encoding="utf-8"))
    pins = pins_of((built / "requirements.txt").read_text(encoding="utf-8"))
    assert settings["sdk"] == "gradio"
    assert settings["sdk_version"] == pins["gradio"]
    assert settings["python_version"] == f'"{python_of((ROOT / "pyproject.toml").read_text(encoding="utf-8"))}"'
    assert settings["app_file"] == "app.py"
    assert body == split((ROOT / "README.md").read_text(encoding="utf-8"))[1]
    assert "-r " not in (built / "requirements.txt").read_text(encoding="utf-8")


def test_a_login_is_asked_of_the_space(built: Path) -> None:
    assert "hf_oauth" not in split((built / "README.md").read_text(encoding="utf-8"))[0]
    assert "\nhf_oauth: true\nhf_oauth_scopes:\n  - email\n---\n" in readme_of(ROOT, "oidc")


def test_other_clients_are_shown_beside_a_model(marked: Marked, tmp_path: Path) -> None:
    real = marked(synthetic=False, clients=False)
    build(Plan(artefacts=real, clients=DEMO), tmp_path / "out")
    shown = read_artefacts(tmp_path / "out" / SERVED)
    assert shown.champion.portfolio == read_artefacts(DEMO).champion.portfolio
    assert shown.model.digest == read_artefacts(real).model.digest


def test_it_is_made_anew_each_time(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = build(Plan(), out)
    (out / "scoring" / "left_over.py").write_text("", encoding="utf-8")
    assert build(Plan(), out) == first == files_of(out)


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SpaceError, match="must be empty or one that was made before"):
        build(Plan(), tmp_path)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"
