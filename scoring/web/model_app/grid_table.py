"""The grid as one table: a body a variable, its name and what is said of the whole, then its bins.

A client's own lines are marked, and the one that was asked for is brought into view.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from types import MappingProxyType

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent, text
from scoring.reports.exports.grid import Grid, Line, Variable
from scoring.web.model_app.parts import Column, Html, markup
from scoring.web.waterfall import signed

WIDEST = 46.0
"""Percent of a bar's cell that the largest effect takes, to either side of its middle."""

SORTS: Mapping[str, Callable[[Variable], tuple[float, int]]] = MappingProxyType(
    {
        "document": lambda variable: (0.0, variable.position),
        "weight": lambda variable: (-variable.weight, variable.position),
        "spread": lambda variable: (-variable.spread, variable.position),
        "iv": lambda variable: (-(variable.iv or 0.0), variable.position),
    }
)
"""Orders of the variables by name; `name` is by label, see `wanted`."""


def wanted(grid: Grid, typed: str, sort: str, lang: str) -> list[Variable]:
    """The variables whose label, name or explanation holds each word that was typed, in the order asked for."""
    words = typed.casefold().split()
    found = [variable for variable in grid.variables if all(word in _searched(variable, lang) for word in words)]
    if sort == "name":
        return sorted(found, key=lambda variable: variable.label(lang).casefold())
    return sorted(found, key=SORTS.get(sort, SORTS["document"]))


def _searched(variable: Variable, lang: str) -> str:
    meanings = " ".join(DICTIONARY[name].explanation.say(lang) for name in variable.features)
    return f"{variable.label(lang)} {variable.name} {meanings}".casefold()


def grid_html(grid: Grid, shown: Sequence[Variable], cells: Mapping[str, int], sought: str, lang: str) -> str:
    """The table.

    Parameters
    ----------
    cells : by variable, the cell that a client is in; empty without one
    sought : name of the variable to bring into view
    """
    columns = _columns(grid, lang)
    heads = "".join(
        f'<th scope="col"{one.classes} title="{escape(one.hint)}">{escape(one.heading)}</th>' for one in columns
    )
    largest = max((abs(line.points) for variable in grid.variables for line in variable.lines), default=1.0) or 1.0
    bodies = "".join(_body(variable, columns, cells.get(variable.name), sought, largest, lang) for variable in shown)
    label = escape(text(lang, "model.points.table"))
    return (
        f'<div class="cs-scroll cs-grid-scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="cs-table cs-grid" id="grid" data-model="{escape(grid.model_version)}">'
        f"<thead><tr>{heads}</tr></thead>{bodies}</table></div>"
    )


def _columns(grid: Grid, lang: str) -> list[Column]:
    def column(name: str, *, is_number: bool = True, extra: bool = False) -> Column:
        return Column(
            text(lang, f"model.points.column.{name}"), text(lang, f"model.points.hint.{name}"), is_number, extra
        )

    outcomes = [column("rate"), column("woe", extra=True), column("iv", extra=True)] if grid.has_outcomes else []
    return [
        column("bin", is_number=False),
        column("clients"),
        column("share", extra=True),
        *outcomes,
        column("points"),
        column("bar", is_number=False, extra=True),
        column("band", extra=True),
    ]


def _body(
    variable: Variable, columns: Sequence[Column], cell: int | None, sought: str, largest: float, lang: str
) -> str:
    here = " data-sought" if variable.name == sought and cell is None else ""
    rows = "".join(_row(variable, line, columns, cell, sought, largest, lang) for line in variable.lines)
    said = [text(lang, "model.points.range", points=number(variable.spread, lang, 1))]
    if variable.iv is not None:
        said.append(text(lang, "model.points.iv", iv=number(variable.iv, lang, 3)))
    if variable.coefficient is not None:
        said.append(text(lang, "model.points.coefficient", coefficient=number(variable.coefficient, lang, 3)))
    meanings = " ".join(DICTIONARY[name].explanation.say(lang) for name in variable.features)
    return (
        f'<tbody data-term="{escape(variable.name)}"{here}><tr class="cs-grid-head"><th scope="rowgroup" '
        f'colspan="{len(columns)}"><strong>{escape(variable.label(lang))}</strong> <code>{escape(variable.name)}</code>'
        f'<span class="cs-grid-said">{escape(" · ".join(said))}</span>'
        f'<small class="cs-meaning">{escape(meanings)}</small></th></tr>{rows}</tbody>'
    )


def _row(
    variable: Variable,
    line: Line,
    columns: Sequence[Column],
    cell: int | None,
    sought: str,
    largest: float,
    lang: str,
) -> str:
    is_client = line.cell == cell
    told = escape(line.told(variable.features, lang))
    if is_client:
        told = f'<span class="cs-here">{escape(text(lang, "model.points.here"))}</span>{told}'
    outcomes: list[str | Html | None] = []
    if len(columns) > 6:
        outcomes = [
            None if line.event_rate is None else percent(line.event_rate, lang, 1),
            None if line.woe is None else number(line.woe, lang, 3),
            None if line.iv is None else number(line.iv, lang, 4),
        ]
    cells: list[str | Html | None] = [
        Html(told),
        number(line.clients, lang),
        percent(line.share, lang, 1),
        *outcomes,
        signed(line.points, lang, 1),
        Html(_bar(line.points, largest)),
        Html(f'<span class="cs-interval">{_band(line, lang)}</span>'),
    ]
    first, *rest = (markup(one) for one in cells)
    body = "".join(f"<td{column.classes}>{one}</td>" for column, one in zip(columns[1:], rest, strict=True))
    marks = f' class="cs-grid-client"{" data-sought" if variable.name == sought else ""}' if is_client else ""
    return f'<tr id="cell-{variable.position}-{line.cell}"{marks}><th scope="row">{first}</th>{body}</tr>'


def _band(line: Line, lang: str) -> str:
    between = text(lang, "model.interval", low=number(line.low, lang, 1), high=number(line.high, lang, 1))
    return escape(between)


def _bar(points: float, largest: float) -> str:
    width = WIDEST * abs(points) / largest
    side = "for" if points > 0 else "against"
    bar = f'<i class="cs-bar-{side}" style="width:{width:.1f}%"></i>' if width >= 0.05 else ""
    return f'<span class="cs-diverging" aria-hidden="true">{bar}</span>'
