"""Grammar for declared series of features: labels and explanations that read well in French and English.

The rule: a declaration gives nouns with their gender, never endings; adjectives, elisions and articles are added here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import Literal

import narwhals as nw

from scoring.data.features.declaration import Unit
from scoring.i18n import Words

Statistic = Literal["mean", "max", "min", "sum"]

_TIME_UNITS = frozenset({"years", "months", "days"})
_VOWELS = frozenset("aeiouyàâéèêëîïôœAEIOUÉÈ")

# statistic -> (masculine, feminine, English), for sizes and for times
_SIZES: Mapping[Statistic, tuple[str, str, str]] = {
    "mean": ("moyen", "moyenne", "average"),
    "max": ("le plus élevé", "la plus élevée", "highest"),
    "min": ("le plus bas", "la plus basse", "lowest"),
    "sum": ("total", "totale", "total"),
}
_TIMES: Mapping[Statistic, tuple[str, str, str]] = {
    **_SIZES,
    "max": ("le plus long", "la plus longue", "longest"),
    "min": ("le plus court", "la plus courte", "shortest"),
}
_OVER_SIZES: Mapping[Statistic, Words] = {
    "mean": Words("en moyenne sur les", "on average over"),
    "max": Words("au plus haut parmi les", "at the highest among"),
    "min": Words("au plus bas parmi les", "at the lowest among"),
    "sum": Words("au total sur les", "in total over"),
}
_OVER_TIMES: Mapping[Statistic, Words] = {
    **_OVER_SIZES,
    "max": Words("au plus long parmi les", "at the longest among"),
    "min": Words("au plus court parmi les", "at the shortest among"),
}


@dataclass(frozen=True)
class Quantity:
    """Something measured on each row of a history table.

    Parameters
    ----------
    name
        Its part of the features' names.
    value
        Row by row.
    fr, feminine, en
        Singular nouns without article: "dette restante", True, "remaining debt". In French a ``~`` marks where the
        adjective goes, when not at the end: "nombre ~ de retraits".
    means
        What it is, as a clause: "ce qu'il reste à rembourser", "what is left to repay".
    unit, decimals
        Of the values and their mean, highest and lowest.
    always_known
        Whether every row has a value; otherwise a total of nothing known is missing rather than 0.
    """

    name: str
    value: nw.Expr
    fr: str
    feminine: bool
    en: str
    means: Words
    unit: Unit
    decimals: int = 0
    always_known: bool = False


@dataclass(frozen=True)
class Rows:
    """Some of a client's rows in a history table.

    Parameters
    ----------
    name
        Its part of the features' names; empty for all rows.
    fr, en
        A plural noun phrase without article: "crédits en cours chez d'autres prêteurs".
    where
        Conditions that hold together; none for all rows.
    link_fr, link_en
        What joins a quantity to the rows: "des" (de + les), or "sur les" for months.
    months
        The last months that the rows are limited to; 0 for all time.
    """

    name: str
    fr: str
    en: str
    where: tuple[nw.Expr, ...] = ()
    link_fr: str = "des"
    link_en: str = "of"
    months: int = 0

    @property
    def condition(self) -> nw.Expr | None:
        """The conditions joined by "and", None for all rows."""
        return reduce(and_, self.where) if self.where else None

    def within(self, months: int, since: nw.Expr) -> "Rows":
        """Only the rows of the last months; `since` is the condition that says so."""
        return replace(self, where=(*self.where, since), months=months)

    @property
    def suffix(self) -> str:
        """Last part of the features' names: ``_12m``."""
        return f"_{self.months}m" if self.months else ""

    @property
    def span(self) -> Words:
        """The span of time, for the end of a label."""
        if not self.months:
            return Words("", "")
        return Words(f" ({self.months} derniers mois)", f" (last {self.months} months)")

    @property
    def only(self) -> Words:
        """The span of time, for the end of an explanation."""
        if not self.months:
            return Words("", "")
        return Words(f" ; {self.months} derniers mois seulement", f"; last {self.months} months only")


