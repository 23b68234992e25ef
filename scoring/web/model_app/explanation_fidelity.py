"""Whether explanations tell the truth: the reasons given, held against the law that made the synthetic clients."""

from html import escape
from typing import Any

import gradio as gr

from scoring.i18n import percent
from scoring.reports.validation import COMMAND, Check, Validation
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.checks_html import checks_html
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.costs_pictures import colour_of
from scoring.web.model_app.parts import absent, body, head, panel, paragraphs
from scoring.web.page import Built, Place

NAME = "truth"
SECTION = "model"
FAMILY = "explanations"
PRECISION = "precision_at_3"


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="truth")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [truth_html(context)]

    return Built([part], draw)


def truth_html(context: ModelContext) -> str:
    """The whole page."""
    say, lang, report = context.say, context.lang, context.reports.validation
    top = head(say("truth.title"), say("truth.lead"))
    if report is None:
        return body(top + absent(lang, say("truth.what"), COMMAND))
    checks = report.of_family(FAMILY)
    if not checks:
        return body(top + f'<p class="cs-none">{escape(say("truth.none"))}</p>')
    how = panel(say("truth.how"), paragraphs([say("truth.how.1"), say("truth.how.2"), say("truth.how.3")]), name="how")
    figure = _precision(context, report)
    picture = f'<section class="cs-panel">{figure_html(figure, lang)}</section>' if figure is not None else ""
    return body(top + picture + how + panel(say("truth.checks"), checks_html(checks, lang), name="truth-checks"))


def _precision(context: ModelContext, report: Validation) -> Figure | None:
    """The share of each explanation's three main reasons that are among the true three."""
    say, lang = context.say, context.lang
    told = [check for check in report.of_family(FAMILY) if check.model and PRECISION in check.figures]
    if not told:
        return None
    names = [_explained(context, check) for check in told]
    values = [_figure(check, PRECISION) for check in told]
    lows, highs = ([_figure(check, f"precision_{end}") for check in told] for end in ("low", "high"))
    chance = [_figure(check, "precision_of_chance") for check in told]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "x": values,
            "y": names,
            "marker": {"color": [colour_of(check.model, context.reports.serves) for check in told]},
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [high - value for high, value in zip(highs, values, strict=True)],
                "arrayminus": [value - low for low, value in zip(lows, values, strict=True)],
                "color": palette.INK,
                "thickness": 1.5,
                "width": 5,
            },
            "hovertemplate": "%{y} : %{x:.1%}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": chance,
            "y": names,
            "marker": {"color": palette.INK, "size": 14, "symbol": "line-ns-open", "line": {"width": 2}},
            "hovertemplate": f"{say('truth.chance')} : %{{x:.1%}}<extra></extra>",
        },
    ]
    layout = {
        "xaxis": {"rangemode": "tozero", "tickformat": ".0%", "title": {"text": say("truth.axis")}},
        "yaxis": {"autorange": "reversed", "showgrid": False, "tickfont": {"color": palette.INK}},
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
        "bargap": 0.45,
    }
    served = next((at for at, check in enumerate(told) if check.model == context.reports.serves), 0)
    title = say(
        "truth.finding",
        kind=names[served],
        share=percent(values[served], lang),
        chance=percent(chance[served], lang),
    )
    heads = [say("truth.explanation"), say("truth.axis"), say("results.low"), say("results.high"), say("truth.chance")]
    rows = [
        [name, *(percent(one, lang, 1) for one in row)]
        for name, *row in zip(names, values, lows, highs, chance, strict=True)
    ]
    return Figure(
        "precision",
        title,
        say("truth.says"),
        traces,
        layout,
        Table(heads, rows),
        say("truth.note"),
        height=70 + 48 * len(told),
    )


def _explained(context: ModelContext, check: Check) -> str:
    name = context.say(f"kind.{check.model}")
    return context.say("truth.shap", kind=name) if check.model == "reference" else name


def _figure(check: Check, name: str) -> float:
    value = check.figures.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
