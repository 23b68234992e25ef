"""Rules of the monthly states of credits elsewhere.

Column added: ``STATUS_LEVEL`` (Int64): 0 paid in time or closed, 1 to 5 the class of lateness (5: over 120
days or written off), missing where the state is unknown (X). STATUS itself is kept.
"""

from __future__ import annotations

import narwhals as nw

from scoring.data.cleaning.rules import Rule, equals

_TABLE = "bureau_balance"
_unknown = equals("STATUS", "X")
_level = (
    nw.when(equals("STATUS", "C") | equals("STATUS", "0"))
    .then(nw.lit(0))
    .when(equals("STATUS", "1"))
    .then(nw.lit(1))
    .when(equals("STATUS", "2"))
    .then(nw.lit(2))
    .when(equals("STATUS", "3"))
    .then(nw.lit(3))
    .when(equals("STATUS", "4"))
    .then(nw.lit(4))
    .when(equals("STATUS", "5"))
    .then(nw.lit(5))
    .cast(nw.Int64)
    .alias("STATUS_LEVEL")
)

RULES: tuple[Rule, ...] = (
    Rule(
        "status_unknown",
        _TABLE,
        ("STATUS",),
        "STATUS mixes two letters with six levels: C closed, X unknown, 0 to 5 lateness.",
        "Add STATUS_LEVEL, a number with closed as 0 and unknown as missing.",
        _unknown,
        (_level,),
    ),
)
