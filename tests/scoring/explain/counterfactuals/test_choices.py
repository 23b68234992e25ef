"""What would change it is what trying every request of the grid, one by one, finds: no more, no less."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product

import polars as pl
import pytest

from scoring.data.tables.column_types import ID_COLUMN
from scoring.explain.counterfactuals import Client, Offers, Request, offers_of
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.decision import decide
from scoring.service import Service
from tests.scoring.data.features.conftest import Rows
from tests.scoring.explain.counterfactuals.models import CASH, GRID, client_of, described, random_model

Judge = Callable[[Request], str]


def judge(model: AdditiveModel, client: Client) -> Judge:
    """The decision on a request, by the model itself on the client's facts at that request."""
    lookup = Lookup(model)
    return cache(lambda request: decide(model, lookup.score(client.facts_at(request))).outcome)


def brute(client: Client, decided: Judge) -> dict[str, tuple[float, Request]]:
    """The nearest acceptable request of each kind, by asking about each."""
    now = client.now
    amounts = [float(a) for a in GRID.amounts_of(CASH) if a < now.amount]
    months = [float(n) for n in GRID.payments_of(CASH) if n != now.payments]

    def far(request: Request) -> float:
        given_up = (now.amount - request.amount) / now.amount
        if now.payments is None or request.payments is None:
            return given_up
        return given_up + GRID.weight_of_duration * abs(request.payments - now.payments) / now.payments

    def nearest(requests: list[Request]) -> tuple[float, Request] | None:
        accepted = [(far(one), -one.amount, one.payments or 0.0, one) for one in requests if decided(one) == "accept"]
        best = min(accepted, key=lambda one: one[:3], default=None)
        return None if best is None else (best[0], best[3])

    less = nearest([replace(now, amount=a) for a in amounts])
    other = nearest([replace(now, payments=n) for n in months])
    milder = [
        replace(now, amount=a, payments=n)
        for a, n in product(amounts, months)
        if (less is None or a > less[1].amount)
        and (
            other is None
            or now.payments is None
            or abs(n - now.payments) < abs((other[1].payments or 0.0) - now.payments)
        )
    ]
    found = {"amount": less, "payments": other, "both": nearest(milder)}
    return {kind: one for kind, one in found.items() if one is not None}


def check(client: Client, offers: Offers, decided: Judge) -> None:
    expected = brute(client, decided)
    told = {
        choice.kind: (choice.distance, choice.request) for choice in offers.choices if choice.kind != "down_payment"
    }
    assert {kind: request for kind, (_, request) in told.items()} == {kind: one for kind, (_, one) in expected.items()}
    for kind, (far, _) in expected.items():
        assert told[kind][0] == pytest.approx(far, abs=1e-12)
    assert [choice.distance for choice in offers.choices] == sorted(choice.distance for choice in offers.choices)
    assert offers.less_helps == ("amount" in expected)
    less = offers.of("amount")
    if less is not None:
        below = [float(a) for a in GRID.amounts_of(CASH) if a <= less.request.amount]
        assert less.holds == all(decided(replace(client.now, amount=a)) == "accept" for a in below)
    down = offers.of("down_payment")
    steps = [GRID.step * i for i in range(1, 100) if client.now.amount - GRID.step * i >= GRID.amounts_of(CASH)[0]]
    accepted = [d for d in steps if decided(replace(client.now, down_payment=float(d))) == "accept"]
    priced = client.now.price_of_one is not None
    assert (down.request.down_payment if down else None) == (accepted[0] if accepted and priced else None)


@pytest.mark.parametrize("seed", range(12))
def test_choices_are_those_of_brute_force(raw_clients: list[Rows], make_facts: Callable, seed: int) -> None:
    model = random_model(seed)
    rows = raw_clients[seed % len(raw_clients)]
    client = client_of(model, make_facts(rows, described(model)))
    offers = offers_of(client, GRID)
    decided = judge(model, client)
    assert offers.outcome == decided(client.now)
    if offers.outcome == "accept":
        check_room(client, offers, decided)
    else:
        check(client, offers, decided)


def check_room(client: Client, offers: Offers, decided: Judge) -> None:
    assert offers.choices == ()
    assert offers.room is not None
    now, room = client.now, offers.room
    furthest = now.amount
    for amount in (float(a) for a in GRID.amounts_of(CASH) if a > now.amount):
        if decided(replace(now, amount=amount)) != "accept":
            break
        furthest = amount
    assert room.amount == furthest
    assert room.at_the_end == (furthest == max(now.amount, float(GRID.amounts_of(CASH)[-1])))
    shortest = now.payments
    for months in (float(n) for n in GRID.payments_of(CASH)[::-1] if now.payments and n < now.payments):
        if decided(replace(now, payments=months)) != "accept":
            break
        shortest = months
    assert room.payments == shortest


def test_every_kind_of_answer_occurs(raw_clients: list[Rows], make_facts: Callable) -> None:
    kinds, outcomes, helps = set(), set(), set()
    for seed in range(24):
        model = random_model(seed)
        offers = offers_of(client_of(model, make_facts(raw_clients[seed % 8], described(model))), GRID)
        kinds |= {choice.kind for choice in offers.choices}
        outcomes.add(offers.outcome)
        helps.add(offers.less_helps)
    assert kinds == {"amount", "payments", "both", "down_payment"}
    assert outcomes == {"accept", "review", "decline"}
    assert helps == {True, False}


def test_a_choice_is_accepted_by_the_service_itself(demo: Service) -> None:
    changed: list[float] = []
    clients = pl.scan_parquet(demo.artefacts.portfolio).select(ID_COLUMN).head(240).collect()
    for client_id in clients[ID_COLUMN]:
        assessment = demo.assess(client_id)
        offers = demo.offers(assessment)
        assert offers.outcome == assessment.decision.outcome
        for choice in offers.choices:
            facts = demo._client(assessment).facts_at(choice.request)
            decision = decide(demo.model, demo.lookup.score(facts))
            assert decision.outcome == "accept"
            changed.append(abs(decision.points - choice.points))
    assert len(changed) > 20
    assert max(changed) <= 1e-6


def test_a_revolving_credit_is_offered_no_other_number_of_payments(demo: Service) -> None:
    assert demo.grid.payments_of("Revolving loans").tolist() == [20.0]
