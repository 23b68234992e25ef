"""Features of credits with other lenders, as the credit bureau reports them on the application day."""

import narwhals as nw

from scoring.data.features.aggregates import History, number_of, share_of, total_where
from scoring.data.features.declaration import Direction, Feature
from scoring.data.features.ratios import months_ago, ratio, years_ago
from scoring.data.features.wording import Quantity, Rows
from scoring.i18n import Words

RAISES, LOWERS, FREE = Direction.RAISES, Direction.LOWERS, Direction.FREE

_BUREAU = History(
    table="bureau",
    prefix="bureau",
    group="history_elsewhere",
    according=Words("d'après le fichier des crédits", "as reported by the credit bureau"),
)

_DAYS = nw.col("DAYS_CREDIT")
_AMOUNT, _DEBT = nw.col("AMT_CREDIT_SUM"), nw.col("AMT_CREDIT_SUM_DEBT")
_OVERDUE, _WORST = nw.col("AMT_CREDIT_SUM_OVERDUE"), nw.col("AMT_CREDIT_MAX_OVERDUE")
_STATE, _TYPE = nw.col("CREDIT_ACTIVE"), nw.col("CREDIT_TYPE")
_ACTIVE, _CARD = _STATE == "Active", _TYPE == "Credit card"

ALL = Rows("", "crédits ailleurs", "loans elsewhere")
ACTIVE = Rows("active", "crédits en cours ailleurs", "running loans elsewhere", (_ACTIVE,))
CLOSED = Rows("closed", "crédits terminés ailleurs", "finished loans elsewhere", (_STATE == "Closed",))
_TROUBLED = Rows(
    "sold",
    "crédits cédés ou irrécouvrables ailleurs",
    "sold or bad loans elsewhere",
    (_STATE.is_in(["Sold", "Bad debt"]),),
)
_TYPES = (
    Rows(
        "consumer",
        "crédits à la consommation ailleurs",
        "consumer loans elsewhere",
        (_TYPE == "Consumer credit",),
    ),
    Rows("card", "cartes de crédit ailleurs", "credit cards elsewhere", (_CARD,)),
    Rows(
        "mortgage",
        "crédits immobiliers ailleurs",
        "mortgages elsewhere",
        (_TYPE.is_in(["Mortgage", "Real estate loan"]),),
    ),
    Rows("car", "crédits automobiles ailleurs", "car loans elsewhere", (_TYPE == "Car loan",)),
    Rows("micro", "microcrédits ailleurs", "microloans elsewhere", (_TYPE == "Microloan",)),
)
_ACTIVE_CARDS = Rows(
    "active_card",
    "cartes de crédit en cours ailleurs",
    "running credit cards elsewhere",
    (_ACTIVE, _CARD),
)
_ACTIVE_CONSUMER = Rows(
    "active_consumer",
    "crédits à la consommation en cours ailleurs",
    "running consumer loans elsewhere",
    (_ACTIVE, _TYPE == "Consumer credit"),
)
_OPENED = Rows("opened", "crédits ouverts ailleurs", "loans opened elsewhere")
_LAST_YEAR, _LAST_TWO = _OPENED.within(12, _DAYS >= -365), _OPENED.within(24, _DAYS >= -730)

