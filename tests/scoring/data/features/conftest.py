"""Invented tables in the real schema: random ones for properties, and one client written by hand."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.data.cleaning import CleanTables, clean
from scoring.data.tables import HISTORY, TABLES, Column, Kind, read_rows, read_tables

Row = dict[str, object]
Rows = dict[str, list[Row]]
_DTYPES = {"int": pl.Int64, "float": pl.Float64, "string": pl.String}


def _invent(column: Column, rng: np.random.Generator) -> object:
    """One value that the schema allows."""
    if column.nullable and rng.random() < 0.25:
        return None
    if column.specials and rng.random() < 0.25:
        return rng.choice(column.specials).item()
    if column.kind is Kind.CATEGORY:
        return str(rng.choice(column.codes))
    low = 0.0 if column.low is None else column.low
    high = (low + (200_000.0 if column.kind is Kind.AMOUNT else 40.0)) if column.high is None else column.high
    if column.kind is Kind.DAYS:
        low, high = max(low, -2_500.0), min(high, 1_500.0)
        low, high = (-25_000.0, -7_000.0) if column.name == "DAYS_BIRTH" else (low, high)
    if column.kind is Kind.SHARE:
        return float(rng.uniform(low, high))
    value = int(rng.integers(int(low), int(high) + 1))
    if column.kind is Kind.COUNT and rng.random() < 0.4:
        value = 0
    return value if column.dtype == "int" else float(value)


def _row(table: str, rng: np.random.Generator, **given: object) -> Row:
    return {c.name: given.get(c.name, None if c.name in given else _invent(c, rng)) for c in TABLES[table].columns}


def invent(clients: Sequence[int], seed: int = 0, *, most: int = 6) -> Rows:
    """Random tables: for each client, 0 to `most` rows in each history table."""
    rows: Rows = {"application": [], **{name: [] for name in HISTORY}}
    for client in clients:
        rng = np.random.default_rng([seed, client])
        rows["application"].append(_row("application_test", rng, SK_ID_CURR=client))
        for name in HISTORY:
            if name == "bureau_balance":
                continue
            for i in range(int(rng.integers(0, most + 1))):
                keys = {"SK_ID_CURR": client, "SK_ID_PREV": client * 100 + i // 2, "SK_ID_BUREAU": client * 100 + i}
                if name in ("POS_CASH_balance", "credit_card_balance"):
                    keys["MONTHS_BALANCE"] = -7 * i - 1
                if name == "previous_application":
                    keys["SK_ID_PREV"] = client * 100 + i
                given = {key: value for key, value in keys.items() if key in TABLES[name].by_name}
                rows[name].append(_row(name, rng, **given))
        for credit in [r["SK_ID_BUREAU"] for r in rows["bureau"] if r["SK_ID_CURR"] == client]:
            for month in range(int(rng.integers(0, 4))):
                rows["bureau_balance"].append(
                    _row("bureau_balance", rng, SK_ID_BUREAU=credit, MONTHS_BALANCE=-9 * month)
                )
    return rows


def in_memory(rows: Rows) -> CleanTables:
    """Clean tables on Polars."""
    return clean(read_rows(rows))


def write(rows: Rows, folder: Path, absent: Sequence[str] = ()) -> Path:
    """Write the rows as the Parquet tables of a folder."""
    for name, table_rows in rows.items():
        if name in absent:
            continue
        table = "application_test" if name == "application" else name
        schema = {column.name: _DTYPES[column.dtype] for column in TABLES[table].columns}
        pl.DataFrame(table_rows, schema=schema).write_parquet(folder / f"{table}.parquet")
    return folder


@pytest.fixture(scope="session")
def random_rows() -> Rows:
    """Random tables of thirty clients."""
    return invent(range(1001, 1031), seed=7)


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[..., CleanTables]:
    """Clean tables on DuckDB, from rows."""

    def make(rows: Rows, absent: Sequence[str] = ()) -> CleanTables:
        folder = tmp_path / f"tables{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        return clean(read_tables(write(rows, folder, absent)))

    return make


@pytest.fixture(scope="session")
def invented() -> Callable[..., Rows]:
    """The inventor itself."""
    return invent


@pytest.fixture(scope="session")
def memory() -> Callable[[Mapping], CleanTables]:
    """Clean tables on Polars, from rows."""
    return in_memory
