"""The map: values of the grid, around the request, never more than sixty each way."""

from collections.abc import Callable

import numpy as np
import pytest

from scoring.offers import Changes, LenderGrid, Span, map_of
from scoring.offers.map import CELLS
from scoring.service import Service
from tests.scoring.features.conftest import Rows
from tests.scoring.offers.models import CASH, GRID, client_of, described, random_model


@pytest.mark.parametrize("step", [500, 5_000, 20_000])
def test_axes_are_values_of_the_grid_around_the_request(
    raw_clients: list[Rows], make_facts: Callable, step: int
) -> None:
    model = random_model(1)
    grid = LenderGrid(amounts=GRID.amounts, payments={CASH: Span(1, 120)}, step=step)
    for rows in raw_clients:
        client = client_of(model, make_facts(rows, described(model)))
        offered = map_of(client, client.now, grid)
        assert 1 <= len(offered.amounts) <= CELLS
        assert 1 <= len(offered.payments) <= CELLS
        assert np.all(np.isin(offered.amounts, grid.amounts_of(CASH)))
        assert np.all(np.diff(offered.amounts) > 0)
        assert np.abs(offered.amounts - client.now.amount).min() <= step


def test_a_down_payment_leaves_a_credit_everywhere(demo: Service) -> None:
    assessment = demo.assess(next(iter(demo.portfolio.examples().values())))
    amount = demo.simulate(assessment, Changes()).now.amount
    offered = demo.offer_map(assessment, Changes(down_payment=round(0.9 * amount)))
    assert np.all(offered.amounts > 0.9 * amount)


def test_a_contract_that_no_client_has_gets_an_empty_map(raw_clients: list[Rows], make_facts: Callable) -> None:
    model = random_model(1)
    facts = make_facts(raw_clients[0], described(model)) | {"contract_type": None}
    client = client_of(model, facts)
    assert map_of(client, client.now, GRID).outcomes.size == 0
