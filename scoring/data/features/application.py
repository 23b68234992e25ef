"""Features of the application itself: income and job, credit asked for, external scores, enquiries.

What describes the person rather than the request stands in `situation`.
"""

from functools import reduce
from operator import add

import narwhals as nw

from scoring.data.features import levels
from scoring.data.features.declaration import APPLICATION, Direction, Feature, Unit
from scoring.data.features.levels import Levels
from scoring.data.features.ratios import one_if, ratio, years_ago_or_refused
from scoring.i18n import Words

RAISES, LOWERS, FREE = Direction.RAISES, Direction.LOWERS, Direction.FREE

INCOME, CREDIT = nw.col("AMT_INCOME_TOTAL"), nw.col("AMT_CREDIT")
ANNUITY, GOODS = nw.col("AMT_ANNUITY"), nw.col("AMT_GOODS_PRICE")
EXTERNAL = tuple(nw.col(f"EXT_SOURCE_{i}") for i in (1, 2, 3))


def own(
    name: str,
    expression: nw.Expr,
    group: str,
    unit: Unit,
    decimals: int,
    direction: Direction,
    label: Words,
    explanation: Words,
    *,
    actionable: bool = False,
    sensitive: bool = False,
    nothing: Words | None = None,
) -> Feature:
    """Declare a number of the application."""
    return Feature(
        name=name,
        table=APPLICATION,
        expression=expression,
        label=label,
        explanation=explanation,
        group=group,
        unit=unit,
        decimals=decimals,
        direction=direction,
        actionable=actionable,
        sensitive=sensitive,
        nothing=nothing,
    )


def coded(
    name: str,
    column: str,
    group: str,
    words: Levels,
    label: Words,
    explanation: Words,
    *,
    actionable: bool = False,
    sensitive: bool = False,
    nothing: Words | None = None,
) -> Feature:
    """Declare a category of the application: the codes of one raw column, worded by `levels`."""
    return Feature(
        name=name,
        table=APPLICATION,
        expression=nw.col(column),
        label=label,
        explanation=explanation,
        group=group,
        unit="category",
        decimals=0,
        direction=FREE,
        actionable=actionable,
        sensitive=sensitive,
        nothing=nothing,
        levels=words,
        source=column,
    )


INCOME_AND_JOB = (
    own(
        "income_total", INCOME, "income", "amount", 0, LOWERS,
        Words("Revenu déclaré", "Declared income"),
        Words("Le revenu que vous avez déclaré dans la demande.", "The income that you declared in the application."),
    ),
    own(
        "annuity_per_income", ratio(ANNUITY, INCOME), "income", "share", 3, RAISES,
        Words("Part de la mensualité dans le revenu", "Monthly payment as a share of income"),
        Words(
            "La mensualité du crédit demandé, divisée par le revenu déclaré.",
            "The monthly payment of the credit asked for, divided by the declared income.",
        ),
        actionable=True,
    ),
    own(
        "credit_per_income", ratio(CREDIT, INCOME), "income", "ratio", 2, RAISES,
        Words("Crédit demandé rapporté au revenu", "Credit asked for compared with income"),
        Words(
            "Le montant demandé, divisé par le revenu déclaré.",
            "The amount asked for, divided by the declared income.",
        ),
        actionable=True,
    ),
    own(
        "goods_per_income", ratio(GOODS, INCOME), "income", "ratio", 2, RAISES,
        Words("Prix du bien rapporté au revenu", "Price of the goods compared with income"),
        Words(
            "Le prix du bien à financer, divisé par le revenu déclaré.",
            "The price of the goods to be financed, divided by the declared income.",
        ),
        actionable=True,
    ),
    coded(
        "income_type", "NAME_INCOME_TYPE", "income", levels.INCOME_TYPES,
        Words("Source de revenu", "Source of income"),
        Words("D'où viennent vos revenus principaux.", "Where your main income comes from."),
    ),
    own(
        "years_employed", years_ago_or_refused("DAYS_EMPLOYED", ~nw.col("DAYS_EMPLOYED_NONE").is_null()),
        "income", "years", 2, LOWERS,
        Words("Durée dans l'emploi", "Time in job"),
        Words("Depuis quand vous avez votre emploi actuel.", "How long you have had your present job."),
        nothing=Words("aucun emploi en cours", "no present job"),
    ),
    own(
        "without_job", nw.col("DAYS_EMPLOYED_NONE"), "income", "yes_no", 0, FREE,
        Words("Sans emploi actuel", "Without a present job"),
        Words(
            "Aucun emploi en cours n'est indiqué, par exemple parce que vous êtes à la retraite.",
            "No present job is stated, for instance because you are retired.",
        ),
    ),
    coded(
        "occupation", "OCCUPATION_TYPE", "income", levels.OCCUPATIONS,
        Words("Profession", "Occupation"),
        Words("Le métier indiqué dans la demande.", "The occupation stated in the application."),
        nothing=Words("non précisée", "not stated"),
    ),
    coded(
        "employer_class", "ORGANIZATION_TYPE", "income", levels.ORGANIZATIONS,
        Words("Secteur de l'employeur", "Employer's sector"),
        Words(
            "Le secteur de votre employeur ; le score ne s'en sert pas.",
            "Your employer's sector; the score does not use it.",
        ),
        sensitive=True,
    ),
)  # fmt: skip

