"""Costs: the formula by hand, and the threshold that a calibrated probability makes right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.model.costs import CostMatrix, cost_curve

positive = st.floats(0.1, 100)


def test_by_hand() -> None:
    target = np.array([1, 1, 0, 0, 0])
    declined = np.array([True, False, True, False, False])
    assert CostMatrix(fn=10, fp=1).of_each(target, declined).tolist() == [0, 10, 1, 0, 0]
    assert CostMatrix(fn=10, fp=1).per_client(target, declined) == 11 / 5


@given(positive, positive, st.floats(0.001, 0.999))
def test_declining_is_cheaper_exactly_above_the_threshold(fn: float, fp: float, pd: float) -> None:
    costs = CostMatrix(fn=fn, fp=fp)
    gain = fn * pd - fp * (1 - pd)  # expected cost of accepting less that of declining
    if abs(gain) > 1e-9:
        assert (gain > 0) == (pd > costs.threshold)


@given(
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.05, 0.1, 0.2, 0.5, 0.9])), min_size=1, max_size=40),
    positive,
)
def test_the_curve_is_the_cost_at_each_threshold(clients: list[tuple[int, float]], fn: float) -> None:
    target = np.array([bad for bad, _ in clients])
    pd = np.array([value for _, value in clients])
    costs = CostMatrix(fn=fn)
    curve = cost_curve(target, pd, costs)
    for threshold, cost in zip(curve.thresholds, curve.costs, strict=True):
        assert cost == pytest.approx(costs.per_client(target, pd > threshold))
    assert curve.optimum[1] == curve.costs.min()


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_cost_without_sense_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="the cost fn must be finite and above 0; got fn="):
        CostMatrix(fn=value)
