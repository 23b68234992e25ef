"""How many paid: known outcomes alone, ten at least, never along age or family, never a bare 0 or 100."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.portfolio.peers import FEWEST, Paid, paid

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
