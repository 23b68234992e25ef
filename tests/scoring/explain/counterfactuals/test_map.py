"""The map: values of the grid, around the request, never more than sixty each way."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from scoring.explain.counterfactuals import Changes, LenderGrid, Span, map_of
from scoring.explain.counterfactuals.map import CELLS
from scoring.explain.counterfactuals.request import request_of
from scoring.model.additive_model import read_model
from scoring.model.artefacts import PORTFOLIO_FILE
from scoring.service import Service
from scoring.settings import DEMO
from tests.scoring.data.features.conftest import Rows
from tests.scoring.explain.counterfactuals.models import CASH, GRID, client_of, described, random_model


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


@pytest.mark.parametrize("kind", ["ebm", "scorecard"])
def test_a_smaller_amount_never_costs_points(demo: Service, kind: str) -> None:
    model = read_model(DEMO / f"{kind}.json")
    clients = pl.read_parquet(DEMO / PORTFOLIO_FILE)[::150]
    for facts in clients.select(feature.name for feature in described(model)).rows(named=True):
        offered = map_of(client_of(model, facts), request_of(facts), demo.grid)
        assert np.all(np.diff(offered.points, axis=0) <= 1e-9)
