"""A figure: a finding in words, a picture, the sizes behind it, and the same figures as a real table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from scoring.i18n import NARROW_SPACE, text

SEPARATORS = {"fr": f",{NARROW_SPACE}", "en": ".,"}
"""What plotly.js writes between decimals, and between thousands."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what it says and, where it leads somewhere, the query string of that place."""

    said: str
    go: str = ""


@dataclass(frozen=True)
class Table:
    """The figures of a picture for those who read: heads, and rows of as many cells, the first naming the row."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]

    def __post_init__(self) -> None:
        uneven = [len(row) for row in self.rows if len(row) != len(self.heads)]
        if uneven:
            raise ValueError(f"a table's row must have {len(self.heads)} cells, one a head; got {uneven[0]}")


@dataclass(frozen=True)
class Figure:
    """What `figure_html` draws.

    Attributes
    ----------
    key : names the figure in the events of its chart; unique on its page
    title : the finding, in words
    says : what a screen reader hears of the picture; the table tells the rest
    data, layout : as plotly.js takes them; colours are those of `palette`, text sizes and grounds are left out
    table : the same figures
    note : sizes of the groups, and how to read it
    height : of the picture, in pixels
    few : said in the picture's place where there is too little to draw; then `data` is empty
    """

    key: str
    title: str
    says: str
    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    table: Table
    note: str = ""
    height: int = 280
    few: str = ""
    classes: Sequence[str] = field(default_factory=tuple)


def figure_html(figure: Figure, lang: str, *, level: int = 3) -> str:
    """A figure as HTML, every text escaped; its title is a heading of the level given."""
    note = f'<p class="cs-figure-note">{escape(figure.note)}</p>' if figure.note else ""
    classes = " ".join(["cs-figure", *figure.classes])
    return (
        f'<figure class="{classes}" id="figure-{escape(figure.key)}"><figcaption>'
        f"<h{level}>{escape(figure.title)}</h{level}>{note}</figcaption>"
        f"{_picture(figure, lang)}{as_table(figure, lang)}</figure>"
    )


def as_table(figure: Figure, lang: str) -> str:
    """The figures as a table, a click away; nothing where there are none."""
    if not figure.table.rows:
        return ""
    heads = "".join(f'<th scope="col"{_side(at)}>{escape(head)}</th>' for at, head in enumerate(figure.table.heads))
    rows = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{_said(cell)}</th>' if at == 0 else f'<td class="cs-num">{_said(cell)}</td>'
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in figure.table.rows
    )
    name = escape(text(lang, "charts.table.of", title=figure.title))
    return (
        f'<details class="cs-as-table"><summary>{escape(text(lang, "charts.table"))}'
        f'<span class="cs-visually-hidden"> – {escape(figure.title)}</span></summary>'
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{name}"><table class="cs-table">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _picture(figure: Figure, lang: str) -> str:
    if figure.few:
        return f'<p class="cs-few">{escape(figure.few)}</p>'
    layout = {"separators": SEPARATORS[lang], **figure.layout}
    # A value that is not finite has no JSON: a gap is None.
    drawn = json.dumps({"data": figure.data, "layout": layout}, ensure_ascii=False, allow_nan=False)
    return (
        f'<cs-plot role="img" aria-label="{escape(figure.says)}" data-key="{escape(figure.key)}" '
        f'data-failed="{escape(text(lang, "charts.failed"))}" style="height:{figure.height}px" '
        f'data-figure="{escape(drawn)}"></cs-plot>'
    )


def _side(at: int) -> str:
    return ' class="cs-num"' if at else ""


def _said(cell: str | Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    if not cell.go:
        return escape(cell.said)
    return f'<a href="?{escape(cell.go)}" data-go="{escape(cell.go)}">{escape(cell.said)}</a>'
