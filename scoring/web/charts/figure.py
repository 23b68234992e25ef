"""A figure: a finding in words, a picture, the sizes behind it, and the same figures as a real table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from scoring.i18n import NARROW_SPACE
from scoring.web.templates import render

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


def figure_html(figure: Figure, lang: str, *, level: int = 3) -> Markup:
    """A figure as HTML; its title is a heading of the level given."""
    layout = {"separators": SEPARATORS[lang], **figure.layout}
    # A value that is not finite has no JSON: a gap is None.
    drawn = json.dumps({"data": figure.data, "layout": layout}, ensure_ascii=False, allow_nan=False)
    return render("charts", "figure", lang=lang, figure=figure, level=level, drawn=drawn)


def as_table(figure: Figure, lang: str) -> Markup:
    """The figures as a table, a click away; nothing where there are none."""
    return render("charts", "table", lang=lang, figure=figure)
