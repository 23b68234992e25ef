"""A figure: a finding in words, a picture, the sizes behind it, and the same figures as a real table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.i18n import NARROW_SPACE
from scoring.web.static import fingerprint
from scoring.web.templates import render, script

# The Gradio part that holds figures: it sees to it that they are drawn, and passes on what is clicked in them.

SCRIPT = "charts.js"
PLOTLY = "plotly-cartesian.min.js"


def charts(value: str = "", **options: Any) -> gr.HTML:
    """HTML made of `figure_html` and whatever stands around; raises `select` when something in a chart is chosen.

    The event's attributes: ``figure`` (the figure's key) and ``what``:

    - ``one``: a bar, point or cell was clicked; ``id`` is its ``customdata``, ``index`` its place, ``x`` and ``y``
    - ``area``: an area was drawn, where the figure's ``dragmode`` is ``select``; ``x`` and ``y`` are pairs, low to high
    - ``none``: a double click, which takes a choice back
    """
    names = {"SCRIPT": SCRIPT, "PLOTLY": PLOTLY}
    host = script("charts_host", **{word: f"{name}?{fingerprint(name)}" for word, name in names.items()})
    return gr.HTML(value, js_on_load=host, apply_default_css=False, **options)


SEPARATORS = {"fr": f",{NARROW_SPACE}", "en": ".,"}
"""What plotly.js writes between decimals, and between thousands."""


@dataclass(frozen=True)
class Cell:
    """A cell of a table: what it says and, where it leads somewhere, the query string of that place."""

    words: str
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
