"""Pieces of the reports' pages: every text in both languages, tables, parts that fold.

The rule: a page has no script and fetches nothing; its language is chosen by two radio buttons and CSS alone; whatever
comes from data is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

from scoring.i18n import LANGUAGES
from training.reporting.page_style import STYLE
from training.reporting.wording import Cell, Shown, said


class Bilingual(Protocol):
    """A wording in both languages: `Words`, or one that a report was read back with."""

    def say(self, lang: str) -> str:
        """The wording in one language."""


def page(title: Bilingual, body: Iterable[str]) -> str:
    """A whole page."""
    parts = [
        "<!doctype html>",
        "<html lang='fr'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>",
        f"<title>Clairscore – {' / '.join(escape(title.say(lang)) for lang in LANGUAGES)}</title>"
        f"<style>{STYLE}</style></head><body>",
        "<input type='radio' name='language' id='fr' checked><label for='fr'>Français</label>",
        "<input type='radio' name='language' id='en'><label for='en'>English</label>",
        "<main>",
        *body,
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def both(words: Bilingual) -> str:
    """A text in both languages, of which CSS shows one."""
    return "".join(f"<span lang='{lang}'>{escape(words.say(lang))}</span>" for lang in LANGUAGES)


def heading(words: Bilingual) -> str:
    """The heading of a section."""
    return f"<h2>{both(words)}</h2>"


def paragraph(words: Bilingual) -> str:
    """A paragraph."""
    return f"<p>{both(words)}</p>"


def listed(sentences: Iterable[Bilingual], name: str) -> str:
    """A list of sentences."""
    return f"<ul class='{name}'>{''.join(f'<li>{both(words)}</li>' for words in sentences)}</ul>"


def table(columns: Sequence[Bilingual], rows: Iterable[Sequence[Cell]]) -> str:
    """A table that scrolls by itself where it is too wide."""
    head = "".join(f"<th scope='col'>{both(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def folded(title: Bilingual, inside: str, *, count: int | None = None) -> str:
    """A part that unfolds, with how much is in it."""
    counted = "" if count is None else f" ({count})"
    return f"<details><summary>{both(title)}{counted}</summary>{inside}</details>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    shown = "".join(f"<span lang='{lang}'>{escape(said(cell, lang))}</span>" for lang in LANGUAGES)
    return f"<td class='n'>{shown}</td>" if isinstance(cell, Shown) else f"<td>{shown}</td>"
