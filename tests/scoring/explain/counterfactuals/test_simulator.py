"""Many requests scored at once are each the service's own score; less of what does not move changes nothing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.explain.counterfactuals import Changes, map_of
from scoring.explain.counterfactuals.choices import cells
from scoring.model.additive_model import Lookup, Reference
from scoring.model.decision import OUTCOMES, decide
from scoring.service import Service
from tests.scoring.data.features.conftest import Rows
from tests.scoring.explain.counterfactuals.models import FIXED, GRID, REQUEST, client_of, described, random_model

FOLLOW = ("credit_amount", "annuity", "annuity_per_income", "goods_price", "credit_per_goods")


@pytest.mark.parametrize("seed", range(4))
def test_each_cell_is_scored_as_if_alone(raw_clients: list[Rows], make_facts: Callable, seed: int) -> None:
    model = random_model(seed)
    lookup, features = Lookup(model), described(model)
    seen = set()
    for rows in raw_clients:
        client = client_of(model, make_facts(rows, features))
        amounts, payments = GRID.amounts_of("Cash loans")[::6], GRID.payments_of("Cash loans")[::7]
        like = client.now.changed(Changes(down_payment=5_000.0, document_3=True))
        scores = client.score(cells(like, amounts, payments)).shaped(len(amounts), len(payments))
        for i, amount in enumerate(amounts):
            for j, months in enumerate(payments):
                request = replace(like, amount=float(amount), payments=float(months))
                alone = decide(model, lookup.score(client.facts_at(request)))
                assert abs(scores.log_odds[i, j] - alone.log_odds) <= 1e-9
                assert abs(scores.points[i, j] - alone.points) <= 1e-9 * model.scale.factor
                assert scores.outcome_at((i, j)) == alone.outcome
                seen.add(alone.outcome)
    assert len(seen) >= 2


def test_the_map_of_the_demo_is_what_the_service_says_of_each_cell(demo: Service) -> None:
    for client_id in demo.portfolio.examples().values():
        assessment = demo.assess(client_id)
        offered = demo.offer_map(assessment)
        assert offered.points.shape == (len(offered.amounts), len(offered.payments))
        for i in range(0, len(offered.amounts), 9):
            for j in range(0, len(offered.payments), 4):
                changes = Changes(amount=float(offered.amounts[i]), payments=float(offered.payments[j]))
                simulated = demo.simulate(assessment, changes).assessment.decision
                assert abs(simulated.points - offered.points[i, j]) <= 1e-9 * demo.model.scale.factor
                assert simulated.outcome == offered.outcome(i, j)


def test_an_unchanged_request_is_the_decision_itself(demo: Service) -> None:
    for client_id in demo.portfolio.examples().values():
        assessment = demo.assess(client_id)
        simulation = demo.simulate(assessment, Changes())
        assert simulation.assessment == assessment
        assert simulation.moved == ()


def test_a_value_outside_training_asks_for_a_person(raw_clients: list[Rows], make_facts: Callable) -> None:
    model = random_model(2)
    client = client_of(model, make_facts(raw_clients[0], described(model)))
    beyond = replace(client.now, amount=660_000.0)
    scores = client.score(cells(client.now, np.array([660_000.0]), np.array([client.now.payments or 1.0])))
    assert Lookup(model).score(client.facts_at(beyond)).outside == ("credit_amount",)
    assert scores.outcome_at(0) == "review"


def test_a_fixed_value_outside_training_asks_for_a_person_everywhere(
    raw_clients: list[Rows], make_facts: Callable
) -> None:
    model = random_model(2)
    facts = make_facts(raw_clients[0], described(model))
    client = client_of(model, {**facts, "occupation": "Astronauts"})
    offered = map_of(client, client.now, GRID)
    assert {OUTCOMES[at] for at in np.unique(offered.outcomes)} == {"review"}


@given(
    amount=st.floats(20_000.0, 900_000.0),
    payments=st.integers(2, 60),
    more=st.integers(1, 60),
    factor=st.floats(1.01, 3.0),
)
def test_what_follows_follows_in_the_right_direction(
    demo: Service, amount: float, payments: int, more: int, factor: float
) -> None:
    assessment = demo.assess(demo.portfolio.examples()["review"])

    def facts(**changes: float) -> dict[str, float]:
        said = demo.simulate(assessment, Changes(**changes)).assessment.facts  # type: ignore[arg-type]
        return {name: float(said[name]) for name in FOLLOW}  # type: ignore[arg-type]

    here = facts(amount=amount, payments=payments)
    longer = facts(amount=amount, payments=payments + more)
    larger = facts(amount=factor * amount, payments=payments)
    assert longer["annuity"] <= here["annuity"] <= larger["annuity"]
    assert longer["annuity_per_income"] <= here["annuity_per_income"] <= larger["annuity_per_income"]
    assert longer["goods_price"] == here["goods_price"] <= larger["goods_price"]
    assert abs(larger["credit_per_goods"] - here["credit_per_goods"]) <= 0.001
    down = facts(amount=amount, payments=payments, down_payment=(1.0 - 1.0 / factor) * amount)
    assert down["goods_price"] == here["goods_price"]
    assert down["credit_amount"] <= here["credit_amount"]
    # A down payment and a smaller amount leave the same credit, and differ in the price alone.
    smaller = facts(amount=amount / factor, payments=payments)
    assert abs(down["credit_amount"] - smaller["credit_amount"]) <= 1.0
    assert abs(down["annuity"] - smaller["annuity"]) <= 1.0


def test_a_model_that_looks_at_no_request_is_moved_by_none(raw_clients: list[Rows], make_facts: Callable) -> None:
    model = random_model(3)
    fixed = [i for i, term in enumerate(model.terms) if not set(term.features) & {*REQUEST}]
    blind = model.model_copy(
        update={
            "terms": tuple(model.terms[i] for i in fixed),
            "features": {name: facts for name, facts in model.features.items() if name in FIXED},
            "reference": Reference(contributions=(0.0,) * len(fixed), clients=1),
        }
    )
    client = client_of(blind, make_facts(raw_clients[0], described(model)))
    offered = map_of(client, client.now, GRID)
    assert np.ptp(offered.points) <= 1e-9
    assert abs(offered.points.flat[0] - client.decision.points) <= 1e-9


def test_twice_the_payments_halve_the_payment_and_nothing_else(demo: Service) -> None:
    assessment = demo.assess(next(iter(demo.portfolio.examples().values())))
    once = demo.simulate(assessment, Changes(payments=12.0)).assessment.facts
    twice = demo.simulate(assessment, Changes(payments=24.0)).assessment.facts
    assert abs(float(once["annuity"]) / 2 - float(twice["annuity"])) <= 1.0  # type: ignore[arg-type]
    moved = {name for name in once if once[name] != twice[name]}
    assert moved <= {"annuity", "annuity_per_income", "credit_per_annuity", "annuity_per_previous"}
