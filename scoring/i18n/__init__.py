"""The two languages of the product: numbers as each writes them, and the texts of `fr/` and `en/`.

The rule: nothing that a person reads is put together from half a sentence in code; a sentence is a text with
placeholders, and both files hold the same keys with the same placeholders (a test says so).

>>> number(1234.5, "fr", 2).replace(NARROW_SPACE, "_")
'1_234,50'
>>> number(-1234.5, "en", 2)
'−1,234.50'
>>> text("en", "reason.takes", points=1)
'This takes 1 point.'
>>> text("en", "reason.takes", point=1)
Traceback (most recent call last):
KeyError: "the text 'reason.takes' must be given a value for 'points'; got ['point']. Pass points=..."
"""

from scoring.i18n.bilingual import Said, shown
from scoring.i18n.dates import moment
from scoring.i18n.numbers import (
    NARROW_SPACE,
    NO_BREAK_SPACE,
    is_ambiguous,
    is_singular,
    number,
    percent,
    read_number,
)
from scoring.i18n.texts import keys, placeholders, text
from scoring.i18n.words import DEFAULT, LANGUAGES, Words

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "NARROW_SPACE",
    "NO_BREAK_SPACE",
    "Said",
    "Words",
    "is_ambiguous",
    "is_singular",
    "keys",
    "moment",
    "number",
    "percent",
    "placeholders",
    "read_number",
    "shown",
    "text",
]
