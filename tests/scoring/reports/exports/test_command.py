"""`scoring explain` and `scoring export`, as a person calls them."""

import json
import re

import duckdb
import pytest

import scoring.__main__ as command_line
from scoring.settings import DEMO

CLIENT = 100002


@pytest.fixture
def run(capsys, monkeypatch):
    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["scoring", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        told = capsys.readouterr()
        return ended.value.code or 0, told.out, told.err

    return call


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_lines_add_up_to_the_services_score(run, demo, lang):
    code, out, _ = run("explain", CLIENT, "--lang", lang)
    numbers = [float(re.match(r"\s*(\S+)", line)[1]) for line in out.splitlines()]
    terms = len(demo.model.terms)
    assert code == 0
    assert len(numbers) == 1 + terms + 3
    assessed = demo.assess(CLIENT)
    assert sum(numbers[: 1 + terms]) == pytest.approx(assessed.scored.log_odds, abs=1e-9)
    assert numbers[-3:] == [assessed.scored.log_odds, assessed.decision.pd, pytest.approx(assessed.decision.points)]


def test_an_unknown_client_is_one_message(run):
    code, out, err = run("explain", 7)
    assert (code, out) == (2, "")
    assert "7" in err
    assert "Traceback" not in err


def test_sql_runs_as_written(run, tmp_path):
    code, _, _ = run("export", "sql", "--out", tmp_path / "score.sql", "--table", "clients")
    assert code == 0
    query = (tmp_path / "score.sql").read_text()
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW clients AS FROM '{DEMO / 'portfolio.parquet'}'")
        found = connection.sql(query).filter(f"SK_ID_CURR = {CLIENT}").fetchall()
    assert len(found) == 1


def test_pmml_goes_to_the_output(run):
    code, out, _ = run("export", "pmml", "--model", DEMO / "ebm.json")
    assert code == 0
    assert out.startswith("<?xml")


def test_a_dialect_that_is_not_known_is_one_message(run):
    code, out, err = run("export", "sql", "--dialect", "oracle")
    assert (code, out) == (2, "")
    assert "must be one of duckdb, postgres, spark; got 'oracle'" in err


@pytest.mark.parametrize("kind", ["", "ebm", "scorecard"])
@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_the_grid_is_written_for_either_model(run, demo, tmp_path, kind, form):
    out = tmp_path / f"grid.{form}"
    code, _, err = run("export", "grid", "--out", out, "--lang", "en", *(["--model", kind] if kind else []))
    assert (code, err) == (0, "")
    assert out.stat().st_size > 10_000
    if form == "json":
        document = json.loads(out.read_text(encoding="utf-8"))
        assert document["kind"] == (kind or demo.model.kind)


@pytest.mark.parametrize(
    ("name", "model", "told"),
    [("grid.pdf", "", "must end in one of"), ("grid.csv", "other", "the model must be one of")],
)
def test_a_grid_that_cannot_be_is_said_to_be(run, tmp_path, name, model, told):
    code, _, err = run("export", "grid", "--out", tmp_path / name, "--model", model)
    assert code == 2
    assert told in " ".join(re.sub(r"[│╭╮╰╯─]", " ", err).split())
