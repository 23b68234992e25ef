"""The lender's grid: whole steps and whole months, within what clients asked for."""

import pytest

from scoring.explain.counterfactuals import LenderGrid, Span
from scoring.explain.counterfactuals.grid import grid_of
from scoring.service import Service


def test_steps_and_months_are_whole_and_within_the_span() -> None:
    grid = grid_of({"Cash loans": {"credit_amount": (12_500.0, 31_000.0), "credit_per_annuity": (5.2, 8.0)}}, 5_000)
    assert grid.amounts_of("Cash loans").tolist() == [15_000, 20_000, 25_000, 30_000]
    assert grid.payments_of("Cash loans").tolist() == [6, 7, 8]
    assert grid.amounts_of("None such").size == 0
    assert grid.holds("Cash loans", 12_500.0, 8.0)
    assert not grid.holds("Cash loans", 12_499.0, 8.0)
    assert not grid.holds("Cash loans", 12_500.0, 9.0)
    assert grid.holds("Cash loans", 12_500.0, None)
    assert not grid.holds("None such", 12_500.0, 8.0)


def test_a_span_that_is_turned_round_is_refused() -> None:
    with pytest.raises(ValueError, match="from a finite low to a high not below it"):
        Span(2.0, 1.0)
    with pytest.raises(ValueError, match="step of amounts must be at least 1; got step=0"):
        LenderGrid(amounts={}, payments={}, step=0)


def test_the_grid_of_the_demo_is_what_its_clients_asked_for(demo: Service) -> None:
    for contract in demo.grid.amounts:
        amounts, payments = demo.grid.amounts_of(contract), demo.grid.payments_of(contract)
        assert len(amounts) > 50
        assert len(payments) >= 1
