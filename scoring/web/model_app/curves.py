"""The usual curves, read from the evaluation's sweep: ROC, precision-recall, KS, calibration, scores by outcome."""

import itertools
from collections.abc import Sequence
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from scoring.i18n import number, percent
from scoring.reports.evaluation import CalibrationFigures, ModelAssessment
from scoring.reports.pricing import Rates, rates
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import address, colour_of, dotted, error_bars, names_inside, upright
from scoring.web.page import Built, Place

NAME = "curves"
SECTION = "model"
MODELS = ("scorecard", "ebm", "reference")
SQUARE = 360
FEW_ROWS = 11
"""Rows of a curve's table: its tenths."""


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="curves")

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        return [curves_html(context, place.query.get("model", ""))]

    return Built([part], draw)


def curves_html(context: ModelContext, wanted: str) -> Markup:
    """The whole page; KS, calibration and the distributions are of the model that is wanted."""
    models = context.reports.evaluation.assessment.models
    kind = wanted if wanted in models else context.reports.serves
    assessed = models[kind]
    figures = (
        roc(context, kind),
        precision_recall(context, kind),
        calibration(context, kind, assessed.calibration),
        ks(context, kind, assessed),
        distribution(context, kind, assessed),
    )
    return context.render(
        "curves",
        models={one: address(NAME, model=one) for one in MODELS if one in models},
        kind=kind,
        figures=[figure_html(one, context.lang) for one in figures],
    )


def roc(context: ModelContext, kind: str) -> Figure:
    """Defaulters found against payers refused, for every model."""
    say, lang, models = context.say, context.lang, context.reports.evaluation.assessment.models
    found = {one: rates(models[one].every_threshold) for one in MODELS if one in models}
    auc = models[kind].figures["auc"]
    title = say(
        "curves.roc.finding",
        kind=say(f"kind.{kind}"),
        auc=number(auc.value, lang, 3),
        low=number(auc.low, lang, 3),
        high=number(auc.high, lang, 3),
    )
    traces = [_line(context, one, 100 * curve.refused, 100 * curve.found, kind) for one, curve in found.items()]
    chance = {"type": "line", "x0": 0, "y0": 0, "x1": 100, "y1": 100, "line": dotted()}
    layout = _square(
        say("curves.refused"), say("curves.found"), [chance], names_inside(context, list(found), looked_at=kind)
    )
    table = _tenths(context, found[kind], say("curves.refused"), say("curves.found"))
    return Figure("roc", title, say("curves.roc.says"), traces, layout, table, height=SQUARE)


def precision_recall(context: ModelContext, kind: str) -> Figure:
    """How many of the declined have difficulties, against how many of those with difficulties are declined."""
    say, lang, assessment = context.say, context.lang, context.reports.evaluation.assessment
    models = assessment.models
    found = {one: rates(models[one].every_threshold) for one in MODELS if one in models}
    base = assessment.defaulters / assessment.clients
    title = say(
        "curves.pr.finding",
        precision=number(models[kind].figures["average_precision"].value, lang, 3),
        base=number(base, lang, 3),
    )
    traces = [_line(context, one, 100 * curve.found, 100 * curve.precision, kind) for one, curve in found.items()]
    chance = {"type": "line", "x0": 0, "y0": 100 * base, "x1": 100, "y1": 100 * base, "line": dotted()}
    layout = _square(
        say("curves.found"),
        say("curves.precision"),
        [chance],
        names_inside(context, list(found), looked_at=kind, corner=0.76),
    )
    curve = found[kind]
    rows = [
        [percent(float(curve.found[at]), lang), _share(float(curve.precision[at]), lang)] for at in _spread(curve.found)
    ]
    table = Table([say("curves.found"), say("curves.precision")], rows)
    return Figure("precision-recall", title, say("curves.pr.says"), traces, layout, table, height=SQUARE)


