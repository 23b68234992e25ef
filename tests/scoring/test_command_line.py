"""Bad input at the edges: one message, exit code 2, nothing half-written."""

import codecs
import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

import scoring.__main__ as command_line
from scoring import factory
from scoring.audit.batches import BatchFindings
from scoring.data.tables import TABLES
from scoring.files import file_aside
from scoring.service import Service
from scoring.settings import DEMO

Run = Callable[..., str]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """A folder with one application and no history, by the schema."""
    folder = tmp_path / "tables"
    folder.mkdir()
    kinds = {"int": pl.Int64, "float": pl.Float64, "string": pl.String}
    columns = TABLES["application_test"].columns
    values = {column.name: [1 if column.dtype == "int" else None] for column in columns}
    frame = pl.DataFrame(values, schema={column.name: kinds[column.dtype] for column in columns})
    required = {"CODE_GENDER": "F", "FLAG_OWN_CAR": "N", "FLAG_OWN_REALTY": "Y", "NAME_CONTRACT_TYPE": "Cash loans"}
    texts = [column.name for column in columns if column.dtype == "string" and not column.nullable]
    frame = frame.with_columns(pl.lit(required.get(name, "XNA")).alias(name) for name in texts)
    numbers = [column.name for column in columns if column.dtype == "float" and not column.nullable]
    frame.with_columns(pl.lit(1000.0).alias(name) for name in numbers).write_parquet(
        folder / "application_test.parquet"
    )
    return folder


@pytest.fixture
def artefacts(tmp_path: Path) -> Path:
    """A copy of the demo, to be damaged."""
    return Path(shutil.copytree(DEMO, tmp_path / "artefacts"))


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the batch and give its one message; the output must not exist afterwards."""

    def run(artefacts: Path, tables: Path) -> str:
        out = tmp_path / "out" / "decisions.csv"
        arguments = ["scoring", "batch", "--artefacts", str(artefacts), "--tables", str(tables), "--out", str(out)]
        monkeypatch.setattr("sys.argv", arguments)
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        assert ended.value.code == 2
        assert not out.exists()
        assert not list(out.parent.glob(".*")) if out.parent.exists() else True
        message = capsys.readouterr().err
        assert "Traceback" not in message
        return message

    return run


def test_a_changed_number(refused: Run, artefacts: Path, tables: Path, demo: Service) -> None:
    path = artefacts / f"{demo.artefacts.champion.serves}.json"
    document = json.loads(path.read_text())
    document["intercept"] += 0.001
    path.write_text(json.dumps(document))
    assert "must be those that were written; got digest" in refused(artefacts, tables)


def test_another_version(refused: Run, artefacts: Path, tables: Path) -> None:
    path = artefacts / "champion.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 99}))
    assert "must be of format 'clairscore-champion', version 1; got" in refused(artefacts, tables)


def test_a_cut_portfolio(refused: Run, artefacts: Path, tables: Path) -> None:
    path = artefacts / "portfolio.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    assert "The clients' file must be the one that champion.json names" in refused(artefacts, tables)


def test_parts_of_two_trainings(refused: Run, artefacts: Path, tables: Path, demo: Service) -> None:
    path = artefacts / "champion.json"
    document = json.loads(path.read_text())
    document["models"][demo.artefacts.champion.serves] = "sha256:" + "0" * 64
    path.write_text(json.dumps(document))
    assert "The serving model must be the one that champion.json names" in refused(artefacts, tables)


def test_no_artefacts(refused: Run, tmp_path: Path, tables: Path) -> None:
    assert "champion.json must exist; got none in" in refused(tmp_path, tables)


def test_tables_without_what_the_model_wants(refused: Run, artefacts: Path, tables: Path) -> None:
    assert "must hold what the model was trained on; got no" in refused(artefacts, tables)


def test_no_tables(refused: Run, artefacts: Path, tmp_path: Path) -> None:
    assert "application_train or application_test" in refused(artefacts, tmp_path)


def test_a_corrupt_table(refused: Run, artefacts: Path, tables: Path) -> None:
    (tables / "application_test.parquet").write_bytes(b"PAR1 no more")
    assert "application_test" in refused(artefacts, tables)


def test_serving_damaged_artefacts_ends_with_one_message(
    artefacts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (artefacts / "champion.json").unlink()
    monkeypatch.setenv("CLAIRSCORE_ARTEFACTS", str(artefacts))
    with pytest.raises(SystemExit) as ended:
        factory.main()
    assert ended.value.code == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "champion.json must exist" in message


def test_real_clients_are_not_served_openly(
    artefacts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = artefacts / "champion.json"
    document = json.loads(path.read_text())
    document["portfolio"]["synthetic"] = False
    path.write_text(json.dumps(document))
    monkeypatch.setenv("CLAIRSCORE_ARTEFACTS", str(artefacts))
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("CLAIRSCORE_AUTH", "none")
    with pytest.raises(SystemExit) as ended:
        factory.main()
    assert ended.value.code == 2
    assert "must not be served openly" in capsys.readouterr().err


@contextmanager
def on_a_full_disk(path: Path) -> Iterator[Path]:
    with file_aside(path) as aside:
        aside.unlink()
        aside.symlink_to("/dev/full")
        yield aside


def test_a_disk_that_fills_says_what_is_recorded(
    refused: Run, artefacts: Path, tables: Path, demo: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Service, "check_tables", lambda *_: None)
    monkeypatch.setattr(BatchFindings, "look_at_tables", lambda *_: None)
    monkeypatch.setattr(Service, "assess_tables", lambda *_, **__: iter([(1, demo.assess(100002))]))
    monkeypatch.setattr(command_line, "file_aside", on_a_full_disk)
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.sqlite'}")
    message = refused(artefacts, tables)
    assert "decisions.csv must be a place that can be written; got no space left on its disk" in message
    assert "1 decisions are recorded in the journal and in no file" in message


def test_a_batch_says_in_excel_what_it_says(
    artefacts: Path, tables: Path, demo: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Service, "check_tables", lambda *_: None)
    monkeypatch.setattr(BatchFindings, "look_at_tables", lambda *_: None)
    monkeypatch.setattr(Service, "assess_tables", lambda *_, **__: iter([(1, demo.assess(100002))]))
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.sqlite'}")
    out = tmp_path / "decisions.csv"
    words = ["batch", "--artefacts", str(artefacts), "--tables", str(tables), "--out", str(out)]
    done = CliRunner().invoke(command_line.cli, words)
    assert done.exit_code == 0, done.output
    assert out.read_bytes().startswith(codecs.BOM_UTF8)


def test_a_full_temporary_disk_does_not_blame_the_tables(
    refused: Run, artefacts: Path, tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CSV is staged on the temporary disk before it is read."""
    path = tables / "application_test.parquet"
    pl.read_parquet(path).write_csv(tables / "application_test.csv")
    path.unlink()

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("scoring.data.tables.staging.pq.ParquetWriter.write_batch", full)
    message = refused(artefacts, tables)
    assert "The disk of temporary files must have room; got no space left in " in message
    assert "application_test" not in message
