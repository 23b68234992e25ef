"""Features of instalments due to us and of what was paid for them.

An instalment paid in several parts has a row for each part. `instalments` adds the parts up first, so that a part is
not taken for a shortfall.
"""

from dataclasses import replace

import narwhals as nw

from scoring.data.features.aggregates import History, share_of, total_where
from scoring.data.features.declaration import Direction, Feature
from scoring.data.features.ratios import one_if, ratio
from scoring.data.features.wording import Quantity, Rows
from scoring.data.tables.column_types import ID_COLUMN
from scoring.i18n import Words

RAISES, LOWERS, FREE = Direction.RAISES, Direction.LOWERS, Direction.FREE

_PAID_HERE = History(
    table="installments_payments",
    prefix="installments",
    group="history_here",
    according=Words("d'après nos relevés de paiement", "by our payment records"),
)


def instalments(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Put together the rows of each instalment.

    Parameters
    ----------
    rows
        installments_payments, one row a payment.

    Returns
    -------
    narwhals.LazyFrame
        One row an instalment: SK_ID_CURR, SK_ID_PREV, DAYS_INSTALMENT (its due day), DUE and PAID (amounts), LATE and
        EARLY (days of the last payment after and before the due day, 0 or more, missing while nothing is paid).
    """
    keys = (ID_COLUMN, "SK_ID_PREV", "NUM_INSTALMENT_VERSION", "NUM_INSTALMENT_NUMBER", "DAYS_INSTALMENT")
    last_day = nw.col("DAYS_ENTRY_PAYMENT").max()
    together = rows.group_by(*keys).agg(
        nw.col("AMT_INSTALMENT").max().alias("DUE"),
        nw.col("AMT_PAYMENT").sum().alias("PAID"),
        last_day.alias("LAST_DAY"),
        nw.len().alias("PARTS"),
    )
    delay = nw.col("LAST_DAY") - nw.col("DAYS_INSTALMENT")
    return together.with_columns(
        nw.when(delay > 0).then(delay).when(delay <= 0).then(nw.lit(0.0)).alias("LATE"),
        nw.when(delay < 0).then(-delay).when(delay >= 0).then(nw.lit(0.0)).alias("EARLY"),
        nw.when(nw.col("PAID") < nw.col("DUE") - 0.01)
        .then(nw.col("DUE") - nw.col("PAID"))
        .otherwise(nw.lit(0.0))
        .alias("SHORT"),
    )


_DAY, _DUE, _PAID = nw.col("DAYS_INSTALMENT"), nw.col("DUE"), nw.col("PAID")
_LATE_DAYS, _EARLY_DAYS, _SHORT = nw.col("LATE"), nw.col("EARLY"), nw.col("SHORT")
_LATE, _LATE_WEEK, _LATE_MONTH = _LATE_DAYS > 0, _LATE_DAYS > 7, _LATE_DAYS > 30
_IS_SHORT, _CARD = _SHORT > 0, nw.col("NUM_INSTALMENT_VERSION") == 0
_LAST_YEAR, _LAST_TWO, _LAST_QUARTER = _DAY >= -365, _DAY >= -730, _DAY >= -91

_ALL = Rows("", "échéances chez nous", "instalments with us")
_YEAR, _TWO_YEARS = _ALL.within(12, _LAST_YEAR), _ALL.within(24, _LAST_TWO)
_QUARTER = _ALL.within(3, _LAST_QUARTER)
_LATE_ROWS = Rows("late", "échéances payées en retard chez nous", "instalments paid late with us", (_LATE,))
_LATE_MONTH_ROWS = Rows(
    "very_late",
    "échéances payées avec plus de 30 jours de retard chez nous",
    "instalments paid more than 30 days late with us",
    (_LATE_MONTH,),
)
_SHORT_ROWS = Rows(
    "short", "échéances incomplètement payées chez nous", "instalments not fully paid with us", (_IS_SHORT,)
)
_LATENESS = Quantity(
    "late_days", _LATE_DAYS, "retard", False, "delay",
    Words("le retard d'un paiement, 0 s'il est à l'heure", "the delay of a payment, 0 if it is on time"), "days", 2,
)  # fmt: skip
_ADVANCE = Quantity(
    "early_days", _EARLY_DAYS, "avance", True, "lead",
    Words("l'avance d'un paiement sur sa date, 0 sinon", "how much before its date a payment came, else 0"), "days", 2,
)  # fmt: skip
_SHORTFALL = Quantity(
    "shortfall", _SHORT, "somme manquante", True, "missing sum",
    Words("ce qui manque au paiement d'une échéance", "what is missing in the payment of an instalment"), "amount",
    always_known=True,
)  # fmt: skip
_AMOUNT_DUE = Quantity(
    "due", _DUE, "montant", False, "amount",
    Words("le montant dû à une échéance", "the amount due at an instalment"), "amount", always_known=True,
)  # fmt: skip
_AMOUNT_PAID = Quantity(
    "paid", _PAID, "paiement", False, "payment",
    Words("le montant payé à une échéance", "the amount paid at an instalment"), "amount", always_known=True,
)  # fmt: skip
_LATE_SHARE = Quantity(
    "late_share", one_if(_LATE), "part ~ des paiements en retard", True, "share of late payments",
    Words("la part des paiements en retard", "the share of late payments"), "share", 3,
)  # fmt: skip
_WAS_LATE = Words("ont été payées en retard", "were paid late")
_WAS_SHORT = Words("n'ont pas été payées en entier", "were not paid in full")

FEATURES: tuple[Feature, ...] = (
    _PAID_HERE.count(_ALL, FREE),
    _PAID_HERE.count(_YEAR, FREE),
    _PAID_HERE.count(_LATE_ROWS, RAISES),
    _PAID_HERE.count(_LATE_ROWS.within(12, _LAST_YEAR), RAISES),
    _PAID_HERE.count(_LATE_MONTH_ROWS, RAISES),
    _PAID_HERE.count(_SHORT_ROWS, RAISES),
    _PAID_HERE.count(_SHORT_ROWS.within(12, _LAST_YEAR), RAISES),
    _PAID_HERE.share("late", _LATE, _ALL, _WAS_LATE, RAISES),
    _PAID_HERE.share("late", _LATE, _YEAR, _WAS_LATE, RAISES),
    _PAID_HERE.share("late", _LATE, _TWO_YEARS, _WAS_LATE, RAISES),
    _PAID_HERE.share(
        "week_late", _LATE_WEEK, _ALL,
        Words("ont eu plus de 7 jours de retard", "were more than 7 days late"), RAISES,
    ),
    _PAID_HERE.share(
        "very_late", _LATE_MONTH, _ALL,
        Words("ont eu plus de 30 jours de retard", "were more than 30 days late"), RAISES,
    ),
    _PAID_HERE.share("short", _IS_SHORT, _ALL, _WAS_SHORT, RAISES),
    _PAID_HERE.share("short", _IS_SHORT, _YEAR, _WAS_SHORT, RAISES),
    _PAID_HERE.share(
        "in_parts", nw.col("PARTS") > 1, _ALL,
        Words("ont été payées en plusieurs fois", "were paid in several parts"), FREE,
    ),
    _PAID_HERE.share("card", _CARD, _ALL, Words("sont celles d'une carte", "belong to a card"), FREE),
    *_PAID_HERE.statistics(_LATENESS, _ALL, {"mean": RAISES, "max": RAISES}),
    *_PAID_HERE.statistics(_LATENESS, _YEAR, {"mean": RAISES, "max": RAISES}),
    *_PAID_HERE.statistics(_LATENESS, _TWO_YEARS, {"mean": RAISES, "max": RAISES}),
    *_PAID_HERE.statistics(_LATENESS, _QUARTER, {"mean": RAISES}),
    *_PAID_HERE.statistics(_ADVANCE, _ALL, {"mean": LOWERS, "max": FREE, "min": LOWERS}),
    *_PAID_HERE.statistics(_ADVANCE, _YEAR, {"mean": LOWERS}),
    *_PAID_HERE.statistics(_SHORTFALL, _ALL, {"mean": RAISES, "max": RAISES, "sum": RAISES}),
    *_PAID_HERE.statistics(_SHORTFALL, _YEAR, {"sum": RAISES}),
    *_PAID_HERE.statistics(_AMOUNT_DUE, _ALL, {"mean": FREE, "max": FREE, "sum": FREE}),
    *_PAID_HERE.statistics(_AMOUNT_DUE, _YEAR, {"mean": FREE, "sum": FREE}),
    *_PAID_HERE.statistics(_AMOUNT_PAID, _ALL, {"mean": FREE, "max": FREE, "min": FREE, "sum": FREE}),
    *_PAID_HERE.statistics(_AMOUNT_PAID, _YEAR, {"sum": FREE}),
    _PAID_HERE.trend(
        replace(_LATENESS, fr="retard de paiement chez nous", en="delay of payment with us"), _LAST_YEAR, 12, RAISES
    ),
    _PAID_HERE.trend(
        replace(_LATE_SHARE, fr="part des paiements en retard chez nous", en="share of late payments to us"),
        _LAST_YEAR, 12, RAISES,
    ),
    _PAID_HERE.trend(
        replace(_AMOUNT_DUE, fr="montant des échéances chez nous", en="amount of instalments with us"),
        _LAST_YEAR, 12, FREE,
    ),
    _PAID_HERE.feature(
        "paid_per_due",
        ratio(_PAID.sum(), _DUE.sum()),
        Words("Part payée de tout ce qui était dû chez nous", "Share paid of all that was due to us"),
        Words("Tout ce que vous avez payé, divisé par ce qui était dû.", "All that you paid, divided by what was due."),
        "share", 3, LOWERS,
    ),
    _PAID_HERE.feature(
        "paid_per_due_12m",
        ratio(total_where(_LAST_YEAR, _PAID), total_where(_LAST_YEAR, _DUE)),
        Words(
            "Part payée de ce qui était dû chez nous sur les 12 derniers mois",
            "Share paid of what was due to us in the last 12 months",
        ),
        Words(
            "Ce que vous avez payé depuis un an, divisé par ce qui était dû.",
            "What you paid in the last year, divided by what was due.",
        ),
        "share", 3, LOWERS,
    ),
    _PAID_HERE.feature(
        "unpaid_share",
        share_of(_PAID <= 0),
        Words("Part des échéances chez nous restées impayées", "Share of instalments with us left unpaid"),
        Words(
            "Sur 100 échéances chez nous, combien n'ont reçu aucun paiement.",
            "Of 100 instalments with us, how many received no payment.",
        ),
        "share", 3, RAISES,
    ),
    _PAID_HERE.feature(
        "contract_count",
        nw.col("SK_ID_PREV").n_unique(),
        Words("Nombre de crédits remboursés ou à rembourser chez nous", "Number of loans with instalments with us"),
        Words("Combien de vos crédits ici ont des échéances.", "How many of your loans with us have instalments."),
        "count", 0, FREE, 0.0,
    ),
    _PAID_HERE.feature(
        "days_since_last_due",
        -_DAY.max(),
        Words("Délai depuis la dernière échéance chez nous", "Time since the last instalment with us"),
        Words(
            "Combien de jours se sont écoulés depuis votre dernière échéance chez nous.",
            "How many days have passed since your last instalment with us.",
        ),
        "days", 0, FREE,
    ),
    _PAID_HERE.feature(
        "days_since_late",
        -nw.when(_LATE).then(_DAY).max(),
        Words("Délai depuis le dernier paiement en retard chez nous", "Time since the last late payment to us"),
        Words(
            "Combien de jours se sont écoulés depuis l'échéance de votre dernier paiement en retard.",
            "How many days have passed since the due day of your last late payment.",
        ),
        "days", 0, LOWERS,
    ),
)  # fmt: skip
"""In the order in which they are shown."""
