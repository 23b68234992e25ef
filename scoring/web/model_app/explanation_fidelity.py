"""Whether explanations tell the truth: the reasons given, held against the law that made the synthetic clients."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.i18n import percent
from scoring.reports.validation import COMMAND, Check
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import colour_of, error_bars
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


def truth_html(context: ModelContext) -> Markup:
    """The whole page."""
    report = context.reports.validation
    found = () if report is None else report.of_family(FAMILY)
    figure = _precision(context, [check for check in found if check.model and PRECISION in check.figures])
    return context.render(
        "explanation_fidelity",
        report=report,
        found=found,
        figure="" if figure is None else figure_html(figure, context.lang),
        command=COMMAND,
    )


def _precision(context: ModelContext, checks: Sequence[Check]) -> Figure | None:
    """The share of each explanation's three main reasons that are among the true three."""
    say, lang = context.say, context.lang
    if not checks:
        return None
    names = [_explained(context, check) for check in checks]
    values = [_figure(check, PRECISION) for check in checks]
    lows, highs = ([_figure(check, f"precision_{end}") for check in checks] for end in ("low", "high"))
    chance = [_figure(check, "precision_of_chance") for check in checks]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "x": values,
            "y": names,
            "marker": {"color": [colour_of(check.model, context.reports.serves) for check in checks]},
            "error_x": error_bars(values, lows, highs, palette.INK, thickness=1.5, width=5),
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
    served = next((at for at, check in enumerate(checks) if check.model == context.reports.serves), 0)
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
        height=70 + 48 * len(checks),
    )


def _explained(context: ModelContext, check: Check) -> str:
    name = context.say(f"kind.{check.model}")
    return context.say("truth.shap", kind=name) if check.model == "reference" else name


def _figure(check: Check, name: str) -> float:
    value = check.figures.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