CREDIT_ASKED = (
    coded(
        "contract_type", "NAME_CONTRACT_TYPE", "credit_asked", levels.CONTRACT_TYPES,
        Words("Type de contrat", "Type of contract"),
        Words("Le type de crédit que vous demandez.", "The type of credit that you ask for."),
    ),
    own(
        "credit_amount", CREDIT, "credit_asked", "amount", 0, RAISES,
        Words("Montant demandé", "Amount asked for"),
        Words("Le montant du crédit que vous demandez.", "The amount of the credit that you ask for."),
        actionable=True,
    ),
    own(
        "annuity", ANNUITY, "credit_asked", "amount", 0, RAISES,
        Words("Mensualité", "Monthly payment"),
        Words("Ce que vous paieriez chaque mois.", "What you would pay every month."),
        actionable=True,
    ),
    own(
        "goods_price", GOODS, "credit_asked", "amount", 0, RAISES,
        Words("Prix du bien", "Price of the goods"),
        Words("Le prix du bien que le crédit doit financer.", "The price of the goods that the credit is for."),
        actionable=True,
    ),
    own(
        "credit_per_annuity", ratio(CREDIT, ANNUITY), "credit_asked", "payments", 1, FREE,
        Words("Crédit exprimé en mensualités", "Credit in monthly payments"),
        Words(
            "Le montant demandé, divisé par la mensualité : environ le nombre de mois pour rembourser.",
            "The amount asked for, divided by the monthly payment: about the number of months to repay.",
        ),
        actionable=True,
    ),
    own(
        "credit_per_goods", ratio(CREDIT, GOODS), "credit_asked", "ratio", 3, RAISES,
        Words("Crédit demandé rapporté au prix du bien", "Credit asked for compared with the price of the goods"),
        Words(
            "Le montant demandé, divisé par le prix du bien ; au-dessus de 1, le crédit dépasse le prix.",
            "The amount asked for, divided by the price of the goods; above 1, the credit exceeds the price.",
        ),
        actionable=True,
    ),
    own(
        "credit_above_goods", CREDIT - GOODS, "credit_asked", "amount", 0, RAISES,
        Words("Crédit au-delà du prix du bien", "Credit beyond the price of the goods"),
        Words(
            "Le montant demandé, moins le prix du bien : des frais ou une assurance, par exemple.",
            "The amount asked for, minus the price of the goods: fees or insurance, for instance.",
        ),
        actionable=True,
    ),
    own(
        "documents_given",
        nw.sum_horizontal(*(nw.col(f"FLAG_DOCUMENT_{i}") for i in range(2, 22))),
        "credit_asked", "count", 0, FREE,
        Words("Nombre de pièces fournies", "Number of documents provided"),
        Words("Combien de pièces accompagnent la demande.", "How many documents come with the application."),
        actionable=True,
    ),
    *(
        own(
            f"document_{i}", nw.col(f"FLAG_DOCUMENT_{i}"), "credit_asked", "yes_no", 0, FREE,
            Words(f"Pièce n° {i} fournie", f"Document no. {i} provided"),
            Words(
                f"Si la pièce n° {i} de notre liste accompagne la demande.",
                f"Whether document no. {i} of our list comes with the application.",
            ),
            actionable=True,
        )
        for i in (3, 6, 8)
    ),
)  # fmt: skip

