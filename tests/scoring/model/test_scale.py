"""The meaning of the scale: inverses, and odds twice as good are worth exactly pdo points more."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.model.scale import PointsScale, log_odds_of, pd_of, pd_of_many

log_odds = st.floats(-30, 30)


@given(st.floats(-30, 15))  # above, 1 − pd keeps too few digits
def test_probability_and_log_odds_undo_each_other(value: float) -> None:
    assert log_odds_of(pd_of(value)) == pytest.approx(value, abs=1e-8)


@given(log_odds, st.floats(1, 100), st.floats(1, 100), st.floats(-1000, 1000))
def test_points_undo_and_twice_the_odds_are_worth_pdo(value: float, pdo: float, odds: float, base: float) -> None:
    scale = PointsScale(base_points=base, base_odds=odds, pdo=pdo)
    assert scale.log_odds(scale.points(value)) == pytest.approx(value, abs=1e-8)
    assert scale.points(value - math.log(2)) - scale.points(value) == pytest.approx(pdo, abs=1e-8)
    assert scale.points(-math.log(odds)) == pytest.approx(base, abs=1e-8)


@given(log_odds, log_odds)
def test_more_risk_is_never_more_points(first: float, second: float) -> None:
    low, high = sorted((first, second))
    scale = PointsScale()
    assert scale.points(low) >= scale.points(high)
    assert pd_of(low) <= pd_of(high)


def test_many_are_each() -> None:
    values = np.array([-1000.0, -30.0, -2.3, -1e-9, 0.0, 1e-9, 2.3, 30.0, 1000.0])
    assert pd_of_many(values) == pytest.approx([pd_of(value) for value in values], rel=1e-15)
    scale = PointsScale()
    assert scale.points_of_many(values).tolist() == [scale.points(value) for value in values]


@pytest.mark.parametrize("pd", [0.0, 1.0, -0.1, 1.1, math.nan])
def test_log_odds_of_no_probability_are_refused(pd: float) -> None:
    with pytest.raises(ValueError, match="strictly between 0 and 1; got pd="):
        log_odds_of(pd)


@pytest.mark.parametrize("field", ["base_odds", "pdo"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_a_scale_without_sense_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} of a points scale must be finite and above 0; got {field}="):
        PointsScale(**{field: value})
