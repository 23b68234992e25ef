"""The page of shapes: each term of both models on one axis, in points; pairs as heat maps; all of them in small."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY, say
from scoring.data.features.declaration import Direction
from scoring.i18n import number
from scoring.model.additive_model import term_key
from scoring.model.artefacts import Kind
from scoring.reports.exports.binned import Bin, bins_of
from scoring.reports.shapes import Cell, Shape, Surface, reach_of, shapes_of, steps_of, surfaces_of
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app import parts
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Column, address, colour_of, dotted, head, html, label_of, part
from scoring.web.page import Built, Place
from scoring.web.templates import script

NAME = "shapes"
SECTION = "model"
DIRECTIONS = {Direction.RAISES: "raises", Direction.LOWERS: "lowers", Direction.FREE: "free"}
_GO = script("model_app/open_shape")


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
        wanted = place.query.get("term", "")
        name = wanted if wanted in shapes or wanted in surfaces else next(iter(shapes))
        return [gr.update(choices=choices, value=name), shapes_html(context, shapes, surfaces, name)]

    return Built([term, part], draw)


def _choice(context: ModelContext, name: str, by_kind: dict[Any, Shape]) -> str:
    label = DICTIONARY[name].label.say(context.lang)
    only = next(iter(by_kind)) if len(by_kind) == 1 else ""
    return context.say("shapes.only", label=label, kind=context.say(f"kind.{only}")) if only else label


def shapes_html(
    context: ModelContext, shapes: Mapping[str, Mapping[Kind, Shape]], surfaces: Mapping[str, Surface], name: str
) -> Markup:
    """The term that is looked at, and a card for each term, the heaviest first, then the pairs."""
    lang, serves = context.lang, context.reports.serves
    reach = max(
        (abs(cell.points) for by_kind in shapes.values() for shape in by_kind.values() for cell in shape.cells),
        default=1.0,
    )
    cards: list[dict[str, Any]] = [
        {
            "label": label_of([one], lang),
            "weight": " · ".join(number(shape.weight, lang, 1) for shape in by_kind.values()),
            "marks": _miniature(by_kind, serves, reach),
        }
        for one, by_kind in shapes.items()
    ]
    cards += [
        {"label": label_of(surface.features, lang), "weight": number(surface.weight, lang, 1), "marks": []}
        for surface in surfaces.values()
    ]
    for one, card in zip([*shapes, *surfaces], cards, strict=True):
        card |= {"address": address(NAME, term=one), "is_here": one == name}
    return context.render(
        "shapes",
        shown=_surface(context, surfaces[name]) if name in surfaces else _shape(context, shapes[name]),
        cards=cards,
        title=context.say("shapes.all", terms=len(cards)),
        reach=number(reach, lang),
        kinds={kind: _role(kind, serves) for kind in context.reports.models},
    )


def _shape(context: ModelContext, by_kind: Mapping[Kind, Shape]) -> dict[str, Any]:
    """One feature: its picture, and the weight of its term in each model."""
    say, lang = context.say, context.lang
    feature = DICTIONARY[next(iter(by_kind.values())).features[0]]
    columns = [
        Column(say("results.model"), number=False),
        Column(say("points.sort.weight")),
        Column(say("points.sort.spread")),
        Column(say("shapes.missing")),
        Column(say("shapes.missing.clients"), extra=True),
        Column("", number=False),
    ]
    rows: list[list[parts.Cell]] = [
        [
            say(f"kind.{kind}"),
            number(shape.weight, lang, 1),
            number(shape.spread, lang, 1),
            number(shape.missing.points, lang, 1),
            number(shape.missing.clients, lang),
            part(
                "link",
                address=address("points", model=kind, term=feature.name),
                label=say("shapes.to_points"),
                hidden=f" – {say(f'kind.{kind}')}",
            ),
        ]
        for kind, shape in by_kind.items()
    ]
    return {
        "title": feature.label.say(lang),
        "lead": f"{feature.explanation.say(lang)} {say(f'shapes.direction.{DIRECTIONS[feature.direction]}')}",
        "figure": figure_html(shape_figure(context, by_kind), lang),
        "columns": columns,
        "rows": rows,
    }


def _surface(context: ModelContext, surface: Surface) -> dict[str, Any]:
    """A pair of features."""
    return {
        "title": label_of(surface.features, context.lang),
        "lead": context.say("shapes.pair.lead", weight=number(surface.weight, context.lang, 1)),
        "figure": figure_html(surface_figure(context, surface), context.lang),
        "rows": [],
        "address": address("points", model="ebm", term=term_key(surface.features)),
    }


# Every term of both models in small, on one scale of points, so that what matters is what is seen.

WIDTH, HEIGHT, SIDE = 150.0, 56.0, 14.0


def _role(kind: Kind, serves: Kind) -> str:
    return "serving" if kind == serves else "other"


def _miniature(by_kind: Mapping[Kind, Shape], serves: Kind, reach: float) -> list[dict[str, Any]]:
    """The path of each model's steps and the height of its missing bin, the model that serves on top."""
    shapes = list(by_kind.values())
    return [
        {
            "role": _role(kind, serves),
            "path": _path(shape, shapes, reach),
            "missing": f"{_height(shape.missing.points, reach):.1f}" if shape.missing.clients else None,
        }
        for kind, shape in sorted(by_kind.items(), key=lambda item: item[0] == serves)
    ]


