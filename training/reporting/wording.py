"""Sentences with figures, in both languages; the figures are those of `scoring.i18n.figures`."""

from scoring.i18n import Words
from scoring.i18n.figures import UNKNOWN, Shown, num, pct

__all__ = ["UNKNOWN", "Cell", "Shown", "bilingual", "in_language", "num", "pct", "plain"]

Cell = Shown | Words | str


def bilingual(fr: str, en: str, **values: Cell) -> Words:
    """A sentence in both languages, each with the figures as it writes them.

    >>> bilingual("{a} de trop", "{a} too many", a=num(1.5, 1)).fr
    '1,5 de trop'
    """
    return Words(
        fr.format(**{name: in_language(value, "fr") for name, value in values.items()}),
        en.format(**{name: in_language(value, "en") for name, value in values.items()}),
    )


def in_language(cell: Cell, lang: str) -> str:
    """A cell of a table, or a value of a sentence, in one language."""
    return cell if isinstance(cell, str) else cell.say(lang)


def plain(cell: Cell) -> object:
    """A cell as JSON holds it: the unrounded number, or the text in both languages."""
    if isinstance(cell, Shown):
        return cell.value
    return {"fr": cell.fr, "en": cell.en} if isinstance(cell, Words) else cell