def calibration(context: ModelContext, kind: str, found: CalibrationFigures) -> Figure:
    """What was predicted against what happened, by tenths of the clients."""
    say, lang, groups = context.say, context.lang, found.reliability
    verdict = {True: "good", False: "bad", None: "unsure"}[found.within_bounds]
    slope = found.calibration_slope
    title = say(
        f"curves.calibration.{verdict}",
        slope=number(slope.value, lang, 2),
        low=number(slope.low, lang, 2),
        high=number(slope.high, lang, 2),
    )
    heads = [say("curves.predicted"), say("curves.observed"), say("curves.between"), say("points.column.clients")]
    if groups is None:
        return Figure("calibration", title, "", [], {}, Table(heads, []), few=say("curves.few"))
    rows = [
        [percent(pd, lang, 1), percent(seen, lang, 1), f"{percent(low, lang, 1)} – {percent(high, lang, 1)}", f"{n}"]
        for pd, seen, low, high, n in zip(
            groups.mean_pd,
            groups.observed,
            groups.observed_low,
            groups.observed_high,
            groups.clients,
            strict=True,
        )
    ]
    colour = colour_of(kind, context.reports.serves)
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [100 * pd for pd in groups.mean_pd],
        "y": [100 * seen for seen in groups.observed],
        "error_y": error_bars(
            groups.observed, groups.observed_low, groups.observed_high, colour, thickness=1.5, width=4, scale=100
        ),
        "marker": {"color": colour, "size": 10},
        "hovertemplate": "%{x:.1f} % → %{y:.1f} %<extra></extra>",
    }
    reach = 105 * max(*groups.mean_pd, *groups.observed_high)
    perfect = {"type": "line", "x0": 0, "y0": 0, "x1": reach, "y1": reach, "line": dotted()}
    layout = {
        "xaxis": {"title": {"text": say("curves.predicted")}, "range": [0, reach], "ticksuffix": " %", "nticks": 8},
        "yaxis": {"title": {"text": say("curves.observed")}, "range": [0, reach], "ticksuffix": " %"},
        "shapes": [perfect],
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
    }
    note = say("curves.calibration.note", kind=say(f"kind.{kind}"))
    return Figure(
        "calibration", title, say("curves.calibration.says"), [trace], layout, Table(heads, rows), note, height=SQUARE
    )


def ks(context: ModelContext, kind: str, assessed: ModelAssessment) -> Figure:
    """The two distribution functions and the largest distance between them."""
    say, lang, points = context.say, context.lang, assessed.every_threshold
    bad, good = points.accepted_bad / points.bad, points.accepted_good / points.good
    widest = int(np.argmax(np.abs(good - bad)))
    found = assessed.figures["ks"]
    title = say(
        "curves.ks.finding",
        ks=number(found.value, lang, 3),
        low=number(found.low, lang, 3),
        high=number(found.high, lang, 3),
        threshold=percent(float(points.thresholds[widest]), lang, 1),
    )
    x = 100 * points.thresholds
    names = {"good": (good, palette.ACCEPT), "bad": (bad, palette.DECLINE)}
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x.round(4).tolist(),
            "y": (100 * values).round(3).tolist(),
            "line": {"color": colour, "width": 2, "shape": "hv"},
            "hovertemplate": f"{say(f'costs.is.{name}')}<br>≤ %{{x:.1f}} % : %{{y:.0f}} %<extra></extra>",
        }
        for name, (values, colour) in names.items()
    ]
    reach = 100 * float(np.quantile(points.thresholds, 0.98))
    layout = {
        "xaxis": {"title": {"text": say("curves.pd")}, "range": [0, reach], "ticksuffix": " %", "nticks": 8},
        "yaxis": {"title": {"text": say("curves.below")}, "range": [0, 102], "ticksuffix": " %"},
        "shapes": [
            {
                "type": "line",
                "x0": x[widest],
                "x1": x[widest],
                "y0": 100 * float(bad[widest]),
                "y1": 100 * float(good[widest]),
                "line": {"color": palette.INK, "width": 2},
            }
        ],
        "annotations": [
            _label(say(f"costs.is.{name}"), reach, 100 * float(np.interp(reach, x, values)), colour)
            for name, (values, colour) in names.items()
        ],
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
    }
    rows = [
        [percent(float(points.thresholds[at]), lang, 1), percent(float(good[at]), lang), percent(float(bad[at]), lang)]
        for at in _spread(good)
    ]
    table = Table([say("costs.threshold"), say("costs.is.good"), say("costs.is.bad")], rows)
    note = say("curves.ks.note", kind=say(f"kind.{kind}"))
    return Figure("ks", title, say("curves.ks.says"), traces, layout, table, note, height=SQUARE)


