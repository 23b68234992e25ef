"""A missing mark, a padded code, another spelling of a flag: read as what they mean in every reader, and counted."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scoring.data.cleaning import clean
from scoring.data.features import DICTIONARY, build
from scoring.data.tables import TABLES, Column, Damage, RawTables, read_rows, read_tables
from scoring.data.tables.column_types import Kind
from scoring.data.tables.spellings import MISSING_MARKS, fold, is_missing_mark, read_code, spellings_of
from scoring.errors import InputError

APPLICATION = TABLES["application_test"].by_name
FLAGS = ("FLAG_OWN_CAR", "FLAG_OWN_REALTY")
CATEGORIES = [column for column in APPLICATION.values() if column.kind is Kind.CATEGORY]


@pytest.fixture(scope="module")
def applications(portfolio: Path) -> pl.DataFrame:
    return pl.read_parquet(portfolio / "application_test.parquet")


def written(frame: pl.DataFrame, folder: Path, reader: str) -> RawTables:
    folder.mkdir(exist_ok=True)
    if reader == "parquet":
        frame.write_parquet(folder / "application_test.parquet")
    else:
        frame.write_csv(folder / "application_test.csv")
    return read_tables(folder)


def collected(raw: RawTables) -> pl.DataFrame:
    frame: pl.DataFrame = raw.frames["application"].collect("polars").to_native()
    return frame.drop("APPLICATION_SET")


def counts(raw: RawTables) -> dict[Damage, int]:
    return {repair.damage: repair.count for repair in raw.repairs}


def test_no_mark_is_a_code() -> None:
    codes = [code for table in TABLES.values() for column in table.columns for code in column.codes]
    assert not [code for code in codes if is_missing_mark(code)]
    assert all(is_missing_mark(f" {mark.upper()} ") and is_missing_mark(mark.lower()) for mark in MISSING_MARKS)


def test_every_code_is_its_own_spelling_and_no_spelling_is_two_codes() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert all(read_code(code, column) == code for code in column.codes)
            assert len({fold(code) for code in column.codes}) == len(column.codes)
            assert set(spellings_of(column).values()) == set(column.codes) or column.kind is Kind.FLAG


@pytest.mark.parametrize("reader", ["csv", "parquet"])
@pytest.mark.parametrize("mark", [mark for mark in MISSING_MARKS if mark])
def test_a_missing_mark_is_missing_in_every_text(
    applications: pl.DataFrame, tmp_path: Path, mark: str, reader: str
) -> None:
    texts = [column.name for column in CATEGORIES]
    missing = sum(applications[texts].null_count().row(0))
    with written(applications.with_columns(pl.col(texts).fill_null(mark)), tmp_path / "a", reader) as raw:
        assert_frame_equal(collected(raw), applications)
    usual = reader == "csv" and mark in {"NA", "NaN"}
    assert counts(raw) == ({} if usual else {Damage.MISSING_MARK: missing})
    assert raw.unknown_codes == ()


@pytest.mark.parametrize("mark", [mark for mark in MISSING_MARKS if mark])
def test_a_missing_mark_is_missing_in_every_number_of_a_csv(
    applications: pl.DataFrame, tmp_path: Path, mark: str
) -> None:
    (tmp_path / "application_test.csv").write_text(applications.write_csv(null_value=mark))
    with read_tables(tmp_path) as raw:
        assert_frame_equal(collected(raw), applications)


def test_an_empty_text_of_parquet_is_missing(applications: pl.DataFrame, tmp_path: Path) -> None:
    with written(applications.with_columns(pl.col("OCCUPATION_TYPE").fill_null("")), tmp_path / "a", "parquet") as raw:
        assert_frame_equal(collected(raw), applications)
    assert counts(raw) == {Damage.MISSING_MARK: applications["OCCUPATION_TYPE"].null_count()}


@pytest.mark.parametrize("reader", ["csv", "parquet"])
def test_padded_codes_are_trimmed(applications: pl.DataFrame, tmp_path: Path, reader: str) -> None:
    padded = applications.with_columns(pl.col("NAME_INCOME_TYPE", "CODE_GENDER").str.pad_end(30))
    with written(padded, tmp_path / "a", reader) as raw:
        assert_frame_equal(collected(raw), applications)
    assert counts(raw) == {Damage.SPACES: 2 * len(applications)}


@pytest.mark.parametrize("reader", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("yes", "no"),
    [(1, 0), (True, False), (1.0, 0.0), ("y", "n"), ("TRUE", "FALSE"), ("Yes", "No"), ("oui", "non"), ("VRAI", "FAUX")],
)
def test_spellings_of_a_flag(applications: pl.DataFrame, tmp_path: Path, yes: object, no: object, reader: str) -> None:
    spelled = applications.with_columns(pl.col(FLAGS).replace_strict({"Y": yes, "N": no}))
    with written(spelled, tmp_path / "a", reader) as raw:
        assert_frame_equal(collected(raw), applications)
    assert counts(raw) == {Damage.CODE_SPELLING: 2 * len(applications)}


@pytest.mark.parametrize("reader", ["csv", "parquet"])
def test_a_flag_of_numbers_in_words(applications: pl.DataFrame, tmp_path: Path, reader: str) -> None:
    spelled = applications.with_columns(pl.col("FLAG_PHONE").cast(pl.Boolean))
    with written(spelled, tmp_path / "a", reader) as raw:
        assert_frame_equal(collected(raw), applications)
    assert counts(raw) == ({Damage.CODE_SPELLING: len(applications)} if reader == "csv" else {})


@pytest.mark.parametrize("reader", ["csv", "parquet"])
def test_unknown_codes_are_kept_counted_and_no_no(applications: pl.DataFrame, tmp_path: Path, reader: str) -> None:
    changed = applications.with_columns(
        FLAG_OWN_CAR=pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("perhaps")).otherwise("FLAG_OWN_CAR")
    )
    with written(changed, tmp_path / "a", reader) as raw:
        assert_frame_equal(collected(raw), changed)
        (unknown,) = raw.unknown_codes
        owns_car = build(clean(raw), [DICTIONARY["owns_car"]]).collect("polars").to_native()["owns_car"]
    assert (unknown.column, unknown.count, unknown.examples) == ("FLAG_OWN_CAR", 3, ("perhaps",))
    assert owns_car.null_count() == 3


def test_days_of_no_job_that_were_emptied_before_do_not_give_everyone_a_job(
    applications: pl.DataFrame, tmp_path: Path
) -> None:
    none = pl.col("DAYS_EMPLOYED") == 365_243
    emptied = applications.with_columns(DAYS_EMPLOYED=pl.when(~none).then("DAYS_EMPLOYED"))
    with written(emptied, tmp_path / "a", "parquet") as raw:
        found = build(clean(raw), [DICTIONARY["without_job"]]).collect("polars").to_native()
    expected = applications.sort("SK_ID_CURR").select(pl.when(~none).then(0.0).alias("without_job"))
    assert_frame_equal(found.sort("SK_ID_CURR").select("without_job"), expected)
    assert found["without_job"].null_count()


@pytest.mark.parametrize(
    ("column", "given", "read"),
    [
        ("FLAG_OWN_CAR", "true", "Y"),
        ("FLAG_OWN_CAR", False, "N"),
        ("FLAG_OWN_CAR", 1, "Y"),
        ("FLAG_OWN_CAR", 0.0, "N"),
        ("NAME_INCOME_TYPE", " working ", "Working"),
        ("OCCUPATION_TYPE", "NULL", None),
        ("OCCUPATION_TYPE", "Astronaut", "Astronaut"),
        ("EXT_SOURCE_1", "<NA>", None),
        ("FLAG_PHONE", "yes", 1),
        ("FLAG_PHONE", True, 1),
    ],
)
def test_single_rows_are_read_by_the_same_list(
    applications: pl.DataFrame, column: str, given: object, read: object
) -> None:
    raw = read_rows({"application": [{**applications.row(0, named=True), column: given}]})
    assert collected(raw)[column].to_list() == [read]


@pytest.mark.parametrize(("column", "given"), [("NAME_INCOME_TYPE", "null"), ("AMT_CREDIT", r"\N")])
def test_a_mark_where_a_row_must_hold_a_value(applications: pl.DataFrame, column: str, given: str) -> None:
    with pytest.raises(InputError, match=f"must hold every column that is never empty; got none for {column}"):
        read_rows({"application": [{**applications.row(0, named=True), column: given}]})


def test_numbers_are_no_codes_of_words(applications: pl.DataFrame) -> None:
    with pytest.raises(InputError, match=r"NAME_INCOME_TYPE must be text; got 3"):
        read_rows({"application": [{**applications.row(0, named=True), "NAME_INCOME_TYPE": 3}]})


def test_a_code_of_decimals_is_a_level() -> None:
    status: Column = TABLES["bureau_balance"].by_name["STATUS"]
    assert [read_code(text, status) for text in ("0.0", "5", "c", "X ")] == ["0", "5", "C", "X"]