_AMOUNT_LENT = Quantity(
    "amount", _AMOUNT, "montant", False, "amount",
    Words("le montant emprunté", "the amount borrowed"), "amount",
)  # fmt: skip
_DEBT_LEFT = Quantity(
    "debt", _DEBT, "dette restante", True, "remaining debt",
    Words("ce qu'il reste à rembourser", "what is left to repay"), "amount",
)  # fmt: skip
_OVERDUE_NOW = Quantity(
    "overdue", _OVERDUE, "somme en retard", True, "overdue sum",
    Words("ce qui aurait déjà dû être remboursé", "what should already have been repaid"), "amount",
    always_known=True,
)  # fmt: skip
_OVERDUE_WORST = Quantity(
    "worst_overdue", _WORST, "impayé passé", False, "past overdue sum",
    Words(
        "la plus grosse somme en retard qu'un crédit ait connue", "the largest overdue sum that a loan ever had"
    ),
    "amount",
)  # fmt: skip
_LATE_DAYS = Quantity(
    "late_days", nw.col("CREDIT_DAY_OVERDUE"), "retard", False, "delay",
    Words("le retard de paiement à ce jour", "the present delay in payment"), "days", 1, always_known=True,
)  # fmt: skip
_AGE = Quantity(
    "age", years_ago(_DAYS), "ancienneté", True, "time since opening",
    Words("le temps depuis l'ouverture du crédit", "the time since the loan was opened"), "years", 2,
)  # fmt: skip
_LEFT = Quantity(
    "months_left", -months_ago(nw.col("DAYS_CREDIT_ENDDATE")), "durée restante", True, "remaining time",
    Words("le temps jusqu'à la fin prévue du crédit", "the time until the planned end of the loan"), "months", 1,
)  # fmt: skip
_UPDATE = Quantity(
    "update_age", -nw.col("DAYS_CREDIT_UPDATE"), "délai de mise à jour", False, "time since update",
    Words("le temps depuis la dernière information reçue", "the time since the last information came"), "days", 0,
)  # fmt: skip
_LIMIT = Quantity(
    "limit", nw.col("AMT_CREDIT_SUM_LIMIT"), "plafond", False, "limit",
    Words("le plafond de la carte", "the limit of the card"), "amount",
)  # fmt: skip
_INSTALMENT = Quantity(
    "annuity", nw.col("AMT_ANNUITY"), "mensualité", True, "monthly payment",
    Words("la mensualité déclarée", "the reported monthly payment"), "amount",
)  # fmt: skip
_PROLONGED = Quantity(
    "prolonged", nw.col("CNT_CREDIT_PROLONG"), "nombre ~ de prolongations", False, "number of extensions",
    Words("combien de fois un crédit a été prolongé", "how many times a loan was extended"), "count", 2,
    always_known=True,
)  # fmt: skip

