"""Rules of the earlier applications here.

Flags added, 1 or 0, Int64: ``DAYS_FIRST_DRAWING_NONE``, ``DAYS_FIRST_DUE_NONE``,
``DAYS_LAST_DUE_1ST_VERSION_NONE``,
``DAYS_LAST_DUE_NONE``, ``DAYS_TERMINATION_NONE`` (365243: no such day; for the last two, the credit still
runs), ``ENTERED_AGAIN`` (another entry of the same contract or day replaced this one).
"""

from __future__ import annotations

import narwhals as nw

from scoring.data.cleaning.rules import Rule, any_of, codes_to_missing, emptied, equals, flagged, left_missing, yes
from scoring.data.tables.application_columns import NONE_DAYS

_TABLE = "previous_application"
_DAYS = ("FIRST_DRAWING", "FIRST_DUE", "LAST_DUE_1ST_VERSION", "LAST_DUE", "TERMINATION")
_none = {f"DAYS_{what}": equals(f"DAYS_{what}", NONE_DAYS) for what in _DAYS}
_negative = {column: yes(nw.col(column) < 0) for column in ("AMT_DOWN_PAYMENT", "RATE_DOWN_PAYMENT")}
_again = equals("FLAG_LAST_APPL_PER_CONTRACT", "N") | equals("NFLAG_LAST_APPL_IN_DAY", 0)
_place = yes((nw.col("SELLERPLACE_AREA") < 0) | (nw.col("SELLERPLACE_AREA") >= 1_000_000))

RULES: tuple[Rule, ...] = (
    Rule(
        "previous_days_none",
        _TABLE,
        tuple(_none),
        "Five days hold 365243 where there is no such day: no drawing yet, no end yet.",
        "Read as missing, and keep the fact in a flag of the column's name with _NONE.",
        any_of(_none.values()),
        (
            *(emptied(column, hit) for column, hit in _none.items()),
            *(flagged(f"{column}_NONE", hit) for column, hit in _none.items()),
        ),
    ),
    Rule(
        "down_payment_negative",
        _TABLE,
        tuple(_negative),
        "AMT_DOWN_PAYMENT or RATE_DOWN_PAYMENT below zero.",
        "Read as missing.",
        any_of(_negative.values()),
        tuple(emptied(column, hit) for column, hit in _negative.items()),
        dict.fromkeys(_negative, (0, None)),
    ),
    codes_to_missing(
        "previous_codes_none",
        _TABLE,
        (
            "NAME_CONTRACT_TYPE",
            "NAME_CASH_LOAN_PURPOSE",
            "NAME_PAYMENT_TYPE",
            "CODE_REJECT_REASON",
            "NAME_CLIENT_TYPE",
            "NAME_GOODS_CATEGORY",
            "NAME_PORTFOLIO",
            "NAME_PRODUCT_TYPE",
            "NAME_SELLER_INDUSTRY",
            "NAME_YIELD_GROUP",
        ),
        ("XNA", "XAP"),
        problem="Ten categories hold XNA (not available) or XAP (not applicable).",
    ),
    Rule(
        "seller_area_unknown",
        _TABLE,
        ("SELLERPLACE_AREA",),
        "SELLERPLACE_AREA is -1 for sales without a shop, and 4,000,000 once.",
        "Read as missing.",
        _place,
        (emptied("SELLERPLACE_AREA", _place),),
    ),
    Rule(
        "not_last_of_contract",
        _TABLE,
        ("FLAG_LAST_APPL_PER_CONTRACT", "NFLAG_LAST_APPL_IN_DAY"),
        "Half a percent of rows are not the last application of their contract or day: entered by mistake, "
        "or repeated.",
        "Keep, and keep the fact in ENTERED_AGAIN: nearly all say refused, and refusals are counted without them.",
        _again,
        (flagged("ENTERED_AGAIN", _again),),
    ),
    Rule(
        "previous_credit_zero",
        _TABLE,
        ("AMT_CREDIT",),
        "AMT_CREDIT is 0 for a fifth of rows: cancelled before an amount was set.",
        "Leave; ratios with it are missing.",
        equals("AMT_CREDIT", 0),
    ),
    left_missing(
        "interest_rates_missing",
        _TABLE,
        ("RATE_INTEREST_PRIMARY", "RATE_INTEREST_PRIVILEGED"),
        problem="The interest rates are missing for 99.6% of rows.",
        strategy="Leave missing, and make no feature of them.",
    ),
)
