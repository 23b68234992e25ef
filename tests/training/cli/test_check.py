"""The verb `check`: what it prints and writes, and one message for what a user can put right."""

import json
from pathlib import Path

import polars as pl
from typer.testing import CliRunner

from scoring.data.tables import check_quality, fingerprint, read_tables
from training.__main__ import app


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["check", *(str(word) for word in words)])
    return done.exit_code, done.output


def test_the_file_holds_the_report(tables: Path, tmp_path: Path) -> None:
    code, output = run("--tables", tables, "--out", tmp_path / "report.json")
    assert code == 0, output
    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    raw = read_tables(tables, labels=True)
    assert document == {
        **check_quality(raw).document(),
        "data": {"synthetic": True, "fingerprint": fingerprint(raw)},
    }
    assert f"{document['warnings']} warnings of {len(document['findings'])} checks are in" in output


def test_a_table_is_printed_without_a_file(tables: Path, tmp_path: Path) -> None:
    (tmp_path / "application_test.parquet").symlink_to(tables / "application_test.parquet")
    code, output = run("--tables", tmp_path)
    assert code == 0, output
    assert "not counted" in output
    assert "Absent tables: bureau," in output
    assert len(list(tmp_path.iterdir())) == 1


def test_repairs_are_printed_and_written(tables: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    text = pl.read_parquet(tables / "application_test.parquet").write_csv()
    (folder / "application_test.csv").write_text(text + "\n\n", encoding="utf-8-sig")
    code, output = run("--tables", folder, "--out", tmp_path / "report.json")
    assert code == 0, output
    assert "Repaired while reading" in output
    repairs = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["repairs"]
    assert {repair["damage"]: repair["count"] for repair in repairs} == {"byte order mark": 1, "blank lines": 2}


def test_an_error_stops(tables: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    frame = pl.read_parquet(tables / "application_train.parquet")
    frame.with_columns(TARGET=pl.lit(2)).write_parquet(folder / "application_train.parquet")
    code, output = run("--tables", folder, "--out", tmp_path / "report.json")
    assert code == 2
    assert "TARGET must be 0 or 1; got 2" in output
    assert not (tmp_path / "report.json").exists()
