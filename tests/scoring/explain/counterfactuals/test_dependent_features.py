"""What follows a request follows exactly: as if the raw application had been another one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import polars as pl
import pytest

from scoring.data.features import DICTIONARY
from scoring.explain.counterfactuals.dependent_features import Asked, Following
from scoring.explain.counterfactuals.request import Changes, Request, request_of
from tests.scoring.data.features.conftest import Rows
from tests.scoring.explain.counterfactuals.models import REQUEST, described, random_model

CHANGES = (
    Changes(amount=90_000.0),
    Changes(payments=11.0),
    Changes(amount=333_333.0, payments=29.0),
    Changes(down_payment=10_000.0),
    Changes(amount=200_000.0, payments=36.0, down_payment=55_000.0),
    Changes(document_3=True, document_6=False, other_documents=2),
    Changes(document_3=False, document_8=True),
)


def raw_of(request: Request) -> dict[str, object]:
    """The raw columns that a request stands for."""
    flags = {f"FLAG_DOCUMENT_{i}": 0 for i in range(2, 22)}
    flags |= {f"FLAG_DOCUMENT_{name.removeprefix('document_')}": 1 for name in request.documents}
    free = [flag for flag in flags if flag not in {"FLAG_DOCUMENT_3", "FLAG_DOCUMENT_6", "FLAG_DOCUMENT_8"}]
    flags |= dict.fromkeys(free[: request.other_documents], 1)
    return {
        "AMT_CREDIT": request.credit,
        "AMT_ANNUITY": request.annuity,
        "AMT_GOODS_PRICE": request.goods,
        **flags,
    }


def test_what_follows_is_what_the_dictionary_calls_actionable() -> None:
    following = Following(list(DICTIONARY))
    assert set(following.features) == {name for name, feature in DICTIONARY.items() if feature.actionable}
    assert set(REQUEST) <= set(following.features)


@pytest.mark.parametrize("changes", CHANGES, ids=str)
def test_a_simulation_is_the_raw_application_changed(
    raw_clients: list[Rows], make_facts: Callable, changes: Changes
) -> None:
    features = described(random_model(1))
    following = Following([feature.name for feature in features])
    for rows in raw_clients:
        facts = make_facts(rows, features)
        now = request_of(facts)
        request = now.changed(changes)
        expected = make_facts(rows, features, **raw_of(request))
        got = {**facts, **following.of(facts, now, Asked.of(request)).row(0, named=True)}
        assert got == expected


def test_an_unchanged_request_keeps_every_value_to_the_last_digit(
    raw_clients: list[Rows], make_facts: Callable
) -> None:
    features = described(random_model(1))
    following = Following([feature.name for feature in features])
    for rows in raw_clients:
        # Half units that the dictionary rounds away: a ratio of rounded amounts would differ from the recorded one.
        facts = make_facts(rows, features, AMT_CREDIT=45_450.5, AMT_ANNUITY=2_727.5, AMT_INCOME_TOTAL=30_150.5)
        now = request_of(facts)
        assert {**facts, **following.of(facts, now, Asked.of(now)).row(0, named=True)} == facts


def test_only_what_reads_a_changed_column_moves(raw_clients: list[Rows], make_facts: Callable) -> None:
    features = described(random_model(1))
    following = Following([feature.name for feature in features])
    facts = make_facts(raw_clients[0], features)
    now = request_of(facts)

    def moved(changes: Changes) -> set[str]:
        after = following.of(facts, now, Asked.of(now.changed(changes))).row(0, named=True)
        return {name for name, value in after.items() if value != facts[name]}

    assert moved(Changes(payments=60.0)) <= {
        "annuity", "annuity_per_income", "credit_per_annuity", "annuity_per_previous"
    }  # fmt: skip
    assert not moved(Changes(down_payment=9_000.0)) & {"goods_price", "goods_per_income"}
    assert {"annuity", "credit_per_annuity"} <= moved(Changes(payments=60.0))


def test_threads_do_not_see_each_others_requests(raw_clients: list[Rows], make_facts: Callable) -> None:
    features = described(random_model(1))
    following = Following([feature.name for feature in features])
    clients = [make_facts(rows, features) for rows in raw_clients]

    def at(i: int) -> pl.DataFrame:
        facts = clients[i % len(clients)]
        now = request_of(facts)
        return following.of(facts, now, Asked.of(now.changed(Changes(amount=100_000.0 + i % 7))))

    expected = [at(i) for i in range(56)]
    with ThreadPoolExecutor(4) as threads:
        for got, wanted in zip(threads.map(at, range(56)), expected, strict=True):
            assert got.equals(wanted, null_equal=True)


def test_many_requests_are_each_as_if_alone(raw_clients: list[Rows], make_facts: Callable) -> None:
    features = described(random_model(1))
    following = Following([feature.name for feature in features])
    facts = make_facts(raw_clients[0], features)
    now = request_of(facts)
    requests = [now, *(now.changed(Changes(amount=a, payments=n)) for a in (70_000.0, 500_000.0) for n in (9.0, 30.0))]
    together = Asked(
        np.array([one.credit for one in requests]),
        np.array([one.annuity for one in requests]),
        np.array([one.goods for one in requests]),
        now,
    )
    many = following.of(facts, now, together)
    for at, request in enumerate(requests):
        assert many.row(at) == following.of(facts, now, Asked.of(request)).row(0)
