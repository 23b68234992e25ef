"""The console script reaches every command of both packages."""

import tomllib

import pytest
from typer.testing import CliRunner

from clairscore import app
from tests import ROOT


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--help"], ("batch", "journal", "training")),
        (["batch", "--help"], ("--artefacts", "--accept-findings")),
        (["training", "--help"], ("portfolio", "simplicity", "watch")),
        (["training", "tune", "--help"], ("--trials", "--accept-findings")),
    ],
)
def test_help_names_the_commands(words: list[str], expected: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert all(word in done.output for word in expected)


def test_a_wrong_option_of_training_ends_with_2() -> None:
    done = CliRunner().invoke(app, ["training", "clean", "--tables", "no/such", "--out", "no/such/out"])
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_it_is_declared() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert scripts == {"clairscore": "clairscore:main"}
