"""Features of the monthly balances of credit cards with us."""

from dataclasses import replace

import narwhals as nw

from scoring.data.features.aggregates import History, total_where
from scoring.data.features.declaration import Direction, Feature
from scoring.data.features.ratios import one_if, ratio
from scoring.data.features.wording import Quantity, Rows
from scoring.i18n import Words

RAISES, LOWERS, FREE = Direction.RAISES, Direction.LOWERS, Direction.FREE

_CARD = History(
    table="credit_card_balance",
    prefix="card",
    group="history_here",
    according=Words("d'après nos relevés de carte", "by our card statements"),
)
_MONTH, _DAYS, _DAYS_ANY = nw.col("MONTHS_BALANCE"), nw.col("SK_DPD_DEF"), nw.col("SK_DPD")
_BALANCE, _LIMIT = nw.col("AMT_BALANCE"), nw.col("AMT_CREDIT_LIMIT_ACTUAL")
_DRAWN, _ATM = nw.col("AMT_DRAWINGS_CURRENT"), nw.col("AMT_DRAWINGS_ATM_CURRENT")
_SHOPS = nw.col("AMT_DRAWINGS_POS_CURRENT")
_LEAST, _PAID = nw.col("AMT_INST_MIN_REGULARITY"), nw.col("AMT_PAYMENT_TOTAL_CURRENT")
_LATE, _LATE_ANY = _DAYS > 0, _DAYS_ANY > 0
_LAST_YEAR, _LAST_TWO, _LAST_QUARTER, _NOW = _MONTH >= -12, _MONTH >= -24, _MONTH >= -3, _MONTH >= -1

_ALL = Rows("", "relevés de carte chez nous", "card statements with us", link_fr="sur les", link_en="over")
_YEAR, _TWO_YEARS = _ALL.within(12, _LAST_YEAR), _ALL.within(24, _LAST_TWO)
_QUARTER = _ALL.within(3, _LAST_QUARTER)
_LATE_MONTHS = Rows("late", "relevés de carte en retard chez nous", "card statements in arrears with us", (_LATE,))
_OVER_LIMIT = Rows(
    "over_limit", "relevés de carte au-dessus du plafond", "card statements above the limit",
    (_LIMIT > 0, _BALANCE > _LIMIT),
)  # fmt: skip
_USED = Rows("used", "relevés de carte avec une dépense", "card statements with some spending", (_DRAWN > 0,))

_USE = Quantity(
    "use", ratio(_BALANCE, _LIMIT), "part utilisée ~ du plafond", True, "use of the limit",
    Words("la part du plafond de la carte utilisée", "the part of the card's limit that is used"), "share", 3,
)  # fmt: skip
_OWED = Quantity(
    "balance", _BALANCE, "encours", False, "balance",
    Words("ce qui est dû sur la carte", "what is owed on the card"), "amount", always_known=True,
)  # fmt: skip
_CEILING = Quantity(
    "limit", _LIMIT, "plafond", False, "limit",
    Words("le plafond de la carte", "the limit of the card"), "amount", always_known=True,
)  # fmt: skip
_DRAWINGS = Quantity(
    "drawn", _DRAWN, "dépense", True, "spending",
    Words("ce qui est dépensé ou retiré dans le mois", "what is spent or withdrawn in the month"), "amount",
)  # fmt: skip
_CASH = Quantity(
    "cash", _ATM, "retrait ~ d'espèces", False, "cash withdrawn",
    Words("ce qui est retiré en espèces dans le mois", "what is withdrawn in cash in the month"), "amount",
)  # fmt: skip
_TIMES_DRAWN = Quantity(
    "drawings", nw.col("CNT_DRAWINGS_CURRENT"), "nombre ~ d'opérations", False, "number of transactions",
    Words("combien d'opérations la carte compte dans le mois", "how many transactions the card has in the month"),
    "count", 2, always_known=True,
)  # fmt: skip
_TIMES_CASH = Quantity(
    "cash_drawings", nw.col("CNT_DRAWINGS_ATM_CURRENT"), "nombre ~ de retraits", False, "number of withdrawals",
    Words("combien de retraits d'espèces la carte compte dans le mois", "how many cash withdrawals a month has"),
    "count", 2,
)  # fmt: skip
_PAYMENT = Quantity(
    "paid", _PAID, "paiement", False, "payment",
    Words("ce qui est remboursé dans le mois", "what is repaid in the month"), "amount", always_known=True,
)  # fmt: skip
_DELAY = Quantity(
    "late_days", _DAYS, "retard", False, "delay",
    Words("le retard de paiement d'un mois, petites sommes exclues", "a month's delay in payment, trifles left aside"),
    "days", 2, always_known=True,
)  # fmt: skip
_LATE_SHARE = Quantity(
    "late_share", one_if(_LATE), "part ~ des mois de carte en retard", True, "share of card months in arrears",
    Words("la part des mois en retard sur la carte", "the share of months in arrears on the card"), "share", 3,
)  # fmt: skip
_IS_LATE = Words("montrent un retard", "show arrears")
_PAID_LEAST = (_LEAST > 0) & (_PAID < _LEAST)

