"""Rules of the instalments.

Flag added: ``PAYMENT_NONE`` (no payment was made), 1 or 0, Int64.
"""

from __future__ import annotations

import narwhals as nw

from scoring.data.cleaning.rules import Rule, emptied, flagged, yes

_TABLE = "installments_payments"
_later = yes(nw.col("DAYS_ENTRY_PAYMENT") > 0)
_unpaid = nw.col("DAYS_ENTRY_PAYMENT").is_null() | nw.col("AMT_PAYMENT").is_null()

RULES: tuple[Rule, ...] = (
    Rule(
        "payment_in_future",
        _TABLE,
        ("DAYS_ENTRY_PAYMENT", "AMT_PAYMENT"),
        "A payment after the application day was not known on that day.",
        "Read its day and amount as missing: the instalment was unpaid when the client applied.",
        _later,
        (emptied("DAYS_ENTRY_PAYMENT", _later), emptied("AMT_PAYMENT", _later)),
        {"DAYS_ENTRY_PAYMENT": (None, 0)},
    ),
    Rule(
        "instalment_unpaid",
        _TABLE,
        ("DAYS_ENTRY_PAYMENT", "AMT_PAYMENT"),
        "Instalments that were never paid have neither a day nor an amount of payment.",
        "Leave missing, and keep the fact in PAYMENT_NONE.",
        _unpaid,
        (flagged("PAYMENT_NONE", _unpaid),),
    ),
    Rule(
        "instalment_in_parts",
        _TABLE,
        ("AMT_INSTALMENT", "AMT_PAYMENT"),
        "An instalment paid in several parts has a row for each; a part is less than the instalment.",
        "Leave; features add up the parts of an instalment before they call it short.",
        yes(nw.col("AMT_PAYMENT") < nw.col("AMT_INSTALMENT")),
    ),
    Rule(
        "instalment_of_card",
        _TABLE,
        ("NUM_INSTALMENT_VERSION",),
        "NUM_INSTALMENT_VERSION is 0 for credit cards, whose instalments follow the balance.",
        "Leave; the version tells cards from instalment credits.",
        yes(nw.col("NUM_INSTALMENT_VERSION") == 0),
    ),
)
