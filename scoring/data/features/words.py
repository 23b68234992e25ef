"""A feature's value in words, in both languages: "6 ans", "24 monthly payments", "310 000", "12 %", "oui"."""

import math
from collections.abc import Mapping

from scoring.data.features.declaration import APPLICATION, Feature, Unit
from scoring.i18n import NO_BREAK_SPACE, Words, is_singular, number, percent

UNKNOWN = Words("inconnu", "unknown")
REFUSED = Words("valeur refusée", "value refused")
"""Of a number of years below zero in an application: the day is in the future, or missing where none may be."""
YES = Words("oui", "yes")
NO = Words("non", "no")
_LESS_THAN_A_MONTH = Words("moins d'un mois", "less than a month")

_NOUNS: Mapping[str, tuple[Words, Words]] = {
    "years": (Words("an", "year"), Words("ans", "years")),
    "months": (Words("mois", "month"), Words("mois", "months")),
    "days": (Words("jour", "day"), Words("jours", "days")),
    "payments": (Words("mensualité", "monthly payment"), Words("mensualités", "monthly payments")),
}
_PLAIN: Mapping[Unit, int] = {"amount": 0, "count": 1, "score": 2, "ratio": 2}
"""Decimals shown at most, for units without a noun."""


def say(feature: Feature, value: float | str | None, lang: str) -> str:
    """Say a feature's value in words.

    Parameters
    ----------
    feature
        Its unit and levels decide on the wording.
    value
        A number for numbers, a code for categories; None and NaN are missing.
    lang
        ``fr`` or ``en``.

    Returns
    -------
    str
        A phrase for the middle of a sentence; a category's code that has no words is "unknown" too.

    Raises
    ------
    ValueError
        When a number is asked for and a text given, or a value is infinite.

    Examples
    --------
    >>> from scoring.data.features import DICTIONARY
    >>> say(DICTIONARY["years_employed"], 0.6, "en"), say(DICTIONARY["years_employed"], None, "en")
    ('7 months', 'no present job')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return (feature.absence or UNKNOWN).say(lang)
    if feature.unit == "category":
        return feature.levels.get(str(value), UNKNOWN).say(lang)
    if isinstance(value, str):
        raise ValueError(f"the value of {feature.name} must be a number; got {value!r}")
    return _say_number(feature, value, lang)


def _say_number(feature: Feature, value: float, lang: str) -> str:
    if feature.unit == "yes_no":
        return (YES if value >= 0.5 else NO).say(lang)
    if feature.unit == "share":
        small = 0.0 < abs(value) < 0.01
        return percent(value, lang, 1 if small else 0)
    if feature.unit == "years":
        if value < 0 and feature.table == APPLICATION:
            return REFUSED.say(lang)
        return _years(value, lang)
    if feature.unit in _NOUNS:
        shown = round(value, 1) if feature.decimals and abs(value) < 10 else float(round(value))
        return _counted(shown, feature.unit, lang)
    return number(value, lang, _decimals(value, min(feature.decimals, _PLAIN[feature.unit])))


def _years(value: float, lang: str) -> str:
    """Whole years that have passed; below one year, months."""
    if value < 0:
        return _counted(round(value, 1), "years", lang)
    if value >= 1:
        return _counted(float(math.floor(value + 1e-9)), "years", lang)
    months = min(round(12 * value), 11)
    return _counted(float(months), "months", lang) if months else _LESS_THAN_A_MONTH.say(lang)


def _counted(value: float, unit: str, lang: str) -> str:
    singular, plural = _NOUNS[unit]
    noun = singular if is_singular(value, lang) else plural
    space = NO_BREAK_SPACE if lang == "fr" else " "
    return f"{number(value, lang, _decimals(value, 1))}{space}{noun.say(lang)}"


def _decimals(value: float, most: int) -> int:
    """Decimals to show: none for whole numbers, unless the unit is always written with them."""
    return 0 if float(value).is_integer() and most != 2 else most
