"""Past selection: what the granted alone teach, against what all would have."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from scoring.model.costs import CostMatrix
from training.data.matrix import Matrix
from training.validation.selection import WAYS, Applicants, Way, applicants_of, study

SUBJECT = SimpleNamespace(seed=1, costs=CostMatrix(fn=3.0, fp=1.0))


def _applicants(made: Callable[[int, int], Matrix], *, hidden: float) -> Applicants:
    """Applicants refused for what the tables hold, and for a judgement that they do not."""
    matrix = made(6000, 8)
    score = matrix.frame["score"].fill_null(0.5).fill_nan(0.5).to_numpy()
    generator = np.random.default_rng(2)
    log_odds = -1.4 - 7.0 * (score - 0.55)
    pd = 1.0 / (1.0 + np.exp(-log_odds))
    judgement = hidden * (matrix.target - pd) * 3.0
    refused = -6.0 * (score - 0.35) + judgement + 0.3 * generator.normal(size=len(matrix)) > 0.0
    return applicants_of(matrix, refused, pd)


@pytest.fixture(scope="module")
def ways(made: Callable[[int, int], Matrix]) -> dict[str, Way]:
    return study(_applicants(made, hidden=1.0), SUBJECT)  # type: ignore[arg-type]


def test_every_way_is_judged(ways: dict[str, Way]) -> None:
    assert set(ways) == set(WAYS)


def test_who_learns_on_the_granted_alone_thinks_too_well_of_the_refused(ways: dict[str, Way]) -> None:
    assert ways["granted"].gap_refused < ways["all"].gap_refused - 3 * ways["granted"].error_refused


def test_more_prudence_states_more_risk(ways: dict[str, Way]) -> None:
    assert ways["granted"].gap_refused <= ways["parcelled"].gap_refused + 0.02
    assert ways["prudent"].gap_refused > ways["parcelled"].gap_refused


def test_refusals_for_what_the_tables_hold_alone_leave_little_bias(
    made: Callable[[int, int], Matrix], ways: dict[str, Way]
) -> None:
    open_policy = study(_applicants(made, hidden=0.0), SUBJECT)  # type: ignore[arg-type]
    assert abs(open_policy["granted"].gap_refused) < abs(ways["granted"].gap_refused)
