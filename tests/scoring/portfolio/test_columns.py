"""Whole columns: one entry a client in the order of the numbers, and the model's own contributions."""

import numpy as np
import polars as pl
import pytest

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model.lookup import is_missing
from scoring.portfolio.columns import Columns
from scoring.service import Service


@pytest.fixture(scope="module")
def columns(demo: Service) -> Columns:
    return Columns(demo.portfolio, demo.lookup)


def test_a_column_is_the_files_in_the_order_of_the_numbers(demo: Service, columns: Columns) -> None:
    clients = pl.read_parquet(demo.artefacts.portfolio).sort(ID_COLUMN)
    assert columns.ids.tolist() == clients[ID_COLUMN].to_list()
    assert np.array_equal(
        columns.numbers("income_total"),
        clients["income_total"].cast(float).fill_null(np.nan).to_numpy(),
        equal_nan=True,
    )
    codes = columns.codes("occupation")
    read = [codes.levels[at] if at >= 0 else None for at in codes.places]
    assert read == clients["occupation"].to_list()


def test_the_value_of_one_client_is_that_of_the_portfolio(demo: Service, columns: Columns) -> None:
    for client in columns.ids[:: len(columns) // 40]:
        place, facts = columns.place_of(int(client)), demo.portfolio.features_of(int(client))
        for feature, value in facts.items():
            found = columns.value(place, feature)
            assert found == value or (found is None and is_missing(value))


def test_contributions_are_those_of_the_score(demo: Service, columns: Columns) -> None:
    for client in columns.ids[:5]:
        scored = demo.assess(int(client)).scored
        assert np.allclose(columns.contributions[columns.place_of(int(client))], scored.contributions, atol=1e-6)


def test_what_is_shared_cannot_be_written_to(columns: Columns) -> None:
    with pytest.raises(ValueError, match="read-only"):
        columns.numbers("income_total")[0] = 0.0


def test_outcomes_are_no_column(columns: Columns) -> None:
    assert "OUTCOME" not in columns.features
    with pytest.raises(ValueError, match="must be a feature of the portfolio; got 'OUTCOME'"):
        columns.numbers("OUTCOME")