def capital(phrase: str) -> str:
    """Capitalise the first letter only.

    >>> capital("crédits à l'étranger")
    "Crédits à l'étranger"
    """
    return phrase[:1].upper() + phrase[1:]


def de(noun: str) -> str:
    """French "de" before a noun without article, elided before a vowel.

    >>> de("crédits"), de("anciennes demandes")
    ('de crédits', "d'anciennes demandes")
    """
    return f"d'{noun}" if noun[0] in _VOWELS else f"de {noun}"


def of_the(noun: str, feminine: bool) -> str:
    """French "de" with the singular article of a noun.

    >>> of_the("retard", False), of_the("dette", True), of_the("encours", False)
    ('du retard', 'de la dette', "de l'encours")
    """
    if noun[0] in _VOWELS:
        return f"de l'{noun}"
    return f"de la {noun}" if feminine else f"du {noun}"


def statistic_words(quantity: Quantity, statistic: Statistic, rows: Rows) -> tuple[Words, Words]:
    """Label and explanation of a statistic of a quantity over rows."""
    is_time = quantity.unit in _TIME_UNITS
    masculine, feminine, english = (_TIMES if is_time else _SIZES)[statistic]
    adjective = feminine if quantity.feminine else masculine
    noun = quantity.fr.replace("~", adjective) if "~" in quantity.fr else f"{quantity.fr} {adjective}"
    label = Words(
        capital(f"{noun} {rows.link_fr} {rows.fr}{rows.span.fr}"),
        capital(f"{english} {quantity.en} {rows.link_en} {rows.en}{rows.span.en}"),
    )
    over = (_OVER_TIMES if is_time else _OVER_SIZES)[statistic]
    explanation = Words(
        capital(f"{quantity.means.fr}, {over.fr} {rows.fr}{rows.only.fr}."),
        capital(f"{quantity.means.en}, {over.en} {rows.en}{rows.only.en}."),
    )
    return label, explanation


def count_words(rows: Rows, according: Words) -> tuple[Words, Words]:
    """Label and explanation of a count of rows."""
    label = Words(f"Nombre {de(rows.fr)}{rows.span.fr}", f"Number of {rows.en}{rows.span.en}")
    explanation = Words(
        f"Combien {de(rows.fr)} nous comptons, {according.fr}{rows.only.fr}.",
        f"How many {rows.en} we count, {according.en}{rows.only.en}.",
    )
    return label, explanation


def share_words(rows: Rows, which: Words) -> tuple[Words, Words]:
    """Label and explanation of the share of rows for which a clause holds ("sont refusées", "were refused")."""
    label = Words(
        f"Part des {rows.fr} qui {which.fr}{rows.span.fr}",
        f"Share of {rows.en} that {which.en}{rows.span.en}",
    )
    explanation = Words(
        f"Sur 100 {rows.fr}, combien {which.fr}{rows.only.fr}.",
        f"Of 100 {rows.en}, how many {which.en}{rows.only.en}.",
    )
    return label, explanation


def trend_words(quantity: Quantity, months: int, *, as_ratio: bool) -> tuple[Words, Words]:
    """Label and explanation of a quantity's recent mean against its mean before."""
    noun = quantity.fr.replace("~ ", "")
    label = Words(
        f"Évolution récente {of_the(noun, quantity.feminine)} ({months} mois)",
        f"Recent change in {quantity.en} ({months} months)",
    )
    if as_ratio:
        how = Words("divisée par celle d'avant ; au-dessus de 1", "divided by the one before; above 1")
    else:
        how = Words("moins celle d'avant ; au-dessus de 0", "minus the one before; above 0")
    explanation = Words(
        capital(f"{quantity.means.fr} : la moyenne des {months} derniers mois, {how.fr}, cela augmente."),
        capital(f"{quantity.means.en}: the average of the last {months} months, {how.en}, it is growing."),
    )
    return label, explanation
