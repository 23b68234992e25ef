"""Features that set the request beside the history: computed from other features, after joining.

The rule: they read features by name, already rounded, so that every engine computes them from the same numbers. Each
belongs to the history table without which it means nothing, and is left out with it. What is asked for stands above the
line, never below: a smaller request makes no feature larger.
"""

import narwhals as nw

from scoring.data.features.declaration import Direction, Feature, Unit
from scoring.data.features.ratios import ratio
from scoring.i18n import Words

RAISES, LOWERS, FREE = Direction.RAISES, Direction.LOWERS, Direction.FREE

_REQUEST = frozenset({"credit_amount", "annuity"})
"""What the applicant can change at once, and with it the features computed from it."""


def _quotient(
    name: str, table: str, top: str, bottom: str, group: str, unit: Unit, direction: Direction, label: Words, why: Words
) -> Feature:
    return Feature(
        name=name,
        table=table,
        expression=ratio(nw.col(top), nw.col(bottom)),
        label=label,
        explanation=why,
        group=group,
        unit=unit,
        decimals=3,
        direction=direction,
        actionable=not _REQUEST.isdisjoint((top, bottom)),
        needs=(top, bottom),
    )


FEATURES: tuple[Feature, ...] = (
    _quotient(
        "bureau_debt_per_income", "bureau", "bureau_active_debt_sum", "income_total", "history_elsewhere", "ratio",
        RAISES,
        Words("Dette ailleurs rapportée au revenu", "Debt elsewhere compared with income"),
        Words(
            "Ce qu'il reste à rembourser chez d'autres prêteurs, divisé par le revenu déclaré.",
            "What is left to repay to other lenders, divided by the declared income.",
        ),
    ),
    _quotient(
        "credit_per_bureau_debt", "bureau", "credit_amount", "bureau_active_debt_sum", "history_elsewhere", "ratio",
        RAISES,
        Words("Montant demandé rapporté à la dette ailleurs", "Amount asked for compared with debt elsewhere"),
        Words(
            "Le montant demandé, divisé par ce qu'il reste à rembourser chez d'autres prêteurs.",
            "The amount asked for, divided by what is left to repay to other lenders.",
        ),
    ),
    _quotient(
        "annuity_per_previous", "previous_application", "annuity", "previous_approved_annuity_mean", "history_here",
        "ratio", RAISES,
        Words("Mensualité demandée rapportée aux précédentes", "Monthly payment compared with earlier ones"),
        Words(
            "La mensualité demandée, divisée par la moyenne de vos mensualités passées chez nous.",
            "The monthly payment asked for, divided by the average of your earlier ones with us.",
        ),
    ),
    _quotient(
        "credit_per_previous", "previous_application", "credit_amount", "previous_approved_granted_mean",
        "history_here", "ratio", RAISES,
        Words("Montant demandé rapporté aux précédents", "Amount asked for compared with earlier ones"),
        Words(
            "Le montant demandé, divisé par la moyenne des montants que nous vous avons accordés.",
            "The amount asked for, divided by the average of the amounts that we granted you.",
        ),
    ),
    _quotient(
        "running_payments_per_income", "previous_application", "previous_running_annuity_sum", "income_total",
        "history_here", "share", FREE,
        Words("Part des mensualités en cours dans le revenu", "Payments running with us as a share of income"),
        Words(
            "Les mensualités de vos crédits en cours chez nous, divisées par le revenu déclaré.",
            "The payments of your running loans with us, divided by the declared income.",
        ),
    ),
)  # fmt: skip
