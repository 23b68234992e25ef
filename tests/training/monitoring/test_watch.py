"""The verb `watch`: what it writes and prints, tables that can't be read, what a user can put right."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from scoring.errors import TableError
from scoring.reports.monitoring_document import Watch, read_watch
from scoring.service import Service
from scoring.settings import DEMO
from training.__main__ import app
from training.cli import watch as watch_command
from training.data.synthetic import write_portfolio
from training.monitoring.later import read_later, read_trained
from training.monitoring.recognised import applications_of_training, check_recognised, count_recognised
from training.provenance import write_marker
from training.reporting.documents import study_fingerprint

CLIENTS, SEED = 320, 4


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("later") / "tables"
    write_portfolio(CLIENTS, SEED, folder)
    write_marker(folder, clients=CLIENTS, seed=SEED)
    return folder


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["watch", "--artefacts", str(DEMO), *(str(word) for word in words)])
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def report(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Watch, str, str]:
    folder = tmp_path_factory.mktemp("watched")
    code, output = run("--tables", tables, "--out", folder / "watch.json", "--html", folder / "watch.html")
    assert code == 0, output
    found = read_watch(folder)
    assert found is not None
    return found, output, (folder / "watch.html").read_text(encoding="utf-8")


def test_a_look_says_whom_it_looked_at(report: tuple[Watch, str, str], demo: Service) -> None:
    found = report[0]
    assert (found.watched.clients, found.watched.synthetic) == (CLIENTS, True)
    assert found.watched.labelled > found.watched.defaulters > 0
    assert found.model.version == demo.model.model_version
    assert found.data.fingerprint == demo.model.provenance.data_fingerprint
    assert found.watched.fingerprint != found.data.fingerprint
    assert {one.feature for one in found.features} == set(demo.model.features)
    assert found.challenger is not None
    assert found.outcomes is not None
    assert found.raw is not None


def test_it_prints_its_advice(report: tuple[Watch, str, str]) -> None:
    found, output, _ = report
    assert found.advice.says.en in " ".join(output.split())


def test_its_page_is_whole_and_fetches_nothing(report: tuple[Watch, str, str]) -> None:
    page = report[2]
    assert "http" not in page
    assert "<script" not in page
    assert page.count("lang='fr'>") == page.count("lang='en'>") + 1  # the page's own language
    assert "Benjamini–Hochberg" in page


def test_a_column_that_did_not_come_is_a_finding(tables: Path, tmp_path: Path) -> None:
    shutil.copytree(tables, tmp_path / "tables")
    path = tmp_path / "tables" / "application_test.parquet"
    pl.read_parquet(path).drop("EXT_SOURCE_2").write_parquet(path)
    code, output = run("--tables", tmp_path / "tables", "--out", tmp_path / "watch.json")
    assert code == 0, output
    found = read_watch(tmp_path)
    assert found is not None
    assert (found.light, found.advice.action) == ("red", "repair")
    assert "EXT_SOURCE_2" in found.signals[0].says.en
    assert run("--tables", tmp_path / "tables", "--out", tmp_path / "watch.json", "--check")[0] == 1


def test_a_table_that_did_not_come_is_a_finding(tables: Path, tmp_path: Path) -> None:
    shutil.copytree(tables, tmp_path / "tables")
    (tmp_path / "tables" / "bureau.parquet").unlink()
    (tmp_path / "tables" / "bureau_balance.parquet").unlink()
    assert run("--tables", tmp_path / "tables", "--out", tmp_path / "watch.json")[0] == 0
    found = read_watch(tmp_path)
    assert found is not None
    assert found.watched.absent_tables == ("bureau", "bureau_balance")
    assert [one.subject for one in found.signals if one.kind == "absent"] == ["bureau", "bureau_balance"]


def test_outcomes_and_dates_that_came_in_since(tables: Path, tmp_path: Path) -> None:
    ids = pl.read_parquet(tables / "application_train.parquet")["SK_ID_CURR"]
    new = pl.read_parquet(tables / "application_test.parquet")["SK_ID_CURR"]
    pl.DataFrame({"SK_ID_CURR": new, "TARGET": [0] * len(new)}).write_csv(tmp_path / "outcomes.csv")
    dates = ["03/15/2026"] * len(ids) + ["04/02/2026"] * len(new)
    pl.DataFrame({"SK_ID_CURR": [*ids, *new], "DATE": dates}).write_csv(tmp_path / "dates.csv")
    code, output = run(
        "--tables", tables, "--out", tmp_path / "watch.json",
        "--outcomes", tmp_path / "outcomes.csv", "--periods", tmp_path / "dates.csv", "--date-format", "%m/%d/%Y",
        "--html", tmp_path / "watch.html",
    )  # fmt: skip
    assert code == 0, output
    found = read_watch(tmp_path)
    assert found is not None
    assert found.watched.labelled == CLIENTS
    assert found.by_period
    assert [block.name for block in found.blocks] == ["2026-03"]  # April has too few
    wording = [note.en for note in found.watched.notes]
    assert wording[0].startswith(
        f"outcomes.csv: {len(new)} of {len(new)} lines are of clients of these tables (100.0%)"
    )
    assert wording[1].endswith("100.0% of the clients are in 2 periods, of which 1 with at least 200 clients.")
    page = (tmp_path / "watch.html").read_text(encoding="utf-8")
    assert all(note in output and note in page for note in wording)


@pytest.mark.parametrize(
    ("option", "content", "wording"),
    [
        ("--outcomes", "SK_ID_CURR,TARGET\n1,2\n", "TARGET must be 0 or 1"),
        ("--outcomes", "SK_ID_CURR,TARGET\nC100001,1\n", "got 0 of 1 in"),
        ("--periods", "SK_ID_CURR,DAY\n100001,03/04/2026\n", "dates must be written as 2026-03-15; got '03/04/2026'"),
        ("--outcomes", "SK_ID_CURR,OTHER\n1,1\n", "must have the columns SK_ID_CURR and TARGET"),
        ("--periods", "SK_ID_CURR,DAY\n1,a\n1,b\n", "must name each client once"),
    ],
)
def test_files_by_client_are_checked(tables: Path, tmp_path: Path, option: str, content: str, wording: str) -> None:
    (tmp_path / "given.csv").write_text(content, encoding="utf-8")
    code, output = run("--tables", tables, "--out", tmp_path / "watch.json", option, tmp_path / "given.csv")
    assert code == 2
    assert wording in " ".join(output.split())


def test_clients_of_the_training_are_refused_in_any_order_part_and_number(tables: Path, tmp_path: Path) -> None:
    """Their applications stand in the portfolio beside the model; here those of the tables take their place."""
    _, trained = read_trained(DEMO)
    own = read_later(tables, trained).applications
    assert count_recognised(own, own) == CLIENTS
    shuffled = own.sample(fraction=0.5, shuffle=True, seed=1)
    assert count_recognised(shuffled, own) == CLIENTS // 2
    changed = own.with_columns(credit_amount=pl.col("credit_amount") * 1.01)
    assert count_recognised(changed, own) == 0
    with pytest.raises(TableError, match=f"others than those of the training; got {CLIENTS} of {CLIENTS} whose"):
        check_recognised(own, own)
    few = pl.concat([own.head(3), changed.tail(CLIENTS - 3)])
    wording = check_recognised(few, own)
    assert wording is not None
    assert wording.en.startswith(f"3 of {CLIENTS} clients are of the training")
    assert check_recognised(changed, own) is None


def test_clients_of_the_demos_training_are_not_those_of_another_portfolio(tables: Path) -> None:
    artefacts, trained = read_trained(DEMO)
    known = applications_of_training(artefacts)
    assert known.height == 5_225
    assert known.unique().height == known.height
    assert count_recognised(known, known) == known.height
    assert count_recognised(read_later(tables, trained).applications, known) == 0


def test_a_look_at_the_training_stops(tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, trained = read_trained(DEMO)
    own = read_later(tables, trained).applications
    monkeypatch.setattr(watch_command, "applications_of_training", lambda _: own)
    code, output = run("--tables", tables, "--out", tmp_path / "watch.json")
    assert code == 2
    assert "clients to watch must be others than those of the training" in " ".join(output.split())
    assert not (tmp_path / "watch.json").exists()


def test_a_folder_without_tables_is_a_mistake_and_no_finding(tmp_path: Path) -> None:
    code, output = run("--tables", tmp_path, "--out", tmp_path / "watch.json")
    assert code == 2
    assert "a folder of tables must hold" in " ".join(output.split())
    assert not (tmp_path / "watch.json").exists()


def test_the_demos_look_is_of_the_model_that_serves(demo: Service) -> None:
    found = read_watch(DEMO)
    assert found is not None
    assert found.model.version == demo.model.model_version
    assert found.code_fingerprint == study_fingerprint("watch"), "the demo's studies are stale: run `make train`"
    assert json.loads((DEMO / "watch.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
