"""A bin of an axis: what values it takes, and how it is said."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.data.features import DICTIONARY, Feature, say
from scoring.i18n import NO_BREAK_SPACE, Words, number, percent
from scoring.model.additive_model import AdditiveModel, CategoryAxis, NumberAxis, Scored
from scoring.model.additive_model.lookup import Value
from scoring.model.scale import pd_of

# A client's score as a sum that can be checked with a pencil: one line a term, then the total.

_INTERCEPT = Words("constante", "intercept")
_SUM = Words("somme = log-cote", "sum = log-odds")
_PD = Words("probabilité de défaut = 1 / (1 + exp(−log-cote))", "probability of default = 1 / (1 + exp(−log-odds))")
_POINTS = Words("points", "points")


def by_hand(model: AdditiveModel, scored: Scored, facts: Mapping[str, Value], lang: str) -> Iterator[str]:
    """Lines of the sum: contribution in log-odds, the same in points, the term's features with the client's values.

    Parameters
    ----------
    scored
        From ``Lookup(model).score(facts)``.
    facts
        Value of each feature of the model.
    lang
        ``fr`` or ``en``.
    """
    yield _line(model.intercept, "", _INTERCEPT.say(lang))
    for term, contribution in zip(model.terms, scored.contributions, strict=True):
        points = f"{number(model.scale.points_of_change(contribution), lang, 1)} {_POINTS.say(lang)}"
        labels = (
            f"{DICTIONARY[name].label.say(lang)} = {say(DICTIONARY[name], facts[name], lang)}" for name in term.features
        )
        yield _line(contribution, points, " × ".join(labels))
    yield _line(scored.log_odds, "", _SUM.say(lang))
    pd = pd_of(scored.log_odds)
    yield _line(pd, percent(pd, lang, 1), _PD.say(lang))
    yield _line(model.scale.points(scored.log_odds), "", _POINTS.say(lang))


def _line(value: float, beside: str, labels: str) -> str:
    return f"{value!r:>24}  {beside:>14}  {labels}"


Kind = Literal["missing", "interval", "codes", "other"]
OTHER = Words("toute autre valeur", "any other value")
ANY = Words("toute valeur", "any value")
NONE = Words("aucune valeur", "no value")
UP_TO = Words("jusqu'à {last}", "up to {last}")
FROM = Words("{first} et plus", "{first} and over")
BETWEEN = Words("de {first} à {last}", "{first} to {last}")
UNITS = {
    "years": Words("ans", "years"),
    "months": Words("mois", "months"),
    "days": Words("jours", "days"),
    "payments": Words("mensualités", "monthly payments"),
}
"""Nouns of an edge; amounts, counts and ratios are told alone."""


@dataclass(frozen=True)
class Bin:
    """One bin.

    Attributes
    ----------
    cell : position on the axis
    low, high : of an interval, ``low`` ≤ value < ``high``; None is no bound
    codes : of a group of codes
    """

    cell: int
    kind: Kind
    low: float | None = None
    high: float | None = None
    codes: tuple[str, ...] = ()

    def say(self, feature: Feature, lang: str) -> str:
        """The bin in words, in the feature's own unit.

        Values come in steps, since each is rounded to the feature's decimals: an interval is told by its first and
        last.
        """
        if self.kind == "missing":
            return say(feature, None, lang)
        if self.kind == "other":
            return OTHER.say(lang)
        if self.kind == "codes":
            return ", ".join(say(feature, code, lang) for code in self.codes)
        if feature.unit == "yes_no":
            return " / ".join(say(feature, value, lang) for value in (0.0, 1.0) if self.takes(value)) or NONE.say(lang)
        return self._say_interval(feature, lang)

    def _say_interval(self, feature: Feature, lang: str) -> str:
        first, last = self.steps(feature.decimals)
        if first is not None and last is not None and first > last:
            return NONE.say(lang)
        labels = {
            name: _say(feature, value, lang) for name, value in (("first", first), ("last", last)) if value is not None
        }
        if first is not None and first == last:
            return labels["first"]
        form = {(True, True): BETWEEN, (True, False): FROM, (False, True): UP_TO, (False, False): ANY}
        return form["first" in labels, "last" in labels].say(lang).format(**labels)

    def steps(self, decimals: int) -> tuple[float | None, float | None]:
        """The smallest and the largest value with so many decimals that the interval holds; None is no bound.

        >>> Bin(1, "interval", 0.575, 0.895).steps(2)
        (0.58, 0.89)
        """
        step = 10.0**-decimals
        first = None if self.low is None else round(math.ceil(self.low / step) * step, decimals)
        last = None if self.high is None else round(math.floor(self.high / step) * step, decimals)
        if first is not None and self.low is not None and first < self.low:
            first = round(first + step, decimals)
        if last is not None and self.high is not None and last >= self.high:
            last = round(last - step, decimals)
        return first, last

    def takes(self, value: float) -> bool:
        """Whether an interval holds a number."""
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


def bins_of(axis: NumberAxis | CategoryAxis) -> Iterator[Bin]:
    """The bins of an axis in the order of its cells; a number is never unseen, so that cell is left out."""
    yield Bin(0, "missing")
    if isinstance(axis, NumberAxis):
        for cell, (low, high) in enumerate(zip((None, *axis.edges), (*axis.edges, None), strict=True), start=1):
            yield Bin(cell, "interval", low, high)
        return
    for cell, codes in enumerate(axis.levels, start=1):
        yield Bin(cell, "codes", codes=codes)
    yield Bin(axis.cells - 1, "other")


def _say(feature: Feature, value: float, lang: str) -> str:
    """A bound with the decimals that the feature has, and its unit."""
    if feature.unit == "share":
        return percent(value, lang, max(0, feature.decimals - 2))
    shown = number(value, lang, feature.decimals)
    unit = UNITS.get(feature.unit)
    return shown if unit is None else f"{shown}{NO_BREAK_SPACE}{unit.say(lang)}"
