import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from scoring.data.cleaning import RULES, clean, count_touched
from scoring.data.tables import HISTORY, read_tables
from scoring.errors import SettingsError, TableError
from training.cli.clean import REPORT, clean_tables


@pytest.fixture(scope="module")
def cleaned(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clean_tables(tables, tmp_path_factory.mktemp("cleaned") / "tables").folder


def test_the_files_hold_what_cleaning_gives(tables: Path, cleaned: Path) -> None:
    for name, frame in clean(read_tables(tables)).frames.items():
        expected = frame.collect("polars").to_native()
        written = pl.read_parquet(cleaned / f"{name}.parquet")
        assert written.schema == expected.schema
        assert written.equals(expected), name


def test_labels_are_apart(tables: Path, cleaned: Path) -> None:
    labels = pl.read_parquet(cleaned / "labels.parquet").sort("SK_ID_CURR")
    train = pl.read_parquet(tables / "application_train.parquet", columns=["SK_ID_CURR", "TARGET"])
    assert labels.equals(train.sort("SK_ID_CURR"))
    assert "TARGET" not in pl.read_parquet_schema(cleaned / "application.parquet")


def test_the_report_counts_each_rule(tables: Path, cleaned: Path) -> None:
    document = json.loads((cleaned / REPORT).read_text(encoding="utf-8"))
    assert document["synthetic"] is True
    assert [rule["name"] for rule in document["rules"]] == [rule.name for rule in RULES]
    counts = {count.rule.name: (count.touched, count.rows) for count in count_touched(read_tables(tables))}
    assert {rule["name"]: (rule["touched"], rule["rows"]) for rule in document["rules"]} == counts
    assert {"table", "columns", "problem", "strategy"} < set(document["rules"][0])


def test_rows_in_are_rows_out(tables: Path, cleaned: Path) -> None:
    document = json.loads((cleaned / REPORT).read_text(encoding="utf-8"))
    for name in HISTORY:
        rows = pl.scan_parquet(tables / f"{name}.parquet").select(pl.len()).collect().item()
        assert document["tables"][name] == rows


def test_same_tables_same_bytes(tables: Path, cleaned: Path, tmp_path: Path) -> None:
    clean_tables(tables, tmp_path / "again")
    for path in cleaned.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_raw_tables_are_never_overwritten(tables: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in tables.iterdir()}
    with pytest.raises(TableError, match="must be new, empty or written by an earlier clean"):
        clean_tables(tables, tables)
    assert {path.name: path.stat().st_mtime_ns for path in tables.iterdir()} == before


def test_a_second_run_replaces_the_first_whole(tables: Path, tmp_path: Path) -> None:
    fewer = tmp_path / "fewer"
    fewer.mkdir()
    shutil.copy(tables / "application_train.parquet", fewer)
    out = tmp_path / "out"
    clean_tables(tables, out)
    clean_tables(fewer, out)
    assert sorted(path.name for path in out.iterdir()) == ["application.parquet", REPORT, "labels.parquet"]
    assert json.loads((out / REPORT).read_text(encoding="utf-8"))["absent"] == list(HISTORY)


def test_a_bad_table_leaves_nothing(tables: Path, tmp_path: Path) -> None:
    bad = Path(shutil.copytree(tables, tmp_path / "bad"))
    (bad / "bureau.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError, match="bureau must be a readable Parquet file"):
        clean_tables(bad, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_out_must_be_a_folder(tables: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(TableError, match="must be a folder; got the file"):
        clean_tables(tables, tmp_path / "out")


@pytest.mark.parametrize("memory", [0.1, -1.0, float("nan")])
def test_too_little_memory_is_refused(tables: Path, tmp_path: Path, memory: float) -> None:
    with pytest.raises(SettingsError, match=r"memory limit must be at least 0\.25 GB"):
        clean_tables(tables, tmp_path / "out", memory=memory)
