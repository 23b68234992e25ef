"""A pair's term as a heat map: points for each two bins, safer blue, riskier orange, with the clients of each cell."""

from typing import Any

from scoring.data.features import DICTIONARY
from scoring.i18n import number
from scoring.reports.exports.binned import Bin, bins_of
from scoring.reports.shapes import Surface
from scoring.web.charts import Figure, Table, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.shapes_picture import label_of

ROW = 44


def surface_figure(context: ModelContext, surface: Surface) -> Figure:
    """The picture of one pair."""
    say, lang = context.say, context.lang
    first, second = (DICTIONARY[name] for name in surface.features)
    rows: list[Bin] = [one for one in bins_of(surface.axes[0]) if one.kind != "other"]
    columns: list[Bin] = [one for one in bins_of(surface.axes[1]) if one.kind != "other"]
    cells = [[surface.rows[row.cell][column.cell] for column in columns] for row in rows]
    most = max((abs(cell.points) for line in cells for cell in line), default=1.0) or 1.0
    hovers = [
        [
            say(
                "shapes.pair.hover",
                first=say("labelled", label=first.label.say(lang), value=row.say(first, lang)),
                second=say("labelled", label=second.label.say(lang), value=column.say(second, lang)),
                points=number(cell.points, lang, 1),
                clients=number(cell.clients, lang),
            )
            for column, cell in zip(columns, line, strict=True)
        ]
        for row, line in zip(rows, cells, strict=True)
    ]
    trace: dict[str, Any] = {
        "type": "heatmap",
        "x": list(range(len(columns))),
        "y": list(range(len(rows))),
        "z": [[cell.points for cell in line] for line in cells],
        "zmin": -most,
        "zmax": most,
        "colorscale": [[0, palette.DECLINE], [0.5, palette.CARD], [1, palette.ACCEPT]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverinfo": "text",
        "hovertext": hovers,
    }
    annotations = [
        {
            "x": x,
            "y": y,
            "text": number(cell.points, lang, 1) if cell.clients else "·",
            "showarrow": False,
            "font": {"size": 12, "color": palette.CARD if abs(cell.points) > 0.55 * most else palette.INK},
        }
        for y, line in enumerate(cells)
        for x, cell in enumerate(line)
    ]
    layout = {
        "xaxis": {
            "title": {"text": second.label.say(lang)},
            "tickvals": list(range(len(columns))),
            "ticktext": [column.say(second, lang) for column in columns],
            "tickangle": -35,
        },
        "yaxis": {
            "title": {"text": first.label.say(lang)},
            "tickvals": list(range(len(rows))),
            "ticktext": [row.say(first, lang) for row in rows],
            "showgrid": False,
        },
        "annotations": annotations,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
    }
    table = Table(
        [first.label.say(lang), second.label.say(lang), say("points.column.points"), say("points.column.clients")],
        [
            [row.say(first, lang), column.say(second, lang), number(cell.points, lang, 1), number(cell.clients, lang)]
            for row, line in zip(rows, cells, strict=True)
            for column, cell in zip(columns, line, strict=True)
        ],
    )
    reach = [cell.points for line in cells for cell in line if cell.clients] or [0.0]
    title = say("shapes.pair.finding", low=number(min(reach), lang, 1), high=number(max(reach), lang, 1))
    says = say("shapes.pair.says", label=label_of(surface.features, lang))
    return Figure("pair", title, says, [trace], layout, table, say("shapes.pair.note"), height=ROW * len(rows) + 130)
