"""One feature's shapes, both models on one axis: steps of points, their uncertainty, the missing bin, the clients."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from scoring.data.features import DICTIONARY, say
from scoring.i18n import number
from scoring.model.artefacts import Kind
from scoring.reports.shapes import Cell, Shape, reach_of, steps_of
from scoring.web.charts import Figure, Table, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.costs_pictures import colour_of

HEIGHT = 420
UPPER, LOWER = [0.3, 1.0], [0.0, 0.2]
MAIN, SIDE = [0.0, 0.91], [0.93, 1.0]
"""Parts of the picture: shapes above clients; the missing bin at the right."""


def label_of(features: Sequence[str], lang: str) -> str:
    """The features' labels, joined."""
    return " × ".join(DICTIONARY[name].label.say(lang) for name in features)


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
        height=HEIGHT,
    )


def _findings(context: ModelContext, by_kind: Mapping[Kind, Shape]) -> dict[str, str]:
    told = [(context.say(f"kind.{kind}"), number(shape.spread, context.lang)) for kind, shape in by_kind.items()]
    names = {"first": told[0][0], "first_spread": told[0][1]}
    return names if len(told) == 1 else {**names, "second": told[1][0], "second_spread": told[1][1]}


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
    told = context.say(
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
        "hovertext": [told],
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
    zero = {"color": palette.INK, "width": 1, "dash": "dot"}
    return {
        "xaxis": {"domain": MAIN, "anchor": "y2", "title": {"text": x_title}},
        "xaxis2": {"domain": SIDE, "anchor": "y2", "showgrid": False},
        "yaxis": {"domain": UPPER, "title": {"text": context.say("shapes.axis.points")}, "nticks": 6},
        "yaxis2": {
            "domain": LOWER,
            "title": {"text": context.say("points.column.clients")},
            "nticks": 3,
            "rangemode": "tozero",
            "tickformat": ",d",
        },
        "annotations": names,
        "shapes": [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": zero}],
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
        for told, cell in _told(context, shape, feature.name):
            rows.append(
                [
                    context.say(f"kind.{shape.kind}"),
                    told,
                    number(cell.clients, lang),
                    number(cell.points, lang, 1),
                    context.say("between", low=number(cell.low, lang, 1), high=number(cell.high, lang, 1)),
                ]
            )
    return Table(heads, rows)


def _told(context: ModelContext, shape: Shape, name: str) -> list[tuple[str, Cell]]:
    feature, lang = DICTIONARY[name], context.lang
    if shape.is_number:
        ends = [None, *shape.edges, None]
        told = [
            context.say(
                "shapes.bin",
                low="−∞" if low is None else say(feature, low, lang),
                high="+∞" if high is None else say(feature, high, lang),
            )
            for low, high in itertools.pairwise(ends)
        ]
    else:
        told = [", ".join(say(feature, code, lang) for code in codes) for codes in shape.levels]
    return [*zip(told, shape.cells, strict=True), (context.say("shapes.missing"), shape.missing)]
