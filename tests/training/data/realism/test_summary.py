"""The committed page is made from the committed figures, which hold no value of a real client."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import training.cli.realism as command
from scoring.data.tables import TABLES
from training.__main__ import app
from training.data.realism import PAGE_FILE, SUMMARY_FILE, page

SUMMARY = json.loads(SUMMARY_FILE.read_text(encoding="utf-8"))


def test_the_committed_page_is_fresh() -> None:
    assert PAGE_FILE.read_text(encoding="utf-8") == page(SUMMARY), (
        "the page is stale: run `python -m training realism ... --publish`"
    )


def test_the_committed_figures_are_shares_and_distances() -> None:
    """Nothing in them is an amount, a day or an id, so that no row can be rebuilt."""
    assert set(SUMMARY["tables"]) <= {"application", *TABLES}
    for table in SUMMARY["tables"].values():
        assert set(table) == {
            "columns", "rows_per_client", "clients_with_rows", "missing_difference", "distance_median", "furthest",
            "correlations",
        }  # fmt: skip
        for value in (*table["furthest"].values(), *table["clients_with_rows"], table["missing_difference"]):
            assert 0 <= value <= 1
    assert 0.4 < SUMMARY["adversarial"]["auc"] <= 1
    assert len(json.dumps(SUMMARY)) < 10_000


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["realism", *(str(word) for word in words)])
    return done.exit_code, done.output


def test_the_report_is_written(synthetic: Path, stand_in: Path, tmp_path: Path) -> None:
    before = SUMMARY_FILE.read_bytes(), PAGE_FILE.read_bytes()
    code, output = run("--tables", synthetic, "--sample", stand_in, "--out", tmp_path / "report")
    assert code == 0, output
    assert "Told apart with an AUC of 0." in output
    document = json.loads((tmp_path / "report" / "realism.json").read_text(encoding="utf-8"))
    names = [table["name"] for table in document["tables"]]
    assert "installments_payments" not in names
    files = {path.name for path in (tmp_path / "report").iterdir()}
    assert files == {"realism.html", "realism.json", *(f"{name}.png" for name in names)}
    assert (SUMMARY_FILE.read_bytes(), PAGE_FILE.read_bytes()) == before


def test_published_is_what_was_found(
    synthetic: Path, stand_in: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "SUMMARY_FILE", tmp_path / "summary.json")
    monkeypatch.setattr(command, "PAGE_FILE", tmp_path / "page.md")
    summary = command.write_realism(synthetic, stand_in, tmp_path / "report", publish=True)
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8")) == summary
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == page(summary)


@pytest.mark.parametrize(
    ("tables", "sample", "message"),
    [
        ("stand_in", "stand_in", "the synthetic tables must be marked as such"),
        ("synthetic", "synthetic", "the sample must be of real tables"),
    ],
)
def test_the_two_sides_are_not_mistaken(
    request: pytest.FixtureRequest, tmp_path: Path, tables: str, sample: str, message: str
) -> None:
    code, output = run(
        "--tables", request.getfixturevalue(tables), "--sample", request.getfixturevalue(sample),
        "--out", tmp_path / "report",
    )  # fmt: skip
    assert code == 2
    assert message in output
    assert not (tmp_path / "report").exists()
