"""A text that is chosen now and told later, in the language of whoever reads it: a key and the values that it wants.

A value may be a text to be told itself, such as the name of what is spoken of.
"""

from collections.abc import Mapping

from scoring.i18n.texts import text

MOST_SHOWN = 40
"""Characters of a given value that a message shows."""


class Said:
    """A text to be told; as a plain string it is English.

    >>> Said("error.unknown_client", client=12).say("en")
    'No client has the number 12. Check the number, or choose from the list.'
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values: Mapping[str, object] = values

    def say(self, lang: str) -> str:
        """Tell it in a language."""
        values = {name: one.say(lang) if isinstance(one, Said) else one for name, one in self.values.items()}
        return text(lang, self.key, **values)

    def __str__(self) -> str:
        return self.say("en")


def shown(given: object) -> str:
    """What was given, as a message may show it: no longer than a line.

    >>> shown("x" * 99)
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'
    """
    written = given if isinstance(given, str) else repr(given)
    return written if len(written) <= MOST_SHOWN else written[: MOST_SHOWN - 1] + "…"
