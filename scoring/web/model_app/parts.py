"""Pieces of HTML that several pages of the model app share; each escapes what it is given."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from scoring.i18n import number, percent, text
from scoring.model.statistics import Interval


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    hint : what the heading means, as a title to point at
    number : whether its cells are numbers, set to the right
    extra : whether a phone leaves it out
    """

    heading: str
    hint: str = ""
    number: bool = True
    extra: bool = False

    @property
    def classes(self) -> str:
        """The attribute that its cells carry."""
        names = [name for name, wanted in (("cs-num", self.number), ("cs-extra", self.extra)) if wanted]
        return f' class="{" ".join(names)}"' if names else ""


@dataclass(frozen=True)
class Html:
    """Markup that is already escaped."""

    markup: str


Cell = str | Html | None


def html(value: str = "", **options: Any) -> gr.HTML:
    """A component of server-made HTML."""
    return gr.HTML(value, apply_default_css=False, **options)


def head(title: str, lead: str, below: str = "") -> str:
    """The first heading of a page, with a sentence that says what it is for."""
    return f'<header class="cs-head"><h1>{escape(title)}</h1><p class="cs-lead">{escape(lead)}</p>{below}</header>'


def body(parts: str) -> str:
    """The parts of a page, one below the other."""
    return f'<div class="cs-body">{parts}</div>'


def panel(title: str, body: str, lead: str = "", name: str = "") -> str:
    """A titled part of a page; `body` is markup."""
    said = f'<p class="cs-lead">{escape(lead)}</p>' if lead else ""
    at = f' id="{escape(name)}"' if name else ""
    return f'<section class="cs-panel"{at}><h2>{escape(title)}</h2>{said}{body}</section>'


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], label: str, name: str = "") -> str:
    """A table whose first column heads its rows, in a box that scrolls sideways by itself."""
    heads = "".join(
        f'<th scope="col"{column.classes}{_title(column.hint)}>{escape(column.heading)}</th>' for column in columns
    )
    lines = "".join(f"<tr>{_cells(columns, row)}</tr>" for row in rows)
    at = f' id="{escape(name)}"' if name else ""
    return (
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{escape(label)}"><table class="cs-table"{at}>'
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _cells(columns: Sequence[Column], row: Sequence[Cell]) -> str:
    shown = []
    for place, (column, cell) in enumerate(zip(columns, row, strict=True)):
        tag, scope = ("th", ' scope="row"') if place == 0 else ("td", "")
        shown.append(f"<{tag}{scope}{column.classes}>{markup(cell)}</{tag}>")
    return "".join(shown)


def markup(cell: Cell) -> str:
    """A cell's markup; a dash where there is nothing to show."""
    if cell is None:
        return '<span class="cs-nothing">–</span>'
    return cell.markup if isinstance(cell, Html) else escape(cell)


def _title(hint: str) -> str:
    return f' title="{escape(hint)}"' if hint else ""


def with_interval(figure: Interval | None, lang: str, decimals: int = 3, *, share: bool = False) -> Cell:
    """A figure with its interval below it; a dash where there is none."""
    if figure is None:
        return None
    value, low, high = (
        percent(one, lang, decimals) if share else number(one, lang, decimals)
        for one in (figure.value, figure.low, figure.high)
    )
    between = text(lang, "model.interval", low=low, high=high)
    return Html(f'{escape(value)} <small class="cs-interval">{escape(between)}</small>')


def absent(lang: str, what: str, command: str) -> str:
    """That a study was not made, and how to make it."""
    return (
        f'<p class="cs-absent" role="note">{escape(text(lang, "model.absent", what=what))} '
        f"<code>{escape(command)}</code></p>"
    )


@dataclass(frozen=True)
class Tile:
    """A figure that stands by itself: what it is, the figure, and a line below it."""

    label: str
    value: str
    below: str = ""
    name: str = ""


def tiles(shown: Iterable[Tile]) -> str:
    """Figures side by side."""
    cells = "".join(
        f"<div{_name(one.name)}><dt>{escape(one.label)}</dt><dd>{escape(one.value)}"
        f"{f'<small>{escape(one.below)}</small>' if one.below else ''}</dd></div>"
        for one in shown
    )
    return f'<dl class="cs-tiles">{cells}</dl>'


def paragraphs(said: Iterable[str]) -> str:
    """Sentences, a paragraph each."""
    return "".join(f"<p>{escape(one)}</p>" for one in said)


def folded(summary: str, body: str, name: str = "") -> str:
    """Markup behind a line to open."""
    return f"<details{_name(name)}><summary>{escape(summary)}</summary>{body}</details>"


def _name(name: str) -> str:
    return f' id="{escape(name)}"' if name else ""
