from pathlib import Path

import polars as pl
import pytest

from scoring.data.cleaning import clean
from scoring.data.features import DICTIONARY, build
from scoring.data.tables import read_tables
from scoring.errors import SettingsError, TableError
from training.cli.features import Engine, write_features


@pytest.fixture(scope="module")
def written(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_features(tables, tmp_path_factory.mktemp("matrix") / "features.parquet").path


def test_one_row_a_client_sorted_number_first(tables: Path, written: Path) -> None:
    frame = pl.read_parquet(written)
    assert frame.columns == ["SK_ID_CURR", *DICTIONARY]
    numbers = frame["SK_ID_CURR"]
    assert numbers.is_sorted()
    raw = pl.concat(
        pl.read_parquet(tables / f"application_{part}.parquet", columns=["SK_ID_CURR"]) for part in ("train", "test")
    )
    assert numbers.to_list() == sorted(raw["SK_ID_CURR"].to_list())


def test_the_file_holds_what_the_service_builds(tables: Path, written: Path) -> None:
    assert pl.read_parquet(written).equals(build(clean(read_tables(tables))).collect("polars").to_native())


def test_engines_write_the_same_values(tables: Path, written: Path, tmp_path: Path) -> None:
    other = write_features(tables, tmp_path / "features.parquet", Engine.POLARS)
    first, second = pl.read_parquet(written), pl.read_parquet(other.path)
    assert first.schema == second.schema
    assert [name for name in first.columns if not first[name].equals(second[name])] == []


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.POLARS])
def test_same_tables_same_bytes(tables: Path, tmp_path: Path, engine: Engine) -> None:
    first = write_features(tables, tmp_path / "a.parquet", engine).path
    second = write_features(tables, tmp_path / "b.parquet", engine).path
    assert first.read_bytes() == second.read_bytes()


def test_the_file_must_be_named_as_parquet(tables: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"must end in \.parquet; got .*features\.csv"):
        write_features(tables, tmp_path / "features.csv")


def test_a_folder_in_the_way_is_refused(tables: Path, tmp_path: Path) -> None:
    (tmp_path / "features.parquet").mkdir()
    with pytest.raises(SettingsError, match="must be a file; got the folder"):
        write_features(tables, tmp_path / "features.parquet")


@pytest.mark.parametrize("engine", [Engine.DUCKDB, Engine.POLARS])
def test_absent_tables_leave_their_features_out(tables: Path, tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "application_test.parquet").symlink_to(tables / "application_test.parquet")
    result = write_features(tmp_path, tmp_path / "features.parquet", engine)
    columns = pl.read_parquet_schema(result.path)
    assert result.features + len(result.left_out) == len(DICTIONARY)
    assert len(columns) == 1 + result.features
    assert {DICTIONARY[name].table for name in columns if name in DICTIONARY} == {"application"}


def test_no_tables_leave_no_file(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="must exist"):
        write_features(tmp_path / "none", tmp_path / "features.parquet")
    assert list(tmp_path.iterdir()) == []
