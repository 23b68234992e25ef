"""Costs priced again from stored sweeps: the same as counting clients one by one, at the points that are stored."""

import numpy as np
import pytest

from scoring.model.costs import CostMatrix, MoneyAssumptions, Sweep, chosen_by, sweep
from scoring.reports.folder import Reports
from scoring.reports.pricing import assumed_money, in_money, outcome_at, rates
from scoring.service import Service

RNG = np.random.default_rng(7)
PD = np.round(RNG.beta(1.0, 11.0, 400), 3)
TARGET = (RNG.random(400) < PD).astype(int)


@pytest.mark.parametrize("threshold", [0.0, 0.04, 1 / 11, 0.5, 1.0])
@pytest.mark.parametrize("costs", [CostMatrix(), CostMatrix(3.0, 2.0)])
def test_an_outcome_counts_what_clients_cost(threshold: float, costs: CostMatrix) -> None:
    found = outcome_at(sweep(TARGET, PD), threshold, costs)
    declined = threshold < PD
    assert found.cost == pytest.approx(costs.per_client(TARGET, declined))
    assert found.accepted_share == pytest.approx((~declined).mean())
    assert found.declined_bad == (declined & (TARGET == 1)).sum()
    assert found.accepted_bad + found.accepted_good + found.declined_bad + found.declined_good == len(TARGET)
    if (~declined).any():
        assert found.default_rate == pytest.approx(TARGET[~declined].mean())


def test_rates_go_from_declining_all_to_accepting_all() -> None:
    found = rates(sweep(TARGET, PD))
    assert (found.found[0], found.refused[0]) == (1.0, 1.0)
    assert (found.found[-1], found.refused[-1]) == (0.0, 0.0)
    assert (np.diff(found.found) <= 0).all()
    assert found.precision[0] == pytest.approx(TARGET.mean())
    area = -np.trapezoid(found.found, found.refused)
    pairs = (PD[TARGET == 1][:, None] > PD[TARGET == 0]) + 0.5 * (PD[TARGET == 1][:, None] == PD[TARGET == 0])
    assert area == pytest.approx(pairs.mean())


def test_money_under_other_assumptions_is_what_the_tables_would_give(demo: Service) -> None:
    """Stored under some assumptions and priced under others: as if it had been stored under the others."""
    credit = RNG.uniform(50_000, 1_000_000, len(TARGET))
    assumed = MoneyAssumptions(0.6, 0.06, 300.0, 120.0)
    wanted = MoneyAssumptions(0.4, 0.1, 300.0, 120.0)
    evaluation = Reports(demo.artefacts).evaluation
    told = evaluation.assessment.models["ebm"].model_copy(
        update={
            "sweep": sweep(TARGET, PD).as_dict(),
            "optima": {},
            "optima_applied": {},
            "money": {"money_sweep": assumed.sweep(TARGET, PD, credit).as_dict()},
        }
    )
    found, expected = in_money(told, assumed, wanted), wanted.sweep(TARGET, PD, credit)
    assert isinstance(found, Sweep)
    assert found.accepted_bad == pytest.approx(expected.accepted_bad)
    assert found.accepted_good == pytest.approx(expected.accepted_good)
    assert (found.bad, found.good) == pytest.approx((expected.bad, expected.good))


def test_the_assumptions_of_the_report_are_read(demo: Service) -> None:
    assumptions = dict(Reports(demo.artefacts).evaluation.assessment.assumptions)
    assert assumed_money(assumptions) == MoneyAssumptions()
    assert assumed_money({}) is None


def test_at_its_own_costs_the_page_says_what_the_report_says(demo: Service) -> None:
    """To the client, for every model and every criterion, though the stored sweep is thinned."""
    assessment = Reports(demo.artefacts).evaluation.assessment
    costs = CostMatrix(assessment.assumptions["cost_fn"], assessment.assumptions["cost_fp"])
    for assessed in assessment.models.values():
        points = assessed.every_threshold
        assert len(points.thresholds) > len(assessed.stored_thresholds.thresholds)
        assert outcome_at(points, costs.threshold, costs).cost == pytest.approx(assessed.figures["cost"].value)
        for name, told in assessed.optima.items():
            found = chosen_by(points, name, costs)
            assert outcome_at(points, found, costs).cost == pytest.approx(told.cost), name
            assert found == pytest.approx(told.threshold), name