def _path(shape: Shape, shapes: list[Shape], reach: float) -> str:
    if shape.is_number:
        low, high = reach_of(shapes)
        steps = [(start, end, cell.points) for start, end, cell in steps_of(shape, (low, high))]
        return _steps(
            [((start - low) / (high - low), (end - low) / (high - low), points) for start, end, points in steps], reach
        )
    width = 1.0 / len(shape.cells)
    order = sorted(shape.cells, key=lambda cell: -cell.points)
    return _steps([(at * width, (at + 1) * width, cell.points) for at, cell in enumerate(order)], reach)


def _steps(steps: list[tuple[float, float, float]], reach: float) -> str:
    room = WIDTH - SIDE - 2
    return "".join(
        f"{'M' if place == 0 else 'L'}{2 + start * room:.1f} {_height(points, reach):.1f}H{2 + end * room:.1f}"
        for place, (start, end, points) in enumerate(steps)
    )


def _height(points: float, reach: float) -> float:
    return HEIGHT / 2 - (HEIGHT / 2 - 3) * max(-1.0, min(1.0, points / reach))


# One feature: steps of points of both models on one axis, their uncertainty, the missing bin, the clients.

PICTURE_HEIGHT = 420
UPPER, LOWER = [0.3, 1.0], [0.0, 0.2]
MAIN, MISSING = [0.0, 0.91], [0.93, 1.0]
"""Parts of the picture: shapes above clients; the missing bin at the right."""


def shape_figure(context: ModelContext, by_kind: Mapping[Kind, Shape]) -> Figure:
    """The picture of one feature."""
    shapes = list(by_kind.values())
    draw = _numbers if shapes[0].is_number else _categories
    traces, layout = draw(context, shapes)
    say_ = context.say
    title = say_("shapes.finding.one" if len(shapes) == 1 else "shapes.finding.two", **_findings(context, by_kind))
    return Figure(
        "shape",
        title,
        say_("shapes.says", label=label_of(shapes[0].features, context.lang)),
        traces,
        layout,
        _table(context, shapes),
        say_("shapes.note"),
        height=PICTURE_HEIGHT,
    )


def _findings(context: ModelContext, by_kind: Mapping[Kind, Shape]) -> dict[str, str]:
    found: dict[str, str] = {}
    for rank, (kind, shape) in zip(("first", "second"), by_kind.items(), strict=False):
        found |= {rank: context.say(f"kind.{kind}"), f"{rank}_spread": number(shape.spread, context.lang)}
    return found


