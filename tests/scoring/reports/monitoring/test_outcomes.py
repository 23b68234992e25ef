"""Outcomes and cost: what is expected before, what is realised after, and the line that would set them right."""

import numpy as np
import pytest

from scoring.model.costs import CostMatrix
from scoring.model.scale import pd_of_many
from scoring.reports.monitoring.outcomes import Known, auc_of, calibration_of, cost_of, line_of

COSTS = CostMatrix(fn=10.0, fp=1.0)


@pytest.fixture(scope="module")
def known() -> Known:
    generator = np.random.default_rng(1)
    log_odds = generator.normal(-2.6, 1.0, 4_000)
    return Known(log_odds, generator.random(4_000) < pd_of_many(log_odds))


def test_the_auc_is_the_share_of_pairs_in_order(known: Known) -> None:
    some = Known(np.round(known.log_odds[:300], 1), known.bad[:300])
    bad, good = some.log_odds[some.bad], some.log_odds[~some.bad]
    pairs = (bad[:, None] > good).mean() + (bad[:, None] == good).mean() / 2.0
    found = auc_of(some)
    assert found.value == pytest.approx(pairs)
    assert found.low < found.value < found.high


def test_right_probabilities_come_true(known: Known) -> None:
    found = calibration_of(known)
    assert found.level == "green"
    assert found.observed.low < found.expected < found.observed.high
    line = line_of(known)
    assert line.slope.low < 1.0 < line.slope.high
    assert line.intercept.low < 0.0 < line.intercept.high


def test_probabilities_of_half_the_odds_are_told_by_the_line(known: Known) -> None:
    found = line_of(Known(known.log_odds - np.log(2.0), known.bad))
    assert found.intercept.low < np.log(2.0) < found.intercept.high
    assert calibration_of(Known(known.log_odds - np.log(2.0), known.bad)).level == "red"


def test_what_is_expected_is_what_happens_on_average(known: Known) -> None:
    pd = known.pd
    generator = np.random.default_rng(2)
    realised = [
        COSTS.per_client((generator.random(len(pd)) < pd).astype(np.int8), pd > COSTS.threshold) for _ in range(300)
    ]
    found = cost_of(known.log_odds, known, COSTS, None)
    assert found.expected.value == pytest.approx(np.mean(realised), rel=0.01)
    within = np.mean([found.expected.low <= one <= found.expected.high for one in realised])
    assert 0.9 < within < 0.99
    assert found.realised is not None
    assert found.realised.value == pytest.approx(COSTS.per_client(known.target, pd > COSTS.threshold))
    assert found.level == "green"


def test_without_outcomes_there_is_only_what_is_expected(known: Known) -> None:
    found = cost_of(known.log_odds, None, COSTS, 0.5)
    assert found.realised is None
    assert found.p is None
    assert found.trained == 0.5