_KNOWN = nw.sum_horizontal(*(one_if(~score.is_null()) for score in EXTERNAL))
_HIGHEST, _LOWEST = nw.max_horizontal(*EXTERNAL), nw.min_horizontal(*EXTERNAL)

EXTERNAL_SCORES = (
    *(
        own(
            f"ext_source_{i}", score, "external_scores", "score", 3, LOWERS,
            Words(f"Note d'un organisme extérieur (n° {i})", f"Score from an external bureau (no. {i})"),
            Words(
                "Une note entre 0 et 1 qu'un organisme extérieur nous transmet ; une note haute est favorable.",
                "A score between 0 and 1 that an external bureau sends us; a high score is favourable.",
            ),
        )
        for i, score in enumerate(EXTERNAL, start=1)
    ),
    own(
        "ext_source_mean", ratio(nw.sum_horizontal(*EXTERNAL), _KNOWN), "external_scores", "score", 3, LOWERS,
        Words("Moyenne des notes d'organismes extérieurs", "Average score from external bureaus"),
        Words("La moyenne des notes extérieures que nous avons.", "The average of the external scores that we have."),
    ),
    own(
        "ext_source_min", _LOWEST, "external_scores", "score", 3, LOWERS,
        Words("Note la plus basse d'un organisme extérieur", "Lowest score from an external bureau"),
        Words("La plus basse des notes extérieures que nous avons.", "The lowest of the external scores that we have."),
    ),
    own(
        "ext_source_max", _HIGHEST, "external_scores", "score", 3, LOWERS,
        Words("Note la plus haute d'un organisme extérieur", "Highest score from an external bureau"),
        Words(
            "La plus haute des notes extérieures que nous avons.", "The highest of the external scores that we have."
        ),
    ),
    own(
        "ext_source_spread", _HIGHEST - _LOWEST, "external_scores", "score", 3, FREE,
        Words("Écart entre les notes d'organismes extérieurs", "Gap between scores from external bureaus"),
        Words(
            "La note extérieure la plus haute, moins la plus basse.",
            "The highest external score, minus the lowest.",
        ),
    ),
    own(
        "ext_source_known", _KNOWN, "external_scores", "count", 0, FREE,
        Words("Nombre de notes d'organismes extérieurs", "Number of scores from external bureaus"),
        Words("Combien des trois notes extérieures nous avons.", "How many of the three external scores we have."),
    ),
)  # fmt: skip


def _enquiries(name: str, column: str, fr: str, en: str, direction: Direction) -> Feature:
    return own(
        f"enquiries_{name}", nw.col(f"AMT_REQ_CREDIT_BUREAU_{column}"), "history_elsewhere", "count", 0, direction,
        Words(f"Consultations du fichier des crédits, {fr} avant", f"Credit bureau enquiries, {en} before"),
        Words(
            f"Combien de fois un prêteur s'est renseigné sur vos crédits, {fr} avant la demande.",
            f"How many times a lender enquired about your credits, {en} before the application.",
        ),
    )  # fmt: skip


# The published columns exclude each other: a year's count leaves out the last quarter, and so on down to the hour.
_SPANS = ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR")
ENQUIRIES = (
    _enquiries("day", "DAY", "le jour", "the day", FREE),
    _enquiries("week", "WEEK", "2 à 7 jours", "2 to 7 days", FREE),
    _enquiries("month", "MON", "1 à 4 semaines", "1 to 4 weeks", FREE),
    _enquiries("quarter", "QRT", "1 à 3 mois", "1 to 3 months", FREE),
    _enquiries("year", "YEAR", "3 à 12 mois", "3 to 12 months", RAISES),
    own(
        "enquiries_total",
        reduce(add, (nw.col(f"AMT_REQ_CREDIT_BUREAU_{span}") for span in _SPANS)),
        "history_elsewhere", "count", 0, RAISES,
        Words("Consultations du fichier des crédits depuis un an", "Credit bureau enquiries in the last year"),
        Words(
            "Combien de fois un prêteur s'est renseigné sur vos crédits dans l'année avant la demande.",
            "How many times a lender enquired about your credits in the year before the application.",
        ),
    ),
)  # fmt: skip

FEATURES: tuple[Feature, ...] = (*INCOME_AND_JOB, *CREDIT_ASKED, *EXTERNAL_SCORES, *ENQUIRIES)
"""In the order in which they are shown."""
