"""Rules of the monthly balances of cards. No column is added."""

from __future__ import annotations

import narwhals as nw

from scoring.data.cleaning.rules import Rule, any_of, emptied, left_missing, yes

_TABLE = "credit_card_balance"
PAYMENT_LIMIT = 4_000_000.0
"""The published tables hold one payment above it, of 4,289,207, ten times any limit."""

_negative = {
    column: yes(nw.col(column) < 0)
    for column in (
        "AMT_DRAWINGS_ATM_CURRENT",
        "AMT_DRAWINGS_CURRENT",
        "AMT_DRAWINGS_OTHER_CURRENT",
        "AMT_DRAWINGS_POS_CURRENT",
    )
}
_huge = yes(nw.col("AMT_PAYMENT_CURRENT") > PAYMENT_LIMIT)

RULES: tuple[Rule, ...] = (
    Rule(
        "drawings_negative",
        _TABLE,
        tuple(_negative),
        "AMT_DRAWINGS_ATM_CURRENT and the total are negative once or twice.",
        "Read as missing.",
        any_of(_negative.values()),
        tuple(emptied(column, hit) for column, hit in _negative.items()),
        dict.fromkeys(_negative, (0, None)),
    ),
    Rule(
        "card_payment_impossible",
        _TABLE,
        ("AMT_PAYMENT_CURRENT",),
        "One payment is ten times the highest limit.",
        "Read as missing.",
        _huge,
        (emptied("AMT_PAYMENT_CURRENT", _huge),),
        {"AMT_PAYMENT_CURRENT": (None, PAYMENT_LIMIT)},
    ),
    Rule(
        "card_over_limit",
        _TABLE,
        ("AMT_BALANCE", "AMT_CREDIT_LIMIT_ACTUAL"),
        "The balance is above the limit in 9% of months, many of them with a limit of 0.",
        "Leave; utilisation above 1 informs, and is missing where the limit is 0.",
        yes(nw.col("AMT_BALANCE") > nw.col("AMT_CREDIT_LIMIT_ACTUAL")),
    ),
    Rule(
        "card_dpd_tolerated",
        _TABLE,
        ("SK_DPD", "SK_DPD_DEF"),
        "SK_DPD counts late days of trifling debts; SK_DPD_DEF does not.",
        "Leave both; features of lateness use SK_DPD_DEF.",
        yes((nw.col("SK_DPD") > 0) & (nw.col("SK_DPD_DEF") == 0)),
    ),
    left_missing(
        "card_drawings_missing",
        _TABLE,
        ("AMT_DRAWINGS_ATM_CURRENT", "AMT_DRAWINGS_POS_CURRENT", "AMT_DRAWINGS_OTHER_CURRENT"),
        problem="The kinds of drawings, their counts and the payment are missing together in a fifth of months.",
        strategy="Leave missing: the card was not used; the total of drawings is 0 there.",
    ),
)
