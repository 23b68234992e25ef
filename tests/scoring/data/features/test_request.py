"""Asking for less: no input of a model grows when the request shrinks, and those that move may only raise the risk.

From the two follows that a smaller request never costs points, whatever model was trained under the directions.
"""

from collections.abc import Callable

import polars as pl
import pytest

from scoring.data.features import DICTIONARY, build
from scoring.data.features.declaration import Direction

AMOUNTS = ("AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE")
INPUTS = [feature.name for feature in DICTIONARY.values() if not feature.sensitive]

ROUNDED = ("credit_per_annuity", "credit_per_goods")
"""Quotients of two amounts of the request: they stay, but for the cents to which the amounts are rounded."""


@pytest.fixture(scope="module")
def asked(invented: Callable, memory: Callable) -> Callable[[float], pl.DataFrame]:
    """Features of random clients, who ask for a share of what they asked for and for no less than the goods cost."""
    rows = invented(range(1, 201), seed=11, most=2)
    for number, row in enumerate(rows["application"]):
        row["AMT_GOODS_PRICE"] = None if number % 10 == 0 else 50_000.0 + 1_000.0 * number
        row["AMT_CREDIT"] = (50_000.0 + 1_000.0 * number) * (1.0 + 0.05 * (number % 7))
        row["AMT_ANNUITY"] = None if number % 11 == 0 else row["AMT_CREDIT"] / (6 + number % 30)

    def features(share: float) -> pl.DataFrame:
        application = [
            {name: round(value * share, 2) if name in AMOUNTS and value else value for name, value in row.items()}
            for row in rows["application"]
        ]
        return build(memory({**rows, "application": application})).collect("polars").to_native()

    return features


@pytest.mark.parametrize("share", [0.95, 0.5, 0.1])
def test_a_smaller_request_makes_no_input_larger(asked: Callable, share: float) -> None:
    now, less = asked(1.0), asked(share)
    moved = set()
    for name in INPUTS:
        if DICTIONARY[name].kind == "category":
            assert now[name].equals(less[name], null_equal=True), name
            continue
        assert now[name].is_null().equals(less[name].is_null()), name
        change = (less[name].cast(pl.Float64) - now[name].cast(pl.Float64)).fill_null(0.0)
        step = 10.0 ** -DICTIONARY[name].decimals if name in ROUNDED else 0.0
        assert change.max() <= step, name
        if change.min() < -step:
            moved.add(name)
    assert {DICTIONARY[name].direction for name in moved} == {Direction.RAISES}
    assert {"credit_amount", "annuity", "goods_price", "annuity_per_income", "credit_above_goods"} <= moved
