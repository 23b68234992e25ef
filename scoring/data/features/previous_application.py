"""Features of earlier applications for credit with us: decisions, amounts, products, what became of them."""

import narwhals as nw

from scoring.data.features.aggregates import History, total_where
from scoring.data.features.declaration import Direction, Feature
from scoring.data.features.ratios import ratio, years_ago
from scoring.data.features.wording import Quantity, Rows
from scoring.i18n import Words

RAISES, LOWERS, FREE = Direction.RAISES, Direction.LOWERS, Direction.FREE

_HERE = History(
    table="previous_application",
    prefix="previous",
    group="history_here",
    according=Words("d'après nos dossiers", "by our records"),
)
_STATUS, _TYPE, _DAYS = nw.col("NAME_CONTRACT_STATUS"), nw.col("NAME_CONTRACT_TYPE"), nw.col("DAYS_DECISION")
_APPROVED, _CANCELLED = _STATUS == "Approved", _STATUS == "Canceled"
_AGAIN = nw.col("ENTERED_AGAIN") == 1
# An entry that another of the same contract or day replaced was no refusal of the client.
_REFUSED = (_STATUS == "Refused") & ~_AGAIN
_ASKED, _GRANTED, _ANNUITY = nw.col("AMT_APPLICATION"), nw.col("AMT_CREDIT"), nw.col("AMT_ANNUITY")
_YIELD = nw.col("NAME_YIELD_GROUP")
_RUNNING = _APPROVED & (nw.col("DAYS_TERMINATION_NONE") == 1)

_ALL = Rows("", "demandes passées chez nous", "past applications with us")
_ACCEPTED = Rows("approved", "demandes passées acceptées chez nous", "approved past applications with us", (_APPROVED,))
_DECLINED = Rows("refused", "demandes passées refusées chez nous", "refused past applications with us", (_REFUSED,))
_DROPPED = Rows(
    "cancelled", "demandes passées annulées chez nous", "cancelled past applications with us", (_CANCELLED,)
)
_REPEATED = Rows(
    "repeated",
    "demandes passées saisies plusieurs fois chez nous",
    "past applications with us entered again",
    (_AGAIN,),
)
_UNUSED = Rows("unused", "offres non utilisées chez nous", "unused offers from us", (_STATUS == "Unused offer",))
_CASH = Rows(
    "cash", "demandes passées de crédit en espèces", "past applications for cash loans", (_TYPE == "Cash loans",)
)
_CONSUMER = Rows(
    "consumer",
    "demandes passées de crédit pour un achat",
    "past applications for purchase loans",
    (_TYPE == "Consumer loans",),
)
_REVOLVING = Rows(
    "revolving",
    "demandes passées de crédit renouvelable",
    "past applications for revolving credit",
    (_TYPE == "Revolving loans",),
)
_OPEN = Rows("running", "crédits en cours chez nous", "running loans with us", (_RUNNING,))


def _year(rows: Rows) -> Rows:
    return rows.within(12, _DAYS >= -365)


def _two_years(rows: Rows) -> Rows:
    return rows.within(24, _DAYS >= -730)


