"""Sentences of the report in both languages: texts by key, figures as each language writes them."""

import math
from dataclasses import dataclass

from scoring.language import LANGUAGES, number, percent, text
from scoring.reports.evaluation import Said

UNKNOWN = "–"


@dataclass(frozen=True)
class Figure:
    """A figure that knows how it is written: with how many decimals, as a share in percent, with its sign."""

    value: float
    decimals: int = 0
    share: bool = False
    signed: bool = False

    def say(self, lang: str) -> str:
        """The figure as a language writes it.

        >>> Figure(0.125, 1, share=True, signed=True).say("en")
        '+12.5%'
        """
        if not math.isfinite(self.value):
            return UNKNOWN
        written = (percent if self.share else number)(self.value, lang, self.decimals)
        return f"+{written}" if self.signed and self.value > 0 else written


Value = Figure | Said | str


def told(key: str, **values: Value) -> Said:
    """A text of ``monitoring.toml`` in both languages.

    Raises
    ------
    KeyError
        When there is no such text, or a value is missing.
    """
    fr, en = (
        text(
            lang,
            f"monitoring.{key}",
            **{name: one if isinstance(one, str) else one.say(lang) for name, one in values.items()},
        )
        for lang in LANGUAGES
    )
    return Said(fr=fr, en=en)


def num(value: float, decimals: int = 0, *, signed: bool = False) -> Figure:
    """A number to show."""
    return Figure(value, decimals, signed=signed)


def pct(value: float, decimals: int = 1, *, signed: bool = False) -> Figure:
    """A share of 1 to show in percent."""
    return Figure(value, decimals, share=True, signed=signed)
