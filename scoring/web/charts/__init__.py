"""Charts: figures made of plain values by pure functions, drawn in the browser by our own plotly.js.

The rule: a chart's title says what it shows, the same figures stand beside it as a table, and groups tell their sizes.

A page makes a `Figure`, with one of the kinds below or from plotly-shaped dicts of its own, and puts its HTML into a
part made by `charts`; one part holds any number of figures and other HTML:

    part = charts(elem_id="shapes")
    ...
    html = figure_html(bars("top", "Client 100002 has most", [Bar("100002", 310.0, "310", id=100002)], …), lang)
    part.select(chosen, None, outputs, **QUICK)      # def chosen(event: gr.EventData): event.figure, event.id

Kinds: `bars` (horizontal: a ranking, categories, a share along bands), `histogram` (with a marked client), `points`,
`density` (many points), `grid` (a share over two bands), `lines`. They take texts already in the reader's language, so
that they know no sentence themselves.

What the kinds see to: bars begin at zero; the client is in the brand colour and labelled in the picture; everybody else
is grey; no legend; colours follow light and dark (`palette` names them); numbers on the axes are written as the
language does. What a figure of one's own must see to: no colour but those of `palette`, no legend for two series or
fewer, six hues at most, ``customdata`` on what can be clicked, None for a gap.

An id that starts with ``go:`` raises no event: a click on it goes to that place of the officers' pages.
"""

from scoring.web.charts import palette
from scoring.web.charts.figure import Cell, Figure, Table, as_table, charts, figure_html
from scoring.web.charts.kinds import Bar, Mark, Series, bars, histogram, lines
from scoring.web.charts.planes import Tile, density, grid, points

__all__ = [
    "Bar",
    "Cell",
    "Figure",
    "Mark",
    "Series",
    "Table",
    "Tile",
    "as_table",
    "bars",
    "charts",
    "density",
    "figure_html",
    "grid",
    "histogram",
    "lines",
    "palette",
    "points",
]
