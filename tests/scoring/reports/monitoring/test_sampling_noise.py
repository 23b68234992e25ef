"""What chance does: the index, its draws, and the correction for many looks."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.reports.monitoring.distribution_shift import chance_of, corrected, drawn, index_of

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
