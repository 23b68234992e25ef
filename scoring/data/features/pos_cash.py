"""Features of the monthly balances of purchase and cash loans with us."""

from dataclasses import replace

import narwhals as nw

from scoring.data.features.aggregates import History, total_where
from scoring.data.features.declaration import Direction, Feature
from scoring.data.features.ratios import one_if, ratio
from scoring.data.features.wording import Quantity, Rows
from scoring.i18n import Words

RAISES, LOWERS, FREE = Direction.RAISES, Direction.LOWERS, Direction.FREE

_POS = History(
    table="POS_CASH_balance",
    prefix="pos",
    group="history_here",
    according=Words("d'après nos relevés mensuels", "by our monthly statements"),
)
_MONTH, _STATUS = nw.col("MONTHS_BALANCE"), nw.col("NAME_CONTRACT_STATUS")
_TERM, _LEFT = nw.col("CNT_INSTALMENT"), nw.col("CNT_INSTALMENT_FUTURE")
_DAYS_ANY, _DAYS = nw.col("SK_DPD"), nw.col("SK_DPD_DEF")
_LATE, _LATE_ANY, _NOW = _DAYS > 0, _DAYS_ANY > 0, _MONTH >= -1

_ALL = Rows("", "relevés de crédit chez nous", "loan statements with us", link_fr="sur les", link_en="over")
_ALL_SUMS = replace(
    _ALL,
    fr="relevés de crédit chez nous, petites sommes comprises",
    en="loan statements with us, trifles included",
)
_YEAR, _TWO_YEARS = _ALL.within(12, _MONTH >= -12), _ALL.within(24, _MONTH >= -24)
_LATE_MONTHS = Rows("late", "relevés de crédit en retard chez nous", "loan statements in arrears with us", (_LATE,))
_TROUBLE = Rows(
    "trouble",
    "relevés de crédit en recouvrement ou en perte",
    "loan statements in collection or written off",
    (_STATUS.is_in(["Demand", "Amortized debt"]),),
)
_FINISHED = Rows(
    "completed", "relevés de crédit soldé chez nous", "statements of paid-off loans with us", (_STATUS == "Completed",)
)
_RETURNED = Rows(
    "returned",
    "relevés de crédit annulé par retour du bien",
    "statements of loans ended by return of the goods",
    (_STATUS == "Returned to the store",),
)
_DELAY = Quantity(
    "late_days", _DAYS, "retard", False, "delay",
    Words("le retard de paiement d'un mois, petites sommes exclues", "a month's delay in payment, trifles left aside"),
    "days", 2, always_known=True,
)  # fmt: skip
_DELAY_ANY = Quantity(
    "any_late_days", _DAYS_ANY, "retard", False, "delay",
    Words(
        "le retard de paiement d'un mois, même pour de petites sommes",
        "a month's delay in payment, even of trifles",
    ),
    "days", 2, always_known=True,
)  # fmt: skip
_LENGTH = Quantity(
    "term", _TERM, "durée prévue", True, "planned length",
    Words("la durée prévue du crédit, en mensualités", "the planned length of the loan, in monthly payments"),
    "payments", 1,
)  # fmt: skip
_REMAINING = Quantity(
    "payments_left", _LEFT, "nombre ~ de mensualités restantes", False, "number of payments left",
    Words("les mensualités qu'il reste à payer", "the monthly payments left to make"), "payments", 1,
)  # fmt: skip
_LATE_SHARE = Quantity(
    "late_share", one_if(_LATE),
    "part ~ des relevés en retard chez nous", True, "share of statements in arrears with us",
    Words("la part des relevés en retard chez nous", "the share of statements in arrears with us"), "share", 3,
)  # fmt: skip
_IS_LATE = Words("montrent un retard", "show arrears")

