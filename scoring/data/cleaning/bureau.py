"""Rules of the credits elsewhere.

Flag added: ``DAYS_CREDIT_ENDDATE_OPEN`` (end forty years or more ahead: a card without an end), 1 or 0,
Int64.
"""

from __future__ import annotations

import narwhals as nw

from scoring.data.cleaning.rules import (
    Rule,
    any_of,
    codes_to_missing,
    emptied,
    equals,
    flagged,
    left_missing,
    replaced,
    yes,
)

_TABLE = "bureau"
EARLIEST = -8_000.0
"""Days; credits are published for eight years, so an end long before that belongs to no credit here."""
OPEN_END = 14_600.0
"""Days; forty years. No instalment credit runs that long; cards without an end carry such dates."""

_open_end = yes(nw.col("DAYS_CREDIT_ENDDATE") >= OPEN_END)
_ancient = {
    column: yes(nw.col(column) < EARLIEST)
    for column in ("DAYS_CREDIT_ENDDATE", "DAYS_ENDDATE_FACT", "DAYS_CREDIT_UPDATE")
}
_later = {column: yes(nw.col(column) > 0) for column in ("DAYS_ENDDATE_FACT", "DAYS_CREDIT_UPDATE")}
_negative = {column: yes(nw.col(column) < 0) for column in ("AMT_CREDIT_SUM_DEBT", "AMT_CREDIT_SUM_LIMIT")}

RULES: tuple[Rule, ...] = (
    Rule(
        "bureau_dates_ancient",
        _TABLE,
        tuple(_ancient),
        "Ends and updates up to 115 years before the application, long before the credit itself.",
        "Read as missing before 8,000 days.",
        any_of(_ancient.values()),
        tuple(emptied(column, hit) for column, hit in _ancient.items()),
        dict.fromkeys(_ancient, (EARLIEST, None)),
    ),
    Rule(
        "bureau_end_open",
        _TABLE,
        ("DAYS_CREDIT_ENDDATE",),
        "Ends up to 85 years ahead, nearly all of credit cards: no end was agreed.",
        "Read as missing from 40 years ahead, and keep the fact in DAYS_CREDIT_ENDDATE_OPEN.",
        _open_end,
        (emptied("DAYS_CREDIT_ENDDATE", _open_end), flagged("DAYS_CREDIT_ENDDATE_OPEN", _open_end)),
    ),
    Rule(
        "bureau_known_after",
        _TABLE,
        tuple(_later),
        "An end in fact, or an update, after the application day: not known on that day.",
        "Read as missing, so that nothing from after the application is used.",
        any_of(_later.values()),
        tuple(emptied(column, hit) for column, hit in _later.items()),
        dict.fromkeys(_later, (None, 0)),
    ),
    Rule(
        "bureau_amounts_negative",
        _TABLE,
        tuple(_negative),
        "AMT_CREDIT_SUM_DEBT and AMT_CREDIT_SUM_LIMIT below zero: paid more than was owed.",
        "Take as zero, so that sums of debt are not lowered by it.",
        any_of(_negative.values()),
        tuple(replaced(column, hit, 0.0) for column, hit in _negative.items()),
        dict.fromkeys(_negative, (0, None)),
    ),
    codes_to_missing(
        "bureau_type_unknown",
        _TABLE,
        ("CREDIT_TYPE",),
        ("Unknown type of loan",),
        problem="CREDIT_TYPE says that the type is unknown.",
    ),
    Rule(
        "bureau_amount_zero",
        _TABLE,
        ("AMT_CREDIT_SUM",),
        "AMT_CREDIT_SUM is 0 for 4% of credits, nearly all of them cards without a limit set.",
        "Leave; ratios with it are missing, sums are right.",
        equals("AMT_CREDIT_SUM", 0),
    ),
    Rule(
        "bureau_other_currency",
        _TABLE,
        ("CREDIT_CURRENCY",),
        "A tenth of a percent of credits is in another currency, with no rate given.",
        "Leave; too few to matter in sums.",
        yes(nw.col("CREDIT_CURRENCY") != nw.lit("currency 1")),
    ),
    left_missing(
        "bureau_annuity_missing",
        _TABLE,
        ("AMT_ANNUITY",),
        problem="AMT_ANNUITY is missing for 60 to 71% of credits.",
        strategy="Leave missing; features use what is known.",
    ),
)
