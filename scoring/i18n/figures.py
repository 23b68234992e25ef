"""Figures that know how they are written.

The rule: a figure is rounded where it is shown, never where it is kept; one that is unknown is a dash.
"""

import math
import re
from dataclasses import dataclass
from typing import Final

from scoring.i18n.numbers import number, percent

# CSV that a spreadsheet takes for no formula, whichever separator its country has.

SIGNS: Final = "=+-@\t\r\n＝＋－＠"
"""With what a cell must not begin: the last four are the wide forms, which some sheets read alike."""
SEPARATORS: Final = ",;\t\r\n"
_BEGINS: Final = re.compile(rf"(^|[{SEPARATORS}])(?=[\s\"]*[{re.escape(SIGNS)}])")


def csv_text(text: str) -> str:
    """A text as a CSV cell may hold it: an apostrophe stands where a formula could begin.

    >>> csv_text("=1+1"), csv_text("a;=1+1"), csv_text("labourer; 2 - 3")
    ("'=1+1", "a;'=1+1", 'labourer; 2 - 3')
    """
    return _BEGINS.sub(r"\1'", text)


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


def num(value: float | None, decimals: int = 0, *, signed: bool = False) -> Shown:
    """A number to show."""
    return Shown(_finite(value), decimals, signed=signed)


def pct(value: float | None, decimals: int = 1, *, signed: bool = False) -> Shown:
    """A share of 1 to show in percent."""
    return Shown(_finite(value), decimals, share=True, signed=signed)


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