def distribution(context: ModelContext, kind: str, assessed: ModelAssessment) -> Figure:
    """Scores in points, of those who paid and of those who had difficulties."""
    say, lang, found, scale = context.say, context.lang, assessed.histogram, context.service.model.scale
    edges = [scale.points(edge) for edge in found.edges]  # falling, since log-odds rise
    step = abs(edges[1] - edges[0]) if len(edges) > 1 else 10.0
    edges = [edges[0] + step, *edges, edges[-1] - step]
    middles = [(left + right) / 2 for left, right in itertools.pairwise(edges)]
    parts = {"good": (found.share_of_payers, palette.ACCEPT), "bad": (found.share_of_defaulters, palette.DECLINE)}
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": middles,
            "y": [100 * share for share in shares],
            "fill": "tozeroy",
            "line": {"color": colour, "width": 2, "shape": "hvh"},
            "opacity": 0.7,
            "hovertemplate": f"{say(f'costs.is.{name}')}<br>%{{x:.0f}} : %{{y:.1f}} %<extra></extra>",
        }
        for name, (shares, colour) in parts.items()
    ]
    threshold = scale.points(np.log(assumed := context.service.model.rule.threshold) - np.log1p(-assumed))
    peaks = {name: int(np.argmax(shares)) for name, (shares, _) in parts.items()}
    layout = {
        "xaxis": {"title": {"text": say("curves.points")}, "dtick": 50},
        "yaxis": {"title": {"text": say("curves.share")}, "rangemode": "tozero", "ticksuffix": " %"},
        "shapes": [upright(threshold)],
        "annotations": [
            {
                **_label(say(f"costs.is.{name}"), middles[at], 100 * parts[name][0][at], parts[name][1]),
                "xanchor": "left" if name == "good" else "right",
                "yshift": 10,
            }
            for name, at in peaks.items()
        ],
        "margin": {"l": 8, "r": 12, "t": 16, "b": 8},
    }
    rows = [
        [number(middle, lang), percent(good, lang, 1), percent(bad, lang, 1)]
        for middle, good, bad in zip(middles, found.share_of_payers, found.share_of_defaulters, strict=True)
    ]
    table = Table([say("curves.points"), say("costs.is.good"), say("costs.is.bad")], rows)
    title = say("curves.distribution.finding", threshold=number(threshold, lang))
    note = say("curves.distribution.note", kind=say(f"kind.{kind}"))
    return Figure("distribution", title, say("curves.distribution.says"), traces, layout, table, note, height=SQUARE)


def _line(context: ModelContext, one: str, x: Any, y: Any, looked_at: str) -> dict[str, Any]:
    name = context.say(f"kind.{one}")
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.round(x, 3).tolist(),
        "y": [None if np.isnan(value) else round(float(value), 3) for value in y],
        "line": {"color": colour_of(one, context.reports.serves), "width": 3 if one == looked_at else 1.5},
        "hovertemplate": f"{name}<br>%{{x:.0f}} %, %{{y:.0f}} %<extra></extra>",
    }


def _square(x: str, y: str, shapes: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> dict[str, Any]:
    axis = {"range": [0, 101], "ticksuffix": " %", "dtick": 25}
    return {
        "xaxis": {"title": {"text": x}, **axis},
        "yaxis": {"title": {"text": y}, **axis},
        "shapes": shapes,
        "annotations": annotations,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
    }


def _label(words: str, x: float, y: float, colour: str) -> dict[str, Any]:
    return {
        "x": x,
        "y": y,
        "text": words,
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "bottom",
        "font": {"color": colour},
        "bgcolor": palette.CARD,
    }


def _spread(values: Any) -> Sequence[int]:
    """The places of the tenths of a curve that goes from 0 to 1, or from 1 to 0."""
    rising = values if values[-1] >= values[0] else 1.0 - values
    return sorted({int(np.argmin(np.abs(rising - share))) for share in np.linspace(0.0, 1.0, FEW_ROWS)})


def _tenths(context: ModelContext, curve: Rates, x: str, y: str) -> Table:
    lang = context.lang
    rows = [
        [percent(float(curve.refused[at]), lang), percent(float(curve.found[at]), lang)]
        for at in _spread(curve.refused)
    ]
    return Table([x, y], rows)


def _share(value: float, lang: str) -> str:
    return "–" if np.isnan(value) else percent(value, lang)
