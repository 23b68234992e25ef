"""Spark gives the values that DuckDB gives, exactly, whatever the tables are stored as."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from scoring.data.cleaning import clean
from scoring.data.features import build
from scoring.data.tables import read_tables
from scoring.errors import SettingsError
from tests import SAMPLE
from training.cli import on_spark
from training.cli.features import Engine, write_features

JOINT = SAMPLE / "joint"
HAS_SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None

wants_spark = [
    pytest.mark.spark,
    pytest.mark.skipif(not HAS_SPARK, reason="PySpark or Java is not there: pip install -r requirements-spark.txt"),
    # PySpark leaves the sockets of its Java process to the end of the process.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


def marked(test):
    for mark in wants_spark:
        test = mark(test)
    return test


@pytest.fixture(scope="module")
def session() -> Iterator[object]:
    with on_spark.spark_session(
        spark__master="local[2]", spark__sql__shuffle__partitions="2", spark__sql__session__timeZone="UTC"
    ) as session:
        yield session


def differing(first: pl.DataFrame, second: pl.DataFrame) -> dict[str, int]:
    """Rows in which a feature differs at all, of the features that differ."""
    assert first.columns == second.columns
    assert first["SK_ID_CURR"].equals(second["SK_ID_CURR"])
    counts = {name: int(first[name].ne_missing(second[name].cast(first[name].dtype)).sum()) for name in first.columns}
    return {name: count for name, count in counts.items() if count}


def both(folder: Path, session, staging: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    with read_tables(folder) as raw:
        spark = build(clean(on_spark.on_spark(raw, session, staging))).collect("polars").to_native()
        return build(clean(raw)).collect("polars").to_native(), spark


@marked
def test_same_values_on_a_synthetic_portfolio(tables, session, tmp_path):
    assert differing(*both(tables, session, tmp_path)) == {}
    assert list(tmp_path.iterdir()) == []  # read where they lie


@marked
def test_same_values_on_the_real_sample(session, tmp_path):
    if not (JOINT / "application_train.parquet").exists():
        pytest.skip("the real sample is not there: set CLAIRSCORE_SAMPLE to its folder")
    assert differing(*both(JOINT, session, tmp_path)) == {}


@marked
def test_same_values_from_csv_which_is_copied_once(tables, session, tmp_path):
    folder, staging = tmp_path / "tables", tmp_path / "staging"
    folder.mkdir()
    staging.mkdir()
    for source in tables.glob("*.parquet"):
        frame = pl.read_parquet(source)
        if source.stem == "bureau":
            frame.write_csv(folder / "bureau.csv")
        else:
            frame.write_parquet(folder / source.name)
    assert differing(*both(folder, session, staging)) == {}
    assert [path.name for path in staging.iterdir()] == ["bureau.parquet"]


@marked
def test_whole_numbers_stored_as_fractions_are_read_as_declared(tables, session, tmp_path):
    folder, staging = tmp_path / "tables", tmp_path / "staging"
    shutil.copytree(tables, folder)
    staging.mkdir()
    path = folder / "POS_CASH_balance.parquet"
    pl.read_parquet(path).with_columns(pl.col("MONTHS_BALANCE").cast(pl.Int32)).write_parquet(path)
    assert differing(*both(folder, session, staging)) == {}
    assert [path.name for path in staging.iterdir()] == ["POS_CASH_balance.parquet"]


@marked
def test_what_was_repaired_is_read_as_repaired(tables, session, tmp_path):
    folder, staging = tmp_path / "tables", tmp_path / "staging"
    shutil.copytree(tables, folder)
    staging.mkdir()
    path = folder / "bureau.parquet"
    rows = pl.read_parquet(path)
    pl.concat([rows, rows.head(5)]).write_parquet(path)  # five rows twice: exactly one of each counts
    assert differing(*both(folder, session, staging)) == {}
    assert [path.name for path in staging.iterdir()] == ["bureau.parquet"]


@marked
def test_the_command_writes_the_file_that_duckdb_writes(tables, tmp_path):
    spark = write_features(tables, tmp_path / "spark.parquet", Engine.SPARK)
    duck = write_features(tables, tmp_path / "duckdb.parquet")
    assert (spark.clients, spark.features) == (duck.clients, duck.features)
    first, second = pl.read_parquet(duck.path), pl.read_parquet(spark.path)
    assert first.schema == second.schema
    assert differing(first, second) == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["duckdb.parquet", "spark.parquet"]


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is not None, reason="PySpark is there")
def test_without_pyspark_the_message_says_what_to_install(tables, tmp_path):
    with pytest.raises(SettingsError, match=r"must have PySpark; got none\. .*requirements-spark\.txt"):
        write_features(tables, tmp_path / "features.parquet", Engine.SPARK)
    assert list(tmp_path.iterdir()) == []
