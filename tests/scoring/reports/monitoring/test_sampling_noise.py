"""What chance does: the index, its draws, and the correction for many looks."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.reports.monitoring.distribution_shift import (
    chance_of,
    corrected,
    drawn,
    feature_shifts,
    index_of,
    known_value_shifts,
)
from scoring.service import Service

COUNTS = np.array([5, 200, 900, 1500, 900, 400, 95])


@given(st.lists(st.integers(0, 500), min_size=2, max_size=8).filter(any))
def test_the_index_of_a_distribution_with_itself_is_nothing_and_else_positive(counts: list[int]) -> None:
    before = np.array(counts)
    assert index_of(before, before) == pytest.approx(0.0, abs=1e-12)
    assert index_of(before, before[::-1]) >= 0.0


def test_the_index_is_the_same_from_either_side() -> None:
    assert index_of(COUNTS, COUNTS[::-1]) == pytest.approx(index_of(COUNTS[::-1], COUNTS))


def test_chance_alone_is_called_as_rarely_as_it_says() -> None:
    generator = np.random.default_rng(3)
    draws = drawn(COUNTS, 400)
    later = generator.multinomial(400, COUNTS / COUNTS.sum(), size=2_000)
    chances = np.array([chance_of(index_of(COUNTS, one), draws) for one in later])
    # The counts of training themselves are one draw, so that a look at one training errs to the careful side.
    assert 0.0 < (chances <= 0.05).mean() < 0.07


def test_fewer_clients_give_more_by_chance() -> None:
    assert np.median(drawn(COUNTS, 200)) > np.median(drawn(COUNTS, 2_000))


@given(st.lists(st.floats(0.0001, 1.0), min_size=1, max_size=30))
def test_a_correction_keeps_the_order_and_never_flatters(chances: list[float]) -> None:
    found = corrected(chances)
    assert all(rate >= chance * (1.0 - 1e-12) for rate, chance in zip(found, chances, strict=True))
    assert max(found) <= 1.0
    by_chance = sorted(zip(chances, found, strict=True))
    assert all(first[1] <= second[1] for first, second in itertools.pairwise(by_chance))


def test_one_look_needs_no_correction() -> None:
    assert corrected([0.03]) == [0.03]


def test_what_moves_among_the_few_who_have_it_is_seen_among_them(demo: Service, clients: pl.DataFrame) -> None:
    some = clients.head(260)
    lacked = [name for name in demo.model.features if 50 <= some[name].drop_nulls().len() <= some.height // 2]
    assert not [one for one in known_value_shifts(demo.model, some) if one.shift.level == "red"]
    seen = 0
    for name in lacked:
        top = some[name].max()
        moved = some.with_columns(pl.when(pl.col(name).is_not_null()).then(pl.lit(top)).alias(name))
        known = {one.feature: one for one in known_value_shifts(demo.model, moved)}[name]
        every = {one.feature: one for one in feature_shifts(demo.model, moved)}[name]
        assert known.shift.level == "red", name
        seen += known.shift.index > every.shift.index
    assert seen == len(lacked) > 0
