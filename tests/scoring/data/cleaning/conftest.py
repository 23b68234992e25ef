"""Raw tables of a small synthetic portfolio, on both engines, with every accident put in."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import narwhals as nw
import polars as pl
import pytest

from scoring.data.tables import RawTables, read_tables
from training.data.synthetic import write_portfolio

ACCIDENTS: Mapping[str, Mapping[str, object]] = {
    "application_train": {
        "CODE_GENDER": "XNA",
        "NAME_FAMILY_STATUS": "Unknown",
        "OWN_CAR_AGE": 64.0,
        "AMT_INCOME_TOTAL": 117_000_000.0,
        "REGION_RATING_CLIENT_W_CITY": -1,
        "OBS_30_CNT_SOCIAL_CIRCLE": 348.0,
        "DAYS_LAST_PHONE_CHANGE": 0.0,
        "DAYS_REGISTRATION": 12.0,
        "AMT_ANNUITY": None,
    },
    "bureau": {
        "DAYS_CREDIT_ENDDATE": -41_875.0,
        "DAYS_ENDDATE_FACT": 30.0,
        "DAYS_CREDIT_UPDATE": 7,
        "AMT_CREDIT_SUM_DEBT": -225.0,
        "CREDIT_TYPE": "Unknown type of loan",
        "CREDIT_CURRENCY": "currency 3",
        "AMT_CREDIT_SUM": 0.0,
    },
    "previous_application": {"AMT_DOWN_PAYMENT": -0.9, "SELLERPLACE_AREA": 4_000_000},
    "POS_CASH_balance": {"NAME_CONTRACT_STATUS": "XNA", "SK_DPD": 9, "SK_DPD_DEF": 0},
    "installments_payments": {"DAYS_ENTRY_PAYMENT": 5.0, "AMT_PAYMENT": 4_500.0},
    "credit_card_balance": {
        "AMT_DRAWINGS_ATM_CURRENT": -6_827.31,
        "AMT_PAYMENT_CURRENT": 4_289_207.445,
        "AMT_BALANCE": 900_000.0,
        "SK_DPD": 9,
        "SK_DPD_DEF": 0,
    },
}
"""Put into the first row of each table."""


@pytest.fixture(scope="session")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a portfolio of 200 clients whose first rows hold every accident."""
    folder = tmp_path_factory.mktemp("damaged") / "tables"
    write_portfolio(200, 12, folder)
    for name, values in ACCIDENTS.items():
        frame = pl.read_parquet(folder / f"{name}.parquet")
        first = pl.int_range(pl.len()) == 0
        frame.with_columns(
            pl.when(first).then(pl.lit(value, dtype=frame.schema[column])).otherwise(pl.col(column)).alias(column)
            for column, value in values.items()
        ).write_parquet(folder / f"{name}.parquet")
    return folder


def on_polars(tables: RawTables) -> RawTables:
    """The same tables, in memory on Polars."""
    frames = {name: nw.from_native(f.collect("polars").to_native().lazy()) for name, f in tables.frames.items()}
    return RawTables(MappingProxyType(frames), tables.absent, None, tables.sources)


@pytest.fixture(scope="session")
def raw(damaged: Path) -> RawTables:
    """The tables on DuckDB."""
    return read_tables(damaged)


@pytest.fixture(scope="session")
def raw_on_polars(raw: RawTables) -> RawTables:
    """The tables on Polars."""
    return on_polars(raw)
