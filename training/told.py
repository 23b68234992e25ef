"""Sentences with figures, in both languages, and figures that know how they are written.

The rule: a figure is rounded where it is shown, never where it is kept; one that is unknown is a dash.
"""

import math
from dataclasses import dataclass

from scoring.language import Words
from scoring.language.numbers import number, percent

UNKNOWN = "–"


@dataclass(frozen=True)
class Shown:
    """A figure and how it is written.

    Parameters
    ----------
    value : None where there is none
    decimals : to show
    share : whether it is a share of 1, shown in percent
    signed : whether a plus stands before a positive one
    """

    value: float | None
    decimals: int = 0
    share: bool = False
    signed: bool = False

    def say(self, lang: str) -> str:
        """The figure as a language writes it.

        >>> Shown(0.125, 1, share=True).say("en"), Shown(None).say("en")
        ('12.5%', '–')
        """
        if self.value is None or not math.isfinite(self.value):
            return UNKNOWN
        text = (percent if self.share else number)(self.value, lang, self.decimals)
        return f"+{text}" if self.signed and self.value > 0 else text


Cell = Shown | Words | str


def num(value: float | None, decimals: int = 0, *, signed: bool = False) -> Shown:
    """A number to show."""
    return Shown(_finite(value), decimals, signed=signed)


def pct(value: float | None, decimals: int = 1, *, signed: bool = False) -> Shown:
    """A share of 1 to show in percent."""
    return Shown(_finite(value), decimals, share=True, signed=signed)


def told(fr: str, en: str, **values: Cell) -> Words:
    """A sentence in both languages, each with the figures as it writes them.

    >>> told("{a} de trop", "{a} too many", a=num(1.5, 1)).fr
    '1,5 de trop'
    """
    return Words(
        fr.format(**{name: said(value, "fr") for name, value in values.items()}),
        en.format(**{name: said(value, "en") for name, value in values.items()}),
    )


def said(cell: Cell, lang: str) -> str:
    """A cell of a table, or a value of a sentence, in one language."""
    return cell if isinstance(cell, str) else cell.say(lang)


def plain(cell: Cell) -> object:
    """A cell as JSON holds it: the unrounded number, or the text in both languages."""
    if isinstance(cell, Shown):
        return cell.value
    return {"fr": cell.fr, "en": cell.en} if isinstance(cell, Words) else cell


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