_AMOUNT_ASKED = Quantity(
    "asked", _ASKED, "montant demandé", False, "requested amount",
    Words("le montant que vous aviez demandé", "the amount that you had asked for"), "amount", always_known=True,
)  # fmt: skip
_AMOUNT_GRANTED = Quantity(
    "granted", _GRANTED, "montant accordé", False, "granted amount",
    Words("le montant accordé", "the amount granted"), "amount",
)  # fmt: skip
_PAYMENT = Quantity(
    "annuity", _ANNUITY, "mensualité", True, "monthly payment",
    Words("la mensualité du crédit", "the monthly payment of the loan"), "amount",
)  # fmt: skip
_DOWN = Quantity(
    "down_payment_share", nw.col("RATE_DOWN_PAYMENT"), "part ~ d'apport", True, "share paid up front",
    Words("la part du prix payée d'avance", "the share of the price paid up front"), "share", 3,
)  # fmt: skip
_DOWN_AMOUNT = Quantity(
    "down_payment", nw.col("AMT_DOWN_PAYMENT"), "apport", False, "down payment",
    Words("la somme payée d'avance", "the sum paid up front"), "amount",
)  # fmt: skip
_PAYMENTS = Quantity(
    "payments", nw.col("CNT_PAYMENT"), "nombre ~ de mensualités", False, "number of payments",
    Words("la durée du crédit en mensualités", "the length of the loan in monthly payments"), "payments", 1,
)  # fmt: skip
_GOODS = Quantity(
    "goods_price", nw.col("AMT_GOODS_PRICE"), "prix ~ du bien", False, "price of goods",
    Words("le prix du bien financé", "the price of the goods financed"), "amount",
)  # fmt: skip
_AGE = Quantity(
    "age", years_ago(_DAYS), "ancienneté", True, "time since decision",
    Words("le temps depuis notre décision", "the time since our decision"), "years", 2,
)  # fmt: skip
_GAP = Quantity(
    "granted_per_asked", ratio(_GRANTED, _ASKED), "rapport accordé/demandé", False,
    "granted-to-asked ratio",
    Words("le montant accordé, divisé par le montant demandé", "the amount granted, divided by the amount asked for"),
    "ratio", 3,
)  # fmt: skip
_COST = Quantity(
    "paid_per_credit", ratio(_ANNUITY * nw.col("CNT_PAYMENT"), _GRANTED), "coût relatif", False, "relative cost",
    Words("tout ce qui est à payer, divisé par le montant accordé", "all that is to be paid, divided by the loan"),
    "ratio", 3,
)  # fmt: skip

