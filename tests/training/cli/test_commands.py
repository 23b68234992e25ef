"""The verbs as typed: what they say, and one message with exit code 2 for what a user can put right."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from training.__main__ import app


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_clean(tables: Path, tmp_path: Path) -> None:
    done = run("clean", "--tables", tables, "--out", tmp_path / "clean")
    assert done.exit_code == 0, done.output
    assert "application  employment_none: " in done.output
    assert f"tables are in {tmp_path / 'clean'}." in done.output


@pytest.mark.parametrize("engine", ["duckdb", "polars"])
def test_features(tables: Path, tmp_path: Path, engine: str) -> None:
    out = tmp_path / "features.parquet"
    done = run("features", "--tables", tables, "--out", out, "--engine", engine)
    assert done.exit_code == 0, done.output
    assert f"features of 120 clients are in {out}." in done.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("clean", "--tables", "no/such", "--out", "{out}"), "Error: the folder of tables must exist; got no/such"),
        (("features", "--tables", "{tables}", "--out", "{out}/f.csv"), "must end in .parquet"),
        (("fetch", "--out", "{out}"), "Error: Kaggle's client must be installed"),
    ],
)
def test_one_message(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], message: str
) -> None:
    monkeypatch.setitem(sys.modules, "kaggle", None)
    out = tmp_path / "out"
    done = run(*(word.format(tables=tables, out=out) for word in words))
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output
    assert not out.exists() or list(out.iterdir()) == []


def test_an_unknown_engine_is_a_bad_option(tables: Path, tmp_path: Path) -> None:
    done = run("features", "--tables", tables, "--out", tmp_path / "f.parquet", "--engine", "pandas")
    assert done.exit_code == 2
    assert "must be one of duckdb" in done.output


def test_problems(tables: Path, tmp_path: Path) -> None:
    counts, page = tmp_path / "counts.json", tmp_path / "page.md"
    arguments = ["--counts", counts, "--page", page]
    done = run("problems", "--tables", tables, "--name", "synthetic, small", *arguments)
    assert done.exit_code == 0, done.output
    assert "| synthetic, small | 120 |" in page.read_text(encoding="utf-8")
    first = page.read_bytes()
    page.unlink()
    assert run("problems", *arguments).exit_code == 0
    assert page.read_bytes() == first


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--name", "alone"), "must be given together"),
        (("--tables", "{tables}", "--name", "a | b"), "must be words without bars"),
        (("--tables", "{tables}", "--name", " "), "must be words without bars"),
    ],
)
def test_problems_refused(tables: Path, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    counts, page = tmp_path / "counts.json", tmp_path / "page.md"
    done = run("problems", *(word.format(tables=tables) for word in words), "--counts", counts, "--page", page)
    assert done.exit_code == 2
    assert message in done.output
    assert list(tmp_path.iterdir()) == []
