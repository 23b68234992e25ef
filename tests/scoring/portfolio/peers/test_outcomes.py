"""How many paid: known outcomes alone, ten at least, never along age or family, never a bare 0 or 100."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.portfolio.peers import FEWEST, Paid, paid, wilson

OUTCOMES = st.lists(st.sampled_from([0.0, 1.0, float("nan")]), max_size=300)


@given(OUTCOMES)
def test_the_share_lies_in_its_interval_and_is_never_all_or_none(outcomes: list[float]) -> None:
    told = paid(np.array(outcomes))
    known = int((~np.isnan(outcomes)).sum())
    if known < FEWEST:
        assert told == "few"
        return
    assert isinstance(told, Paid)
    assert told.known == known
    assert 0.0 < told.share < 1.0
    assert 0.0 <= told.low < told.share < told.high <= 1.0


@given(OUTCOMES)
def test_no_group_that_is_chosen_by_what_is_sensitive(outcomes: list[float]) -> None:
    assert paid(np.array(outcomes), sensitive=True) == "sensitive"


@given(st.integers(1, 5000), st.data())
def test_the_interval_is_wilsons(known: int, data: st.DataObject) -> None:
    good = data.draw(st.integers(0, known))
    # Both ends solve |share − p| = z √(p (1 − p) / n).
    for end in wilson(known, good):
        if 0.0 < end < 1.0:
            assert abs(good / known - end) == pytest.approx(1.959964 * (end * (1 - end) / known) ** 0.5, abs=1e-9)


def test_more_outcomes_make_the_interval_narrower() -> None:
    widths = [high - low for low, high in (wilson(10 * size, 9 * size) for size in (1, 4, 16, 64))]
    assert widths == sorted(widths, reverse=True)