def _numbers(context: ModelContext, shapes: list[Shape]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    reach = reach_of(shapes)
    finest = max(shapes, key=lambda shape: len(shape.cells))
    feature = DICTIONARY[finest.features[0]]
    traces: list[dict[str, Any]] = []
    for place, shape in enumerate(shapes):
        colour = colour_of(shape.kind, context.reports.serves)
        steps = steps_of(shape, reach)
        name = context.say(f"kind.{shape.kind}")
        corners = [at for low, high, _ in steps for at in (low, high)]
        hovers = [
            context.say(
                "shapes.hover",
                kind=name,
                low=say(feature, low, context.lang),
                high=say(feature, high, context.lang),
                points=number(cell.points, context.lang, 1),
                clients=number(cell.clients, context.lang),
            )
            for low, high, cell in steps
        ]
        traces += [
            {
                "type": "scatter",
                "mode": "lines",
                "x": [*corners, *reversed(corners)],
                "y": [
                    *(cell.high for _, _, cell in steps for _ in range(2)),
                    *(cell.low for _, _, cell in reversed(steps) for _ in range(2)),
                ],
                "fill": "toself",
                "fillcolor": colour,
                "opacity": 0.15,
                "line": {"width": 0},
                "hoverinfo": "skip",
            },
            {
                "type": "scatter",
                "mode": "lines",
                "x": corners,
                "y": [cell.points for _, _, cell in steps for _ in range(2)],
                "line": {"color": colour, "width": 2.5},
                "hoverinfo": "text",
                "hovertext": [one for one in hovers for _ in range(2)],
            },
            _dot(shape.missing, colour, place, context, name, "x2"),
        ]
    steps = steps_of(finest, reach)
    traces.append(
        {
            "type": "bar",
            "x": [(low + high) / 2 for low, high, _ in steps],
            "width": [0.96 * (high - low) for low, high, _ in steps],
            "y": [cell.clients for _, _, cell in steps],
            "yaxis": "y2",
            "marker": {"color": palette.GROUP},
            "hovertemplate": "%{y:,.0f}<extra></extra>",
        }
    )
    traces.append(_clients_of_missing(finest.missing))
    layout = _layout(context, shapes, feature.label.say(context.lang))
    layout["xaxis"] |= {"range": list(reach), "nticks": 8}
    layout["xaxis2"] |= {"range": [-1.5, 1.5], "tickvals": [0], "ticktext": [context.say("shapes.missing.short")]}
    return traces, layout


def _categories(context: ModelContext, shapes: list[Shape]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    feature = DICTIONARY[shapes[0].features[0]]
    codes = _codes(shapes)
    traces: list[dict[str, Any]] = []
    for place, shape in enumerate(shapes):
        colour = colour_of(shape.kind, context.reports.serves)
        name = context.say(f"kind.{shape.kind}")
        found = _cells_by_code(shape)
        shown = [code for code in codes if code in found]
        shift = 0.16 * (2 * place - (len(shapes) - 1))
        traces += [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [codes.index(code) + shift for code in shown],
                "y": [found[code].points for code in shown],
                "error_y": _errors([found[code] for code in shown], colour),
                "marker": {"color": colour, "size": 10, "symbol": "circle" if place == 0 else "diamond"},
                "hovertext": [
                    context.say(
                        "shapes.hover.code",
                        kind=name,
                        code=say(feature, code, context.lang),
                        points=number(found[code].points, context.lang, 1),
                        clients=number(found[code].clients, context.lang),
                    )
                    for code in shown
                ],
                "hoverinfo": "text",
            },
            _dot(shape.missing, colour, place, context, name, "x2"),
        ]
    finest = _cells_by_code(max(shapes, key=lambda shape: len(shape.levels)))
    traces.append(
        {
            "type": "bar",
            "x": [codes.index(code) for code in codes if code in finest],
            "y": [finest[code].clients for code in codes if code in finest],
            "yaxis": "y2",
            "marker": {"color": palette.GROUP},
            "hovertemplate": "%{y:,.0f}<extra></extra>",
        }
    )
    traces.append(_clients_of_missing(shapes[0].missing))
    layout = _layout(context, shapes, "")
    words = [say(feature, code, context.lang) for code in codes]
    layout["xaxis"] |= {
        "range": [-0.6, len(codes) - 0.4],
        "tickvals": list(range(len(codes))),
        "ticktext": [word if len(word) <= 24 else f"{word[:23]}…" for word in words],
        "tickangle": -35 if len(codes) > 4 else 0,
    }
    layout["xaxis2"] |= {"range": [-1.5, 1.5], "tickvals": [0], "ticktext": [context.say("shapes.missing.short")]}
    return traces, layout


def _codes(shapes: list[Shape]) -> list[str]:
    """All codes, the safest first by the first model that knows them."""
    points: dict[str, float] = {}
    for shape in shapes:
        for code, cell in _cells_by_code(shape).items():
            points.setdefault(code, cell.points)
    return sorted(points, key=lambda code: (-points[code], code))


def _cells_by_code(shape: Shape) -> dict[str, Cell]:
    return {code: cell for codes, cell in zip(shape.levels, shape.cells, strict=True) for code in codes}


def _dot(cell: Cell, colour: str, place: int, context: ModelContext, name: str, axis: str) -> dict[str, Any]:
    """The missing bin, drawn where training met missing values; hollow where it did not."""
    hover = context.say(
        "shapes.hover.code",
        kind=name,
        code=context.say("shapes.missing"),
        points=number(cell.points, context.lang, 1),
        clients=number(cell.clients, context.lang),
    )
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [0.5 * (2 * place - 1)],
        "y": [cell.points],
        "xaxis": axis,
        "error_y": _errors([cell], colour),
        "marker": {
            "color": colour if cell.clients else palette.CARD,
            "line": {"color": colour, "width": 2},
            "size": 10,
            "symbol": "circle" if place == 0 else "diamond",
        },
        "hovertext": [hover],
        "hoverinfo": "text",
    }