_REFUSED_WORDS = Words("ont été refusées", "were refused")
_COUNTS = (
    _HERE.count(_ALL),
    _HERE.count(_year(_ALL), RAISES),
    _HERE.count(_ACCEPTED, LOWERS),
    _HERE.count(_year(_ACCEPTED)),
    _HERE.count(_DECLINED, RAISES),
    _HERE.count(_year(_DECLINED), RAISES),
    _HERE.count(_two_years(_DECLINED), RAISES),
    _HERE.count(_REPEATED),
    _HERE.count(_DROPPED),
    _HERE.count(_UNUSED),
    _HERE.count(_CASH),
    _HERE.count(_CONSUMER),
    _HERE.count(_REVOLVING),
    _HERE.count(_OPEN),
)
_SHARES = (
    _HERE.share("refused", _REFUSED, _ALL, _REFUSED_WORDS, RAISES),
    _HERE.share("refused", _REFUSED, _year(_ALL), _REFUSED_WORDS, RAISES),
    _HERE.share("refused", _REFUSED, _two_years(_ALL), _REFUSED_WORDS, RAISES),
    _HERE.share("approved", _APPROVED, _ALL, Words("ont été acceptées", "were approved"), LOWERS),
    _HERE.share("cancelled", _CANCELLED, _ALL, Words("ont été annulées", "were cancelled")),
    _HERE.share("refused", _REFUSED, _CASH, _REFUSED_WORDS, RAISES),
    _HERE.share("refused", _REFUSED, _CONSUMER, _REFUSED_WORDS, RAISES),
    _HERE.share(
        "high_rate", _YIELD == "high", _ACCEPTED, Words("portaient un taux élevé", "had a high interest rate"), RAISES
    ),
    _HERE.share(
        "low_rate", _YIELD.is_in(["low_action", "low_normal"]), _ACCEPTED,
        Words("portaient un taux bas", "had a low interest rate"), LOWERS,
    ),
    _HERE.share(
        "insured", nw.col("NFLAG_INSURED_ON_APPROVAL") == 1, _ACCEPTED,
        Words("étaient assurées", "were insured"),
    ),
    _HERE.share(
        "as_new_client", nw.col("NAME_CLIENT_TYPE") == "New", _ALL,
        Words("étaient celles d'un nouveau client", "were those of a new client"), RAISES,
    ),
    _HERE.share(
        "in_branch", nw.col("CHANNEL_TYPE") == "Credit and cash offices", _ALL,
        Words("ont été faites en agence", "were made at a branch"),
    ),
    _HERE.share(
        "offered", nw.col("NAME_PRODUCT_TYPE") == "x-sell", _ALL,
        Words("répondaient à une de nos offres", "answered one of our offers"),
    ),
    _HERE.share(
        "walk_in", nw.col("NAME_PRODUCT_TYPE") == "walk-in", _ALL,
        Words("venaient sans offre préalable", "came without an offer before"), RAISES,
    ),
)  # fmt: skip
_AMOUNTS = (
    *_HERE.statistics(_AMOUNT_ASKED, _ALL, {"mean": FREE, "max": FREE, "min": FREE}),
    *_HERE.statistics(_AMOUNT_ASKED, _DECLINED, {"mean": FREE, "max": FREE}),
    *_HERE.statistics(_AMOUNT_GRANTED, _ACCEPTED, {"mean": FREE, "max": FREE, "min": FREE, "sum": FREE}),
    *_HERE.statistics(_AMOUNT_GRANTED, _year(_ACCEPTED), {"sum": FREE}),
    *_HERE.statistics(_PAYMENT, _ACCEPTED, {"mean": LOWERS, "max": LOWERS, "min": FREE}),
    *_HERE.statistics(_PAYMENT, _OPEN, {"sum": FREE}),
    *_HERE.statistics(_DOWN, _ACCEPTED, {"mean": LOWERS, "max": LOWERS}),
    *_HERE.statistics(_DOWN_AMOUNT, _ACCEPTED, {"mean": LOWERS, "sum": LOWERS}),
    *_HERE.statistics(_GOODS, _CONSUMER, {"mean": FREE, "max": FREE}),
    *_HERE.statistics(_GAP, _ACCEPTED, {"mean": FREE, "min": FREE, "max": FREE}),
    *_HERE.statistics(_COST, _ACCEPTED, {"mean": RAISES, "max": RAISES}),
)
_TIMES = (
    *_HERE.statistics(_PAYMENTS, _ACCEPTED, {"mean": FREE, "max": FREE}),
    *_HERE.statistics(_PAYMENTS, _OPEN, {"max": FREE}),
    *_HERE.statistics(_AGE, _ALL, {"mean": LOWERS, "max": LOWERS, "min": LOWERS}),
    *_HERE.statistics(_AGE, _ACCEPTED, {"min": FREE, "max": LOWERS}),
    *_HERE.statistics(_AGE, _DECLINED, {"min": LOWERS}),
)
_HANDMADE = (
    _HERE.feature(
        "granted_total_per_asked",
        ratio(total_where(_APPROVED, _GRANTED), _ASKED.sum()),
        Words("Part accordée de tout ce qui a été demandé chez nous", "Share granted of all that was asked of us"),
        Words(
            "Le total accordé par le passé, divisé par le total demandé.",
            "The total granted in the past, divided by the total asked for.",
        ),
        "share", 3, FREE,
    ),
    _HERE.feature(
        "running_share_of_granted",
        ratio(total_where(_RUNNING, _GRANTED), total_where(_APPROVED, _GRANTED)),
        Words("Part encore en cours des montants accordés chez nous", "Share of the amounts granted still running"),
        Words(
            "Les montants de vos crédits en cours chez nous, divisés par tout ce qui a été accordé.",
            "The amounts of your running loans with us, divided by all that was granted.",
        ),
        "share", 3, FREE,
    ),
    _HERE.feature(
        "years_since_last_due",
        years_ago(nw.col("DAYS_LAST_DUE").max()),
        Words("Temps depuis la dernière échéance chez nous", "Time since the last payment due to us"),
        Words(
            "Depuis quand votre dernière échéance passée chez nous est échue.",
            "How long ago your last past payment to us fell due.",
        ),
        "years", 2, FREE,
    ),
    _HERE.feature(
        "years_since_first_due",
        years_ago(nw.col("DAYS_FIRST_DUE").min()),
        Words("Temps depuis la première échéance chez nous", "Time since the first payment due to us"),
        Words(
            "Depuis quand vous remboursez, ou avez remboursé, un crédit chez nous.",
            "How long you have been repaying, or have repaid, a loan with us.",
        ),
        "years", 2, LOWERS,
    ),
    *(
        _HERE.count(
            Rows(
                f"refused_{code.lower()}",
                f"refus passés chez nous (motif {code})",
                f"past refusals by us (reason {code})",
                (nw.col("CODE_REJECT_REASON") == code, ~_AGAIN),
            ),
            RAISES,
        )
        for code in ("HC", "LIMIT", "SCO")  # what the codes stand for is not published: no cause is invented
    ),
)  # fmt: skip

FEATURES: tuple[Feature, ...] = (*_COUNTS, *_SHARES, *_AMOUNTS, *_TIMES, *_HANDMADE)
"""In the order in which they are shown."""
