"""The page of shapes: each term of both models on one axis, in points; pairs as heat maps; all of them in small."""

from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY
from scoring.data.features.declaration import Direction
from scoring.i18n import number
from scoring.model.additive_model import term_key
from scoring.reports.exports.binned import Bin, bins_of
from scoring.reports.shapes import Shape, Surface, shapes_of, surfaces_of
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Html, body, head, html, panel, table
from scoring.web.model_app.place import going
from scoring.web.model_app.shapes_gallery import gallery_html
from scoring.web.model_app.shapes_picture import label_of, shape_figure
from scoring.web.page import Built, Place

# A pair's term as a heat map: points for each two bins, safer blue, riskier orange, with the clients of each cell.

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


NAME = "shapes"
SECTION = "model"
_GO = "(term) => { if (term) window.clairscore.go('view=shapes&term=' + encodeURIComponent(term)); }"


def build(context: ModelContext) -> Built:
    """A choice of terms above one part."""
    say = context.say
    html(head(say("shapes.title"), say("shapes.lead")))
    term = gr.Dropdown([], value=None, label=say("shapes.choose"), elem_id="shapes-term", filterable=True)
    part = charts(elem_id="shapes")
    term.input(fn=None, inputs=term, js=_GO, api_visibility="private")

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        models = context.reports.models
        shapes, surfaces = shapes_of(models), surfaces_of(models["ebm"]) if "ebm" in models else {}
        choices = [(_choice(context, one, by_kind), one) for one, by_kind in shapes.items()]
        choices += [(label_of(surface.features, context.lang), one) for one, surface in surfaces.items()]
        asked = place.query.get("term", "")
        name = asked if asked in shapes or asked in surfaces else next(iter(shapes))
        shown = _surface(context, surfaces[name]) if name in surfaces else _shape(context, shapes[name])
        small = gallery_html(context, shapes, surfaces, name)
        return [gr.update(choices=choices, value=name), body(shown + small)]

    return Built([term, part], draw)


def _choice(context: ModelContext, name: str, by_kind: dict[Any, Shape]) -> str:
    label = DICTIONARY[name].label.say(context.lang)
    only = next(iter(by_kind)) if len(by_kind) == 1 else ""
    return context.say("shapes.only", label=label, kind=context.say(f"kind.{only}")) if only else label


def _shape(context: ModelContext, by_kind: dict[Any, Shape]) -> str:
    say, lang = context.say, context.lang
    feature = DICTIONARY[next(iter(by_kind.values())).features[0]]
    direction = {Direction.RAISES: "raises", Direction.LOWERS: "lowers", Direction.FREE: "free"}[feature.direction]
    said = f"{feature.explanation.say(lang)} {say(f'shapes.direction.{direction}')}"
    columns = [
        Column(say("results.model"), number=False),
        Column(say("points.sort.weight")),
        Column(say("points.sort.spread")),
        Column(say("shapes.missing")),
        Column(say("shapes.missing.clients"), extra=True),
        Column("", number=False),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"kind.{kind}"),
            number(shape.weight, lang, 1),
            number(shape.spread, lang, 1),
            number(shape.missing.points, lang, 1),
            number(shape.missing.clients, lang),
            Html(
                f"<a {going('points', None, model=kind, term=feature.name)}>{escape(say('shapes.to_points'))}"
                f'<span class="cs-visually-hidden"> – {escape(say(f"kind.{kind}"))}</span></a>'
            ),
        ]
        for kind, shape in by_kind.items()
    ]
    title = feature.label.say(lang)
    picture = figure_html(shape_figure(context, by_kind), lang)
    return panel(title, picture + table(columns, rows, title, "shape-table"), said, "shape")


def _surface(context: ModelContext, surface: Surface) -> str:
    say, lang = context.say, context.lang
    said = say("shapes.pair.lead", weight=number(surface.weight, lang, 1))
    title = label_of(surface.features, lang)
    link = going("points", None, model="ebm", term=term_key(surface.features))
    to_points = f"<p><a {link}>{escape(say('shapes.to_points'))}</a></p>"
    return panel(title, figure_html(surface_figure(context, surface), lang) + to_points, said, "shape")