_COUNTS = (
    _BUREAU.count(ALL),
    _BUREAU.count(ACTIVE, RAISES),
    _BUREAU.count(CLOSED, LOWERS),
    _BUREAU.count(_TROUBLED),
    *(_BUREAU.count(rows) for rows in _TYPES),
    _BUREAU.count(_ACTIVE_CARDS),
    _BUREAU.count(_ACTIVE_CONSUMER, RAISES),
    _BUREAU.count(_LAST_YEAR, RAISES),
    _BUREAU.count(_LAST_TWO, RAISES),
)
_SHARES = (
    _BUREAU.share("active", _ACTIVE, ALL, Words("sont en cours", "are running"), RAISES),
    _BUREAU.share("card", _CARD, ALL, Words("sont des cartes", "are cards")),
    _BUREAU.share("overdue_ever", _WORST > 0, ALL, Words("ont connu un retard", "were once overdue"), RAISES),
    _BUREAU.share("recent", _DAYS >= -365, ALL, Words("ont moins d'un an", "are less than a year old"), RAISES),
    _BUREAU.share("long", _DAYS < -1826, ALL, Words("ont plus de cinq ans", "are more than five years old"), LOWERS),
)
_AMOUNTS = (
    *_BUREAU.statistics(_AMOUNT_LENT, ALL, {"mean": FREE, "max": FREE, "min": FREE, "sum": FREE}),
    *_BUREAU.statistics(_AMOUNT_LENT, ACTIVE, {"mean": FREE, "max": FREE, "sum": FREE}),
    *_BUREAU.statistics(_AMOUNT_LENT, CLOSED, {"mean": FREE, "sum": FREE}),
    *_BUREAU.statistics(_AMOUNT_LENT, _LAST_YEAR, {"sum": FREE}),
    *_BUREAU.statistics(_DEBT_LEFT, ACTIVE, {"mean": FREE, "max": FREE, "sum": FREE}),
    *_BUREAU.statistics(_DEBT_LEFT, _ACTIVE_CARDS, {"sum": RAISES}),
    *_BUREAU.statistics(_DEBT_LEFT, _ACTIVE_CONSUMER, {"sum": FREE}),
    *_BUREAU.statistics(_OVERDUE_NOW, ALL, {"max": RAISES, "sum": RAISES}),
    *_BUREAU.statistics(_OVERDUE_WORST, ALL, {"mean": RAISES, "max": RAISES, "sum": RAISES}),
    *_BUREAU.statistics(_LIMIT, _ACTIVE_CARDS, {"mean": FREE, "sum": FREE}),
    *_BUREAU.statistics(_INSTALMENT, ACTIVE, {"sum": FREE}),
)
_TIMES = (
    *_BUREAU.statistics(_LATE_DAYS, ALL, {"mean": RAISES, "max": RAISES}),
    *_BUREAU.statistics(_AGE, ALL, {"mean": LOWERS, "max": LOWERS, "min": LOWERS}),
    *_BUREAU.statistics(_AGE, ACTIVE, {"mean": LOWERS, "max": LOWERS, "min": LOWERS}),
    *_BUREAU.statistics(_LEFT, ACTIVE, {"mean": FREE, "max": FREE, "min": FREE}),
    *_BUREAU.statistics(_UPDATE, ALL, {"mean": FREE, "min": FREE}),
    *_BUREAU.statistics(_UPDATE, ACTIVE, {"mean": FREE}),
    *_BUREAU.statistics(_PROLONGED, ALL, {"sum": RAISES}),
)
_HANDMADE = (
    _BUREAU.feature(
        "active_debt_per_credit",
        ratio(total_where(_ACTIVE & ~_DEBT.is_null(), _DEBT), total_where(_ACTIVE & ~_DEBT.is_null(), _AMOUNT)),
        Words("Part encore due des crédits en cours ailleurs", "Share still owed of running loans elsewhere"),
        Words(
            "Ce qu'il reste à rembourser sur les crédits en cours ailleurs, divisé par les montants empruntés.",
            "What is left to repay on running loans elsewhere, divided by the amounts borrowed.",
        ),
        "share", 3, RAISES,
    ),
    _BUREAU.feature(
        "card_use",
        ratio(
            total_where(_ACTIVE & _CARD & ~_DEBT.is_null(), _DEBT),
            total_where(_ACTIVE & _CARD & ~_DEBT.is_null(), _AMOUNT),
        ),
        Words("Part utilisée des cartes de crédit ailleurs", "Use of credit cards elsewhere"),
        Words(
            "La dette des cartes en cours ailleurs, divisée par les montants accordés sur ces cartes.",
            "The debt on running cards elsewhere, divided by the amounts granted on them.",
        ),
        "share", 3, RAISES,
    ),
    _BUREAU.feature(
        "overdue_per_debt",
        ratio(_OVERDUE.sum(), _DEBT.sum()),
        Words("Part en retard de la dette ailleurs", "Overdue share of the debt elsewhere"),
        Words(
            "La somme en retard aujourd'hui, divisée par toute la dette ailleurs.",
            "The sum overdue today, divided by the whole debt elsewhere.",
        ),
        "share", 3, RAISES,
    ),
    _BUREAU.feature(
        "repaid_early_share",
        ratio(
            number_of(nw.col("DAYS_ENDDATE_FACT") < nw.col("DAYS_CREDIT_ENDDATE") - 30),
            number_of(~nw.col("DAYS_ENDDATE_FACT").is_null() & ~nw.col("DAYS_CREDIT_ENDDATE").is_null()),
        ),
        Words("Part des crédits d'ailleurs soldés en avance", "Share of loans elsewhere repaid early"),
        Words(
            "Sur 100 crédits terminés ailleurs, combien l'ont été plus d'un mois avant la date prévue.",
            "Of 100 finished loans elsewhere, how many ended more than a month before the planned date.",
        ),
        "share", 3,
    ),
    _BUREAU.feature(
        "years_since_last_closed",
        years_ago(nw.col("DAYS_ENDDATE_FACT").max()),
        Words("Temps depuis le dernier crédit soldé ailleurs", "Time since a loan elsewhere was last paid off"),
        Words(
            "Depuis quand votre dernier crédit soldé ailleurs est terminé.",
            "How long ago your last finished loan with another lender ended.",
        ),
        "years", 2,
    ),
    _BUREAU.feature(
        "type_count",
        _TYPE.n_unique(),
        Words("Nombre de types de crédits ailleurs", "Number of types of loans elsewhere"),
        Words(
            "Combien de sortes de crédits vous avez eues ailleurs, par exemple carte et automobile.",
            "How many kinds of loans you have had elsewhere, for instance card and car.",
        ),
        "count", 0, FREE, 0.0,
    ),
    _BUREAU.feature(
        "with_limit_share",
        share_of(nw.col("AMT_CREDIT_SUM_LIMIT") > 0),
        Words("Part des crédits d'ailleurs avec un plafond", "Share of loans elsewhere with a limit"),
        Words(
            "Sur 100 crédits ailleurs, combien ont un plafond déclaré.",
            "Of 100 loans elsewhere, how many have a reported limit.",
        ),
        "share", 3,
    ),
)  # fmt: skip

FEATURES: tuple[Feature, ...] = (*_COUNTS, *_SHARES, *_AMOUNTS, *_TIMES, *_HANDMADE)
"""In the order in which they are shown."""
