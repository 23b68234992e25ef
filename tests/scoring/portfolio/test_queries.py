"""Questions to the portfolio against the same asked by hand: tops, planes, kinds, squares."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from scoring.data.tables.column_types import ID_COLUMN
from scoring.portfolio.columns import Columns
from scoring.portfolio.peers import FEWEST, Paid
from scoring.portfolio.queries import CELL, MOST_POINTS, Density, Points, kinds, plane, squares, top
from scoring.portfolio.queries import _ranks as ranks
from scoring.service import Service


@pytest.fixture(scope="module")
def columns(demo: Service) -> Columns:
    return demo.peers.columns


@pytest.fixture(scope="module")
def clients(demo: Service) -> pl.DataFrame:
    return pl.read_parquet(demo.artefacts.portfolio).sort(ID_COLUMN)


@pytest.fixture(scope="module")
def few(columns: Columns) -> NDArray[np.bool_]:
    return np.arange(len(columns)) % 5 == 0


@pytest.fixture(scope="module")
def everyone(columns: Columns) -> NDArray[np.bool_]:
    return np.ones(len(columns), dtype=bool)


@pytest.mark.parametrize("feature", ["card_drawings_sum", "income_total", "previous_refused_count"])
def test_the_top_is_the_sorted_list(
    columns: Columns, clients: pl.DataFrame, few: NDArray[np.bool_], feature: str
) -> None:
    kept = clients.filter(pl.Series(few)).drop_nulls(feature).sort([feature, ID_COLUMN], descending=[True, False])
    found = top(columns, few, feature, 10)
    assert found.ids == tuple(kept[ID_COLUMN].head(10))
    assert found.values == tuple(kept[feature].head(10))
    assert found.known == len(kept)
    assert found.tied == kept.filter(pl.col(feature) == kept[feature][9]).height


def test_nobody_has_no_top(columns: Columns) -> None:
    assert top(columns, np.zeros(len(columns), dtype=bool), "income_total").ids == ()


def test_a_few_clients_are_points(columns: Columns, clients: pl.DataFrame, few: NDArray[np.bool_]) -> None:
    found = plane(columns, few, "income_total", "car_age")
    kept = clients.filter(pl.Series(few)).drop_nulls(["income_total", "car_age"])
    assert isinstance(found.drawn, Points)
    assert found.drawn.ids == tuple(kept[ID_COLUMN])
    assert found.drawn.x == tuple(kept["income_total"])
    assert found.drawn.y == tuple(kept["car_age"])


def test_many_clients_are_counted_in_rectangles(
    columns: Columns, clients: pl.DataFrame, everyone: NDArray[np.bool_]
) -> None:
    found = plane(columns, everyone, "income_total", "previous_count")
    assert found.known == len(clients) > MOST_POINTS
    assert isinstance(found.drawn, Density)
    by_hand = np.histogram2d(
        clients["previous_count"], clients["income_total"], bins=(found.drawn.y_edges, found.drawn.x_edges)
    )[0]
    # histogram2d counts its last edge in; a value that lies just there is another matter.
    assert np.abs(np.array(found.drawn.counts) - by_hand).sum() <= 2
    assert sum(map(sum, found.drawn.counts)) + found.drawn.outside == found.known
    assert found.drawn.outside < 0.02 * found.known


@given(st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=40))
def test_ranks_share_the_mean_of_equals(values: list[float]) -> None:
    found = ranks(np.array(values))
    for value, rank in zip(values, found, strict=True):
        below, alike = sum(one < value for one in values), sum(one == value for one in values)
        assert rank == below + (alike + 1) / 2


def test_what_rises_together_is_seen(columns: Columns, everyone: NDArray[np.bool_]) -> None:
    assert plane(columns, everyone, "income_total", "income_total").together == pytest.approx(1.0)
    together = plane(columns, everyone, "credit_amount", "annuity").together
    assert together is not None
    assert together > 0.5
    assert plane(columns, np.arange(len(columns)) < 10, "credit_amount", "annuity").together is None


@pytest.mark.parametrize("feature", ["occupation", "income_total", "owns_car", "previous_refused_count", "gender"])
def test_kinds_hold_each_client_once(
    demo: Service, columns: Columns, everyone: NDArray[np.bool_], feature: str
) -> None:
    found = kinds(columns, everyone, feature)
    assert sum(one.size for one in found.published) + found.others + found.unknown == len(columns)
    assert all(sum(one.decisions) == one.size for one in found.published)
    if feature == "owns_car":
        assert [one.band.words("en") for one in found.published] == ["no", "yes"]
    counts = demo.portfolio.listing(limit=0).counts
    if not found.others and not found.unknown:
        assert tuple(map(sum, zip(*(one.decisions for one in found.published), strict=True))) == tuple(counts.values())


@pytest.mark.parametrize("measure", ["accepted", "difficulties"])
def test_squares_are_their_clients(columns: Columns, everyone: NDArray[np.bool_], measure: str) -> None:
    found = squares(columns, everyone, ("income_total", "occupation"), measure)  # type: ignore[arg-type]
    accept = columns.codes("decision").levels.index("accept")
    for band, row in zip(found.up, found.rows, strict=True):
        for over, square in zip(found.across, row, strict=True):
            mask = band.mask(columns) & over.mask(columns)
            assert square.size == mask.sum()
            if square.size:
                assert square.accepted == (columns.codes("decision").places[mask] == accept).mean()
            known = columns.difficulties[mask]
            known = known[~np.isnan(known)]
            if known.size >= FEWEST:
                assert isinstance(square.paid, Paid)
                assert square.paid.known == known.size
            else:
                assert square.paid == "few"
    assert max(one.size for row in found.rows for one in row) > CELL


def test_no_outcome_over_what_is_sensitive(columns: Columns, everyone: NDArray[np.bool_]) -> None:
    for feature in (name for name in columns.features if DICTIONARY[name].sensitive):
        found = squares(columns, everyone, ("income_total", feature), "difficulties")
        assert {one.paid for row in found.rows for one in row} == {"sensitive"}
    found = squares(columns, everyone, ("income_total", "occupation"), "difficulties", sensitive=True)
    assert {one.paid for row in found.rows for one in row} == {"sensitive"}
