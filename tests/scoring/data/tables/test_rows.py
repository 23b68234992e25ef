"""Rows in memory: the same frames as from disk, and each mistake named by table, row and column."""

import math
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scoring.data.tables import HISTORY, TABLES, read_rows, read_tables
from scoring.errors import InputError

Rows = dict[str, list[dict[str, object]]]


@pytest.fixture(scope="session")
def client(portfolio: Path) -> Rows:
    """One client of the portfolio with a credit elsewhere, as rows."""
    owner = pl.read_parquet(portfolio / "application_test.parquet").head(1)["SK_ID_CURR"].item()
    rows: Rows = {}
    for name in ("application_test", *HISTORY):
        frame = pl.read_parquet(portfolio / f"{name}.parquet")
        if name == "bureau_balance":
            credits_ = [row["SK_ID_BUREAU"] for row in rows["bureau"]]
            chosen = frame.filter(pl.col("SK_ID_BUREAU").is_in(credits_))
        else:
            chosen = frame.filter(pl.col("SK_ID_CURR") == owner)
        rows["application" if name == "application_test" else name] = chosen.to_dicts()
    return rows


def test_the_same_as_from_disk(portfolio: Path, client: Rows) -> None:
    from_rows, from_disk = read_rows(client), read_tables(portfolio)
    owner = client["application"][0]["SK_ID_CURR"]
    for name in ("application", "bureau", "previous_application", "installments_payments"):
        stored = from_disk.frames[name].collect("polars").to_native().filter(pl.col("SK_ID_CURR") == owner)
        assert_frame_equal(from_rows.frames[name].collect("polars").to_native(), stored)
    assert from_rows.absent == ()
    assert from_rows.labels is None


def test_no_history_gives_empty_frames(client: Rows) -> None:
    tables = read_rows({"application": client["application"]})
    for name in HISTORY:
        frame = tables.frames[name].collect("polars").to_native()
        assert frame.shape == (0, len(TABLES[name].columns))
        assert frame.schema["SK_ID_BUREAU" if "bureau" in name else "SK_ID_CURR"] == pl.Int64


def test_nullable_columns_may_be_left_out(client: Rows) -> None:
    row = {name: value for name, value in client["application"][0].items() if name != "EXT_SOURCE_1"}
    frame = read_rows({"application": [row]}).frames["application"].collect("polars").to_native()
    assert frame["EXT_SOURCE_1"].to_list() == [None]


def test_whole_numbers_may_be_written_as_decimals(client: Rows) -> None:
    row = client["application"][0] | {"CNT_CHILDREN": 2.0, "AMT_CREDIT": 300_000}
    frame = read_rows({"application": [row]}).frames["application"].collect("polars").to_native()
    assert frame["CNT_CHILDREN"].to_list() == [2]
    assert frame["AMT_CREDIT"].to_list() == [300_000.0]


def test_published_specials_are_accepted(client: Rows) -> None:
    row = client["application"][0] | {"DAYS_EMPLOYED": 365_243, "REGION_RATING_CLIENT_W_CITY": -1}
    frame = read_rows({"application": [row]}).frames["application"].collect("polars").to_native()
    assert frame["DAYS_EMPLOYED"].to_list() == [365_243]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"AMT_CREDIT": "much"}, r"application\[0\]\.AMT_CREDIT must be a number; got 'much'"),
        ({"AMT_CREDIT": True}, r"application\[0\]\.AMT_CREDIT must be a number; got True"),
        ({"AMT_CREDIT": [1]}, r"application\[0\]\.AMT_CREDIT must be a number; got \[1\]"),
        ({"AMT_CREDIT": math.inf}, r"application\[0\]\.AMT_CREDIT must be finite; got inf"),
        ({"AMT_CREDIT": math.nan}, r"application\[0\]\.AMT_CREDIT must be finite; got nan"),
        ({"AMT_CREDIT": -1}, r"application\[0\]\.AMT_CREDIT must be from 0 to ∞; got -1"),
        ({"DAYS_BIRTH": 9000}, r"application\[0\]\.DAYS_BIRTH must be from -50000 to -6570; got 9000"),
        ({"CNT_CHILDREN": 1.5}, r"application\[0\]\.CNT_CHILDREN must be a whole number; got 1\.5"),
        ({"CODE_GENDER": 3}, r"application\[0\]\.CODE_GENDER must be text; got 3"),
        ({"TARGET": 1}, r"must hold published columns only; got 'TARGET'"),
        ({"AMT_CREDITS": 1}, r"got 'AMT_CREDITS'\. Is it AMT_CREDIT\?"),
        ({"AMT_CREDIT": None}, r"application\[0\] must hold every column that is never empty; got none for AMT_CREDIT"),
    ],
)
def test_a_wrong_application(client: Rows, change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_rows({"application": [client["application"][0] | change]})


def test_wrong_tables(client: Rows) -> None:
    application = client["application"]
    with pytest.raises(InputError, match=r"a table must be one of .*; got 'bureaus'\. Is it bureau\?"):
        read_rows({"application": application, "bureaus": []})
    with pytest.raises(InputError, match=r"application must hold at least one row"):
        read_rows({"bureau": client["bureau"]})
    with pytest.raises(InputError, match=r"application\.SK_ID_CURR must be unique"):
        read_rows({"application": application * 2})
    with pytest.raises(InputError, match=r"application\[0\] must be an object of columns; got str"):
        read_rows({"application": ["row"]})  # type: ignore[list-item]
    stranger = {"SK_ID_BUREAU": 1, "MONTHS_BALANCE": -1, "STATUS": "0"}
    with pytest.raises(InputError, match=r"bureau_balance\[0\]\.SK_ID_BUREAU must be in bureau; got 1"):
        read_rows({"application": application, "bureau_balance": [stranger]})
