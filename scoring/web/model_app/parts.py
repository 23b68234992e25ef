"""Values that the templates of several pages of the model app take: columns, tiles, cells, signs, colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent, text
from scoring.model.statistics import Interval
from scoring.web.charts import palette
from scoring.web.model_app.context import ModelContext
from scoring.web.page import Place
from scoring.web.templates import render

FIRST: Final = "tour"
"""The page that an address without one opens."""
Cell = str | Markup | None
"""A cell of a table: a text, markup of a template, or None for a dash."""


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
    def attribute(self) -> Markup:
        """The attribute that its cells carry."""
        return _ATTRIBUTES[self.number, self.extra]


_ATTRIBUTES: Mapping[tuple[bool, bool], Markup] = {
    (False, False): Markup(""),
    (True, False): Markup(' class="cs-num"'),
    (False, True): Markup(' class="cs-extra"'),
    (True, True): Markup(' class="cs-num cs-extra"'),
}


@dataclass(frozen=True)
class Tile:
    """A figure that stands by itself: what it is, the figure, and a line below it."""

    label: str
    value: str
    below: str = ""
    name: str = ""


def address(page: str, client: int | None = None, **query: str) -> str:
    """The query string of a page of the model app."""
    return Place(page, client, query).address


def part(macro: str, **values: Any) -> Markup:
    """A piece of a page: a macro of ``model_app/parts.html``."""
    return render("model_app/parts", macro, **values)


def html(value: str = "", **options: Any) -> gr.HTML:
    """A component of server-made HTML."""
    return gr.HTML(value, apply_default_css=False, **options)


def head(title: str, lead: str) -> Markup:
    """The first heading of a page, with a sentence that says what it is for."""
    return part("head", title=title, lead=lead)


def alert(message: str) -> Markup:
    """What went wrong, or may not be shown."""
    return part("alert", message=message)


def with_interval(figure: Interval | None, lang: str, decimals: int = 3, *, share: bool = False) -> Cell:
    """A figure with its interval below it; a dash where there is none."""
    if figure is None:
        return None
    write = percent if share else number
    value, low, high = (write(one, lang, decimals) for one in (figure.value, figure.low, figure.high))
    return part("interval", value=value, between=text(lang, "model.interval", low=low, high=high))


def linked(page: str, label: str, **query: str) -> Markup:
    """A cell that leads to a page of the model app."""
    return part("link", address=address(page, None, **query), label=label)


def plus(value: float, lang: str, decimals: int = 0) -> str:
    """A number with its sign; 0 has none."""
    return ("+" if value > 0 else "") + number(value, lang, decimals)


# What several pictures share.


def label_of(features: Sequence[str], lang: str) -> str:
    """The features' labels, joined."""
    return " × ".join(DICTIONARY[name].label.say(lang) for name in features)


def colour_of(kind: str, serves: str) -> str:
    """A model's colour: the one that serves is what pages are about, the black box is the others' grey."""
    if kind == "reference":
        return palette.GROUP
    return palette.CLIENT if kind == serves else palette.HUES[1]


def names_inside(
    context: ModelContext, kinds: Sequence[str], *, looked_at: str = "", corner: float = 0.04
) -> list[dict[str, Any]]:
    """The models' names at the right inside a picture, from a height up that its curves leave free."""
    return [
        {
            "xref": "paper",
            "yref": "paper",
            "x": 1.0,
            "xanchor": "right",
            "y": corner + 0.075 * place,
            "yanchor": "bottom",
            "text": f"<b>{context.say(f'kind.{one}')}</b>" if one == looked_at else context.say(f"kind.{one}"),
            "showarrow": False,
            "font": {"color": colour_of(one, context.reports.serves) if one != "reference" else palette.MUTED},
            "bgcolor": palette.CARD,
        }
        for place, one in enumerate(reversed(kinds))
    ]


def error_bars(
    values: Sequence[float],
    lows: Sequence[float],
    highs: Sequence[float],
    colour: str = palette.CLIENT,
    *,
    thickness: float = 2,
    width: int = 6,
    scale: float = 1,
) -> dict[str, Any]:
    """Intervals around the points of a trace; `scale` makes percents of shares."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [scale * (high - value) for high, value in zip(highs, values, strict=True)],
        "arrayminus": [scale * (value - low) for low, value in zip(lows, values, strict=True)],
        "color": colour,
        "thickness": thickness,
        "width": width,
    }


def dotted(colour: str = palette.INK, width: float = 1) -> dict[str, Any]:
    """The line of a limit, of chance, of zero."""
    return {"color": colour, "width": width, "dash": "dot"}


def upright(at: float, line: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A line from the bottom to the top of a picture."""
    return {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line or dotted()}