FEATURES: tuple[Feature, ...] = (
    _POS.count(_ALL, LOWERS),
    _POS.count(_YEAR, FREE),
    _POS.count(_LATE_MONTHS, RAISES),
    _POS.count(_LATE_MONTHS.within(12, _MONTH >= -12), RAISES),
    _POS.count(_TROUBLE, RAISES),
    _POS.count(_FINISHED, LOWERS),
    _POS.count(_RETURNED, FREE),
    _POS.share("late", _LATE, _ALL, _IS_LATE, RAISES),
    _POS.share("late", _LATE, _YEAR, _IS_LATE, RAISES),
    _POS.share("late", _LATE, _TWO_YEARS, _IS_LATE, RAISES),
    _POS.share(
        "any_late", _LATE_ANY, _ALL,
        Words("montrent un retard, même infime", "show arrears, even trifling"), RAISES,
    ),
    _POS.share("completed", _STATUS == "Completed", _ALL, Words("soldent le crédit", "pay off the loan"), FREE),
    *_POS.statistics(_DELAY, _ALL, {"mean": RAISES, "max": RAISES}),
    *_POS.statistics(_DELAY, _YEAR, {"mean": RAISES, "max": RAISES}),
    *_POS.statistics(_DELAY, _TWO_YEARS, {"max": RAISES}),
    *_POS.statistics(_DELAY_ANY, _ALL_SUMS, {"mean": RAISES, "max": RAISES}),
    *_POS.statistics(_LENGTH, _ALL, {"mean": FREE, "max": FREE, "min": FREE}),
    *_POS.statistics(_LENGTH, _YEAR, {"mean": FREE}),
    *_POS.statistics(_REMAINING, _ALL, {"mean": FREE}),
    *_POS.statistics(_REMAINING, _YEAR, {"mean": FREE, "min": FREE}),
    _POS.trend(_LATE_SHARE, _MONTH >= -12, 12, FREE),
    _POS.feature(
        "payments_left_now",
        total_where(_NOW, _LEFT),
        Words("Mensualités restantes chez nous aujourd'hui", "Payments left with us today"),
        Words(
            "Le nombre de mensualités qu'il vous reste à payer sur vos crédits chez nous, le mois dernier.",
            "The number of payments that you had left to make on your loans with us, last month.",
        ),
        "payments", 0, FREE,
    ),
    _POS.feature(
        "left_per_term_now",
        ratio(total_where(_NOW, _LEFT), total_where(_NOW, _TERM)),
        Words("Part restante de nos crédits en cours", "Share left of our running loans"),
        Words(
            "Les mensualités restantes le mois dernier, divisées par la durée prévue de ces crédits.",
            "The payments left last month, divided by the planned length of those loans.",
        ),
        "share", 3, FREE,
    ),
    _POS.feature(
        "contract_count",
        nw.col("SK_ID_PREV").n_unique(),
        Words("Nombre de crédits suivis chez nous", "Number of loans followed with us"),
        Words(
            "Combien de crédits à mensualités chez nous ont des relevés.",
            "How many loans in monthly payments with us have statements.",
        ),
        "count", 0, FREE, 0.0,
    ),
    _POS.feature(
        "months_since_last",
        -_MONTH.max(),
        Words("Temps depuis le dernier relevé de crédit chez nous", "Time since the last loan statement with us"),
        Words(
            "Combien de mois se sont écoulés depuis votre dernier relevé de crédit chez nous.",
            "How many months have passed since your last loan statement with us.",
        ),
        "months", 0, FREE,
    ),
    _POS.feature(
        "months_since_first",
        -_MONTH.min(),
        Words("Temps depuis le premier relevé de crédit chez nous", "Time since the first loan statement with us"),
        Words(
            "Combien de mois se sont écoulés depuis votre premier relevé de crédit chez nous.",
            "How many months have passed since your first loan statement with us.",
        ),
        "months", 0, LOWERS,
    ),
    _POS.feature(
        "months_since_late",
        -nw.when(_LATE).then(_MONTH).max(),
        Words("Temps depuis le dernier retard sur nos crédits", "Time since the last arrears on our loans"),
        Words(
            "Combien de mois se sont écoulés depuis votre dernier retard chez nous.",
            "How many months have passed since your last arrears with us.",
        ),
        "months", 0, LOWERS,
    ),
)  # fmt: skip
"""In the order in which they are shown."""
