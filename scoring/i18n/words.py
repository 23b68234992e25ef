"""A short wording in both languages, kept together so that neither can be forgotten."""

import re
from dataclasses import dataclass

LANGUAGES: tuple[str, ...] = ("fr", "en")
"""Codes of the languages, the default first."""

DEFAULT = "fr"

_BEFORE_HIGH_PUNCTUATION = re.compile(r" (?=[:;?!%])")


def check_language(lang: str) -> str:
    """Return the code of a language that the product speaks.

    Raises
    ------
    ValueError
        For any other code.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"the language must be one of {', '.join(LANGUAGES)}; got lang={lang!r}")
    return lang


@dataclass(frozen=True)
class Words:
    """A wording in French and in English.

    In French a plain space before ``: ; ? ! %`` becomes a no-break space (U+00A0), as typography asks.

    >>> Words("Revenu", "Income").say("fr")
    'Revenu'
    """

    fr: str
    en: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "fr", _BEFORE_HIGH_PUNCTUATION.sub("\u00a0", self.fr))

    def say(self, lang: str) -> str:
        """The wording in one language, ``fr`` or ``en``."""
        return self.fr if check_language(lang) == "fr" else self.en
