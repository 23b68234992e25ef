"""A request in people's terms: what follows the amount, what a down payment leaves, what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import InputError
from scoring.explain.counterfactuals import Changes, Request
from scoring.explain.counterfactuals.request import request_of

NOW = Request(amount=300_000.0, payments=20.0, price_of_one=0.9, documents=frozenset({"document_3"}), other_documents=1)
amounts = st.floats(2.0, 1e7)


@given(amount=amounts, payments=st.integers(1, 60).map(float))
def test_the_price_keeps_its_ratio_and_the_payments_their_number(amount: float, payments: float) -> None:
    request = NOW.changed(Changes(amount=amount, payments=payments))
    assert request.credit == amount
    assert request.goods == pytest.approx(0.9 * amount)
    assert request.annuity is not None
    assert request.credit / request.annuity == pytest.approx(payments)


@given(share=st.floats(0.0, 0.99))
def test_a_down_payment_lowers_the_credit_and_leaves_the_price(share: float) -> None:
    down = share * NOW.amount
    request = NOW.changed(Changes(down_payment=down))
    assert request.credit == NOW.amount - down
    assert request.goods == NOW.goods
    assert request.payments == NOW.payments


def test_nothing_changed_is_the_same_request() -> None:
    assert NOW.changed(Changes()) == NOW
    assert not Changes()
    assert Changes(document_6=False)


def test_documents_are_given_and_taken_one_by_one() -> None:
    request = NOW.changed(Changes(document_3=False, document_8=True, other_documents=4))
    assert request.documents == {"document_8"}
    assert request.other_documents == 4


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (Changes(amount=0.0), "amount must be from 1 to 1,000,000,000; got 0"),
        (Changes(amount=math.nan), "amount must be from"),
        (Changes(payments=0.5), "payments must be from 1 to 600; got 0.5"),
        (Changes(payments=math.inf), "payments must be from"),
        (Changes(payments=12.5), "payments must be a whole number of monthly payments; got 12.5"),
        (Changes(down_payment=-1.0), "down_payment must be from 0"),
        (Changes(down_payment=300_000.0), "must leave a credit of at least 1"),
        (Changes(amount=1000.0, down_payment=2000.0), "must leave a credit"),
        (Changes(other_documents=18), "other_documents must be from 0 to 17"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(changes: Changes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        NOW.changed(changes)


def test_a_file_without_an_amount_cannot_be_simulated() -> None:
    with pytest.raises(InputError, match="must have an amount"):
        request_of({"credit_amount": None})


def test_what_a_file_does_not_say_stays_unknown() -> None:
    request = request_of({"credit_amount": 1000.0, "annuity": None, "goods_price": None, "documents_given": 2.0})
    assert request.payments is request.annuity is request.goods is None
    assert request.documents == frozenset()
    assert request.other_documents == 2
