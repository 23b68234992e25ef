"""Rules of the monthly balances of point-of-sale and cash credits. No column is added."""

from __future__ import annotations

import narwhals as nw

from scoring.data.cleaning.rules import Rule, codes_to_missing, left_missing, yes

_TABLE = "POS_CASH_balance"

RULES: tuple[Rule, ...] = (
    codes_to_missing(
        "pos_status_unknown",
        _TABLE,
        ("NAME_CONTRACT_STATUS",),
        ("XNA",),
        problem="NAME_CONTRACT_STATUS is XNA for a few months.",
    ),
    Rule(
        "pos_dpd_tolerated",
        _TABLE,
        ("SK_DPD", "SK_DPD_DEF"),
        "SK_DPD counts late days of trifling debts, up to ten years of them; SK_DPD_DEF does not.",
        "Leave both; features of lateness use SK_DPD_DEF.",
        yes((nw.col("SK_DPD") > 0) & (nw.col("SK_DPD_DEF") == 0)),
    ),
    left_missing(
        "pos_instalments_missing",
        _TABLE,
        ("CNT_INSTALMENT", "CNT_INSTALMENT_FUTURE"),
        problem="The numbers of instalments are missing for 0.3% of months.",
        strategy="Leave missing.",
    ),
)
