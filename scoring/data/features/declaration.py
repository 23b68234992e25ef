"""What a feature is: declared once, with everything that a model, a page or a client needs to know of it.

The rule: a feature's value, its rounding, its words and its direction of risk stand in one place. Training and
service evaluate the same expression, so they cannot differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Literal

import narwhals as nw

from scoring.i18n import Words

# The six groups that order features for people: reasons, pages and charts follow this order.

GROUPS: Mapping[str, Words] = MappingProxyType(
    {
        "income": Words("Revenus et emploi", "Income and job"),
        "credit_asked": Words("Crédit demandé", "Credit asked for"),
        "history_here": Words("Historique chez nous", "History with us"),
        "history_elsewhere": Words("Historique chez d'autres prêteurs", "History with other lenders"),
        "external_scores": Words("Notes d'organismes extérieurs", "Scores from external bureaus"),
        "situation": Words("Situation personnelle", "Personal situation"),
    }
)
"""Groups in the order in which they are shown, with their headings."""


Unit = Literal[
    "amount", "years", "months", "days", "payments", "count", "share", "ratio", "score", "category", "yes_no"
]
UNITS: tuple[Unit, ...] = (
    "amount", "years", "months", "days", "payments", "count", "share", "ratio", "score", "category", "yes_no",
)  # fmt: skip
"""Units that `scoring.data.features.say` can word. A share is a share of 1, shown in percent."""

APPLICATION = "application"
NO_RECORD = Words("aucune donnée de ce type", "no such record")
"""What a missing value says where it is made from a client's past: there is nothing to compute it from."""
_NO_LEVELS: Mapping[str, Words] = MappingProxyType({})


class Direction(Enum):
    """What a higher value may do to the risk: the monotone constraint of both models."""

    RAISES = 1
    LOWERS = -1
    FREE = 0


@dataclass(frozen=True)
class Feature:
    """One column of the matrix, with its dictionary entry.

    Parameters
    ----------
    name
        Lower snake case; the column's name in the matrix.
    table
        ``application`` or the history table that it is made from; without that table it is left out.
    expression
        Row by row on ``application``; an aggregate over a client's rows on a history table; row by row on the
        matrix when the feature `needs` others.
    label
        A noun phrase, capitalised: "Durée dans l'emploi".
    explanation
        One sentence that a client understands.
    group
        A key of `scoring.data.features.GROUPS`.
    unit
        One of `UNITS`.
    decimals
        Each value is rounded to that many decimals as the last step, before training too.
    direction
        What a higher value may do to the risk.
    actionable
        Whether the applicant can change it at once: amount, payments, price of the goods, documents.
    sensitive
        Kept for description and monitoring, never a model's input.
    levels
        Words for each code of a category; empty for numbers.
    source
        The raw column of a category, whose declared codes all need words; empty for numbers.
    nothing
        What a missing value says of the client, in the middle of a sentence ("aucun emploi en cours"); None where
        it only means that we do not know.
    empty
        Value for a client without any row in the table: 0 for counts, None (missing) for the rest.
    needs
        Names of the features that it is computed from, after joining; empty for most.
    """

    name: str
    table: str
    expression: nw.Expr = field(compare=False, repr=False)
    label: Words
    explanation: Words
    group: str
    unit: Unit
    decimals: int
    direction: Direction = Direction.FREE
    actionable: bool = False
    sensitive: bool = False
    levels: Mapping[str, Words] = field(default_factory=lambda: _NO_LEVELS, compare=False, repr=False)
    source: str = ""
    nothing: Words | None = None
    empty: float | None = None
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"a feature's group must be one of {', '.join(GROUPS)}; got {self.group!r}")
        if self.unit not in UNITS:
            raise ValueError(f"a feature's unit must be one of {', '.join(UNITS)}; got {self.unit!r}")

    @property
    def kind(self) -> Literal["number", "category"]:
        """``category`` where the values are codes, ``number`` otherwise."""
        return "category" if self.unit == "category" else "number"

    @property
    def absence(self) -> Words | None:
        """Words for a missing value that says something; None where we only do not know it."""
        return self.nothing or (None if self.table == APPLICATION else NO_RECORD)
