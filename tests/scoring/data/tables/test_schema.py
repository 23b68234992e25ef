"""The declarations are those of the published tables."""

from pathlib import Path

import polars as pl
import pytest

from scoring.data.tables import APPLICATIONS, HISTORY, TABLES
from scoring.data.tables.column_types import Kind
from tests import SAMPLE

DTYPES = {"int": pl.Int64, "float": pl.Float64, "string": pl.String}


def test_widths_are_the_published_ones() -> None:
    assert {name: len(table.columns) for name, table in TABLES.items()} == {
        "application_train": 122,
        "application_test": 121,
        "bureau": 17,
        "bureau_balance": 3,
        "previous_application": 37,
        "POS_CASH_balance": 8,
        "installments_payments": 8,
        "credit_card_balance": 23,
    }
    assert set(APPLICATIONS) | set(HISTORY) == set(TABLES)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_declaration_holds_together(table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    assert table.parent is None or table.parent[1] in table.by_name
    for column in table.columns:
        assert (column.dtype == "string") == (column.kind is Kind.CATEGORY) == bool(column.codes)
        assert column.low is None or column.high is None or column.low <= column.high
        for special in column.specials:
            assert not (column.low <= special <= column.high if column.high is not None else special >= column.low)


def real_files() -> list[Path]:
    return sorted(path for path in SAMPLE.rglob("*.parquet") if path.stem in TABLES) if SAMPLE.is_dir() else []


@pytest.mark.skipif(not real_files(), reason="the real sample is not here (CLAIRSCORE_SAMPLE)")
def test_real_tables_are_as_declared() -> None:
    for path in real_files():
        frame = pl.read_parquet(path)
        table = TABLES[path.stem]
        assert frame.columns == list(table.names), path.name
        for column in table.columns:
            values = frame.get_column(column.name)
            assert values.dtype == DTYPES[column.dtype], (path.name, column.name)
            assert column.nullable or not values.null_count(), (path.name, column.name)
            if column.codes:
                assert set(values.drop_nulls()) <= set(column.codes), (path.name, column.name)
