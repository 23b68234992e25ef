"""Features of the month-by-month state of credits with other lenders.

A month belongs to a client through its credit: the table is joined to `bureau` on SK_ID_BUREAU, so these features
need both tables.
"""

import narwhals as nw

from scoring.data.features.aggregates import History
from scoring.data.features.declaration import Direction, Feature
from scoring.data.features.ratios import one_if
from scoring.data.features.wording import Quantity, Rows
from scoring.i18n import Words

RAISES, LOWERS, FREE = Direction.RAISES, Direction.LOWERS, Direction.FREE

_MONTHS_ELSEWHERE = History(
    table="bureau_balance",
    prefix="bureau_months",
    group="history_elsewhere",
    according=Words("d'après le fichier des crédits", "as reported by the credit bureau"),
)
_STATUS, _LEVEL, _MONTH = nw.col("STATUS"), nw.col("STATUS_LEVEL"), nw.col("MONTHS_BALANCE")
_LATE, _VERY_LATE = _LEVEL >= 1, _LEVEL >= 3

_ALL = Rows(
    "", "relevés mensuels ailleurs", "monthly records elsewhere", link_fr="sur les",
    link_en="over",
)  # fmt: skip
_YEAR, _TWO_YEARS = _ALL.within(12, _MONTH >= -12), _ALL.within(24, _MONTH >= -24)
_OPEN = Rows(
    "open", "relevés de crédits non clos ailleurs", "records of open loans elsewhere",
    (_STATUS != "C",), link_fr="sur les", link_en="over",
)  # fmt: skip
_LATE_MONTHS = Rows("late", "relevés mensuels en retard ailleurs", "monthly records in arrears elsewhere", (_LATE,))
_VERY_LATE_MONTHS = Rows(
    "very_late",
    "relevés mensuels à plus de 60 jours de retard ailleurs",
    "monthly records more than 60 days late elsewhere",
    (_VERY_LATE,),
)
_WORST = Quantity(
    "lateness", _LEVEL, "niveau ~ de retard", False, "level of arrears",
    Words(
        "le niveau de retard d'un mois, de 0 (à l'heure) à 5 (plus de 120 jours)",
        "the level of arrears of a month, from 0 (on time) to 5 (over 120 days)",
    ),
    "count", 3,
)  # fmt: skip
_LATE_SHARE = Quantity(
    "late_share", one_if(_LATE), "part ~ des mois en retard ailleurs", True, "share of months in arrears elsewhere",
    Words("la part des mois en retard ailleurs", "the share of months in arrears elsewhere"),
    "share", 3,
)  # fmt: skip
_IS_LATE = Words("montrent un retard", "show arrears")

FEATURES: tuple[Feature, ...] = (
    _MONTHS_ELSEWHERE.count(_ALL),
    _MONTHS_ELSEWHERE.count(_YEAR),
    _MONTHS_ELSEWHERE.count(_LATE_MONTHS, RAISES),
    _MONTHS_ELSEWHERE.count(_LATE_MONTHS.within(12, _MONTH >= -12), RAISES),
    _MONTHS_ELSEWHERE.count(_LATE_MONTHS.within(24, _MONTH >= -24), RAISES),
    _MONTHS_ELSEWHERE.count(_VERY_LATE_MONTHS, RAISES),
    _MONTHS_ELSEWHERE.share("late", _LATE, _ALL, _IS_LATE, RAISES),
    _MONTHS_ELSEWHERE.share("late", _LATE, _YEAR, _IS_LATE, RAISES),
    _MONTHS_ELSEWHERE.share("late", _LATE, _TWO_YEARS, _IS_LATE, RAISES),
    _MONTHS_ELSEWHERE.share("late", _LATE, _OPEN, _IS_LATE, RAISES),
    _MONTHS_ELSEWHERE.share(
        "very_late", _VERY_LATE, _ALL,
        Words("montrent plus de 60 jours de retard", "show more than 60 days of delay"), RAISES,
    ),
    _MONTHS_ELSEWHERE.share(
        "closed", _STATUS == "C", _ALL, Words("suivent la fin du crédit", "come after the end of the loan"), FREE
    ),
    _MONTHS_ELSEWHERE.share(
        "unknown", _STATUS == "X", _ALL, Words("ne disent rien du crédit", "say nothing of the loan"), FREE
    ),
    *_MONTHS_ELSEWHERE.statistics(_WORST, _ALL, {"mean": RAISES, "max": RAISES}),
    *_MONTHS_ELSEWHERE.statistics(_WORST, _YEAR, {"mean": RAISES, "max": RAISES}),
    *_MONTHS_ELSEWHERE.statistics(_WORST, _TWO_YEARS, {"max": RAISES}),
    _MONTHS_ELSEWHERE.trend(_LATE_SHARE, _MONTH >= -12, 12, FREE),
    _MONTHS_ELSEWHERE.feature(
        "since_last_late",
        -nw.when(_LATE).then(_MONTH).max(),
        Words("Temps depuis le dernier retard ailleurs", "Time since the last arrears elsewhere"),
        Words(
            "Combien de mois se sont écoulés depuis votre dernier mois en retard ailleurs.",
            "How many months have passed since your last month in arrears elsewhere.",
        ),
        "months", 0, LOWERS,
    ),
    _MONTHS_ELSEWHERE.feature(
        "oldest",
        -_MONTH.min(),
        Words("Ancienneté du suivi mensuel ailleurs", "Length of the monthly record elsewhere"),
        Words(
            "Depuis combien de mois vos crédits ailleurs sont suivis mois par mois.",
            "For how many months your loans elsewhere have been followed month by month.",
        ),
        "months", 0, LOWERS,
    ),
)  # fmt: skip