FEATURES: tuple[Feature, ...] = (
    _CARD.count(_ALL, FREE),
    _CARD.count(_LATE_MONTHS, RAISES),
    _CARD.count(_LATE_MONTHS.within(12, _LAST_YEAR), RAISES),
    _CARD.count(_OVER_LIMIT, RAISES),
    _CARD.count(_USED, FREE),
    _CARD.count(_USED.within(12, _LAST_YEAR), RAISES),
    _CARD.share("late", _LATE, _ALL, _IS_LATE, RAISES),
    _CARD.share("late", _LATE, _YEAR, _IS_LATE, RAISES),
    _CARD.share(
        "any_late", _LATE_ANY, _ALL,
        Words("montrent un retard, même infime", "show arrears, even trifling"), RAISES,
    ),
    _CARD.share(
        "over_limit", (_LIMIT > 0) & (_BALANCE > _LIMIT), _ALL,
        Words("dépassent le plafond", "exceed the limit"), RAISES,
    ),
    _CARD.share("used", _DRAWN > 0, _ALL, Words("comptent une dépense", "have some spending"), RAISES),
    _CARD.share("owing", _BALANCE > 0, _ALL, Words("portent une somme due", "have a sum owed"), RAISES),
    _CARD.share(
        "below_least", _PAID_LEAST, _ALL,
        Words("ont un remboursement sous le minimum", "have a repayment below the minimum"), RAISES,
    ),
    *_CARD.statistics(_USE, _ALL, {"mean": RAISES, "max": RAISES, "min": RAISES}),
    *_CARD.statistics(_USE, _YEAR, {"mean": RAISES, "max": RAISES}),
    *_CARD.statistics(_USE, _QUARTER, {"mean": RAISES}),
    *_CARD.statistics(_OWED, _ALL, {"mean": RAISES, "max": RAISES}),
    *_CARD.statistics(_OWED, _YEAR, {"mean": RAISES}),
    *_CARD.statistics(_CEILING, _ALL, {"mean": FREE, "max": FREE, "min": FREE}),
    *_CARD.statistics(_DRAWINGS, _ALL, {"mean": RAISES, "max": FREE, "sum": FREE}),
    *_CARD.statistics(_DRAWINGS, _YEAR, {"sum": FREE}),
    *_CARD.statistics(_CASH, _ALL, {"mean": RAISES, "max": FREE, "sum": FREE}),
    *_CARD.statistics(_TIMES_DRAWN, _ALL, {"mean": RAISES, "max": RAISES, "sum": FREE}),
    *_CARD.statistics(_TIMES_DRAWN, _YEAR, {"mean": RAISES}),
    *_CARD.statistics(_TIMES_CASH, _ALL, {"mean": RAISES, "max": RAISES}),
    *_CARD.statistics(_PAYMENT, _ALL, {"mean": FREE, "max": FREE}),
    *_CARD.statistics(_DELAY, _ALL, {"mean": RAISES, "max": RAISES}),
    *_CARD.statistics(_DELAY, _YEAR, {"max": RAISES}),
    _CARD.trend(replace(_OWED, fr="encours de carte", en="card balance"), _LAST_YEAR, 12, FREE),
    _CARD.trend(
        replace(_USE, fr="part utilisée du plafond de carte", en="use of the card limit"),
        _LAST_YEAR, 12, RAISES,
    ),
    _CARD.trend(replace(_DRAWINGS, fr="dépense par carte", en="card spending"), _LAST_YEAR, 12, FREE),
    _CARD.trend(_LATE_SHARE, _LAST_YEAR, 12, FREE),
    _CARD.feature(
        "cash_share",
        ratio(_ATM.sum(), total_where(~_ATM.is_null(), _DRAWN)),
        Words("Part des retraits dans les dépenses par carte", "Cash withdrawals as a share of card spending"),
        Words(
            "Les retraits d'espèces, divisés par toutes les dépenses faites avec nos cartes.",
            "The cash withdrawals, divided by all spending with our cards.",
        ),
        "share", 3, FREE,
    ),
    _CARD.feature(
        "shop_share",
        ratio(_SHOPS.sum(), total_where(~_SHOPS.is_null(), _DRAWN)),
        Words("Part des achats dans les dépenses par carte", "Purchases as a share of card spending"),
        Words(
            "Les achats en magasin, divisés par toutes les dépenses faites avec nos cartes.",
            "The purchases in shops, divided by all spending with our cards.",
        ),
        "share", 3, FREE,
    ),
    _CARD.feature(
        "paid_per_least",
        ratio(total_where(_LEAST > 0, _PAID), total_where(_LEAST > 0, _LEAST)),
        Words("Remboursements de carte rapportés au minimum", "Card repayments compared with the minimum"),
        Words(
            "Ce que vous remboursez, divisé par le minimum demandé ; au-dessus de 1, plus que le minimum.",
            "What you repay, divided by the minimum asked for; above 1, more than the minimum.",
        ),
        "ratio", 3, LOWERS,
    ),
    _CARD.feature(
        "paid_per_drawn",
        ratio(_PAID.sum(), _DRAWN.sum()),
        Words("Remboursements de carte rapportés aux dépenses", "Card repayments compared with spending"),
        Words(
            "Tout ce que vous avez remboursé, divisé par tout ce que vous avez dépensé avec nos cartes.",
            "All that you have repaid, divided by all that you have spent with our cards.",
        ),
        "ratio", 3, LOWERS,
    ),
    _CARD.feature(
        "balance_now",
        nw.when(nw.when(_NOW).then(nw.lit(1)).count() > 0).then(total_where(_NOW, _BALANCE)),
        Words("Somme due aujourd'hui sur nos cartes", "Sum owed today on our cards"),
        Words("Ce qui est dû au dernier relevé de vos cartes.", "What is owed on the last statement of your cards."),
        "amount", 0, RAISES,
    ),
    _CARD.feature(
        "use_now",
        ratio(total_where(_NOW, _BALANCE), total_where(_NOW, _LIMIT)),
        Words("Part utilisée aujourd'hui du plafond de nos cartes", "Use today of the limit of our cards"),
        Words(
            "La somme due au dernier relevé, divisée par le plafond de vos cartes.",
            "The sum owed on the last statement, divided by the limit of your cards.",
        ),
        "share", 3, RAISES,
    ),
    _CARD.feature(
        "months_since_first",
        -_MONTH.min(),
        Words("Temps depuis le premier relevé de carte chez nous", "Time since the first card statement with us"),
        Words(
            "Combien de mois se sont écoulés depuis votre premier relevé de carte.",
            "How many months have passed since your first card statement.",
        ),
        "months", 0, FREE,
    ),
    _CARD.feature(
        "months_since_used",
        -nw.when(_DRAWN > 0).then(_MONTH).max(),
        Words("Temps depuis la dernière dépense par carte chez nous", "Time since the last spending by card with us"),
        Words(
            "Combien de mois se sont écoulés depuis votre dernière dépense avec nos cartes.",
            "How many months have passed since you last spent with our cards.",
        ),
        "months", 0, LOWERS,
    ),
)  # fmt: skip
"""In the order in which they are shown."""