def _errors(cells: Sequence[Cell], colour: str) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [max(cell.high - cell.points, 0.0) for cell in cells],
        "arrayminus": [max(cell.points - cell.low, 0.0) for cell in cells],
        "color": colour,
        "thickness": 1.5,
        "width": 4,
    }


def _clients_of_missing(cell: Cell) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [0],
        "y": [cell.clients],
        "xaxis": "x2",
        "yaxis": "y2",
        "marker": {"color": palette.GROUP},
        "hovertemplate": "%{y:,.0f}<extra></extra>",
    }


def _layout(context: ModelContext, shapes: list[Shape], x_title: str) -> dict[str, Any]:
    names = [
        {
            "xref": "paper",
            "yref": "paper",
            "x": MAIN[1],
            "xanchor": "right",
            "y": 1.06 - 0.06 * place,
            "yanchor": "top",
            "text": ("● " if place == 0 else "◆ ") + context.say(f"kind.{shape.kind}"),
            "showarrow": False,
            "font": {"color": colour_of(shape.kind, context.reports.serves)},
            "bgcolor": palette.CARD,
        }
        for place, shape in enumerate(shapes)
    ]
    return {
        "xaxis": {"domain": MAIN, "anchor": "y2", "title": {"text": x_title}},
        "xaxis2": {"domain": MISSING, "anchor": "y2", "showgrid": False},
        "yaxis": {"domain": UPPER, "title": {"text": context.say("shapes.axis.points")}, "nticks": 6},
        "yaxis2": {
            "domain": LOWER,
            "title": {"text": context.say("points.column.clients")},
            "nticks": 3,
            "rangemode": "tozero",
            "tickformat": ",d",
        },
        "annotations": names,
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": dotted()}],
        "margin": {"l": 8, "r": 12, "t": 24, "b": 8},
        "bargap": 0.1,
    }


def _table(context: ModelContext, shapes: list[Shape]) -> Table:
    """Each bin of each model."""
    lang, feature = context.lang, DICTIONARY[shapes[0].features[0]]
    heads = [
        context.say("results.model"),
        context.say("points.column.bin"),
        context.say("points.column.clients"),
        context.say("points.column.points"),
        context.say("points.column.band"),
    ]
    rows = []
    for shape in shapes:
        for label, cell in _labelled(context, shape, feature.name):
            rows.append(
                [
                    context.say(f"kind.{shape.kind}"),
                    label,
                    number(cell.clients, lang),
                    number(cell.points, lang, 1),
                    context.say("between", low=number(cell.low, lang, 1), high=number(cell.high, lang, 1)),
                ]
            )
    return Table(heads, rows)


def _labelled(context: ModelContext, shape: Shape, name: str) -> list[tuple[str, Cell]]:
    feature, lang = DICTIONARY[name], context.lang
    if shape.is_number:
        ends = [None, *shape.edges, None]
        labels = [
            context.say(
                "shapes.bin",
                low="−∞" if low is None else say(feature, low, lang),
                high="+∞" if high is None else say(feature, high, lang),
            )
            for low, high in itertools.pairwise(ends)
        ]
    else:
        labels = [", ".join(say(feature, code, lang) for code in codes) for codes in shape.levels]
    return [*zip(labels, shape.cells, strict=True), (context.say("shapes.missing"), shape.missing)]


# A pair as a heat map: points for each two bins, safer blue, riskier orange, with the clients of each cell.

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
