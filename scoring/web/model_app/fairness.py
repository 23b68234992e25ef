"""The fairness page: how groups are treated, for those who must know; never on the officers' pages."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.i18n import percent
from scoring.reports.validation import COMMAND, Check
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, address, dotted, error_bars, part, upright
from scoring.web.page import Built, Place

NAME = "fairness"
SECTION = "controls"
FAMILY = "fairness"
FOUR_FIFTHS = 0.8


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="fairness")

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        return [fairness_html(context, place.query.get("model", ""))]

    return Built([part], draw)


def fairness_html(context: ModelContext, wanted: str) -> Markup:
    """The whole page; the groups are those of the model that is wanted."""
    kind, report = context.kind(wanted), context.reports.validation
    checks = () if report is None else report.of_family(FAMILY)
    ratios = [check for check in checks if "approval_ratio" in check.figures and check.model == kind]
    proxies = [check for check in checks if check.model == kind and check not in ratios]
    columns, rows = _ratios(context, ratios)
    return context.render(
        "fairness",
        report=report,
        command=COMMAND,
        models={one: address(NAME, model=one) for one in context.reports.models},
        kind=kind,
        figure=figure_html(_picture(context, ratios), context.lang) if report is not None else "",
        columns=columns,
        rows=rows,
        ratios=ratios,
        others=[*proxies, *(check for check in checks if not check.model)],
    )


def _ratios(context: ModelContext, checks: Sequence[Check]) -> tuple[list[Column], list[list[Cell]]]:
    say, lang = context.say, context.lang
    columns = [
        Column(say("fairness.group"), number=False),
        Column(say("fairness.verdict"), number=False),
        Column(say("fairness.ratio")),
        Column(say("fairness.gap"), extra=True),
        Column(say("fairness.lowest"), number=False, extra=True),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"fairness.of.{check.id.split('.')[1]}"),
            part("badge", verdict=check.verdict, word=say(f"verdict.{check.verdict}")),
            _share(check, "approval_ratio", lang),
            _share(check, "false_refusal_gap", lang),
            context.group(str(check.figures.get("lowest_group") or "–"), check),
        ]
        for check in checks
    ]
    return columns, rows


def _share(check: Check, name: str, lang: str) -> Cell:
    share, low, high = (_number(check, one) for one in (name, f"{name}_low", f"{name}_high"))
    if share is None or low is None or high is None:
        return None if share is None else percent(share, lang, 1)
    between = f"[{percent(low, lang, 1)} ; {percent(high, lang, 1)}]"
    return part("interval", value=percent(share, lang, 1), between=between)


def _number(check: Check, name: str) -> float | None:
    value = check.figures.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _picture(context: ModelContext, checks: Sequence[Check]) -> Figure:
    """Each ratio of approval with its interval, against the four-fifths rule."""
    say, lang = context.say, context.lang
    shown = [check for check in checks if _number(check, "approval_ratio") is not None]
    names = [say(f"fairness.of.{check.id.split('.')[1]}") for check in shown]
    values = [_number(check, "approval_ratio") or 0.0 for check in shown]
    lows = [_number(check, "approval_ratio_low") or value for check, value in zip(shown, values, strict=True)]
    highs = [_number(check, "approval_ratio_high") or value for check, value in zip(shown, values, strict=True)]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": names,
        "error_x": error_bars(values, lows, highs),
        "marker": {"color": palette.CLIENT, "size": 12},
        "hovertemplate": "%{y} : %{x:.1%}<extra></extra>",
    }
    low = min([*lows, FOUR_FIFTHS]) - 0.04
    layout = {
        "xaxis": {"range": [low, 1.02], "tickformat": ".0%", "title": {"text": say("fairness.ratio")}},
        "yaxis": {"autorange": "reversed", "showgrid": False, "tickfont": {"color": palette.INK}},
        "shapes": [upright(FOUR_FIFTHS, dotted(palette.DECLINE, 1.5))],
        "annotations": [
            {
                "x": FOUR_FIFTHS,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": say("fairness.four_fifths"),
                "showarrow": False,
                "font": {"color": palette.DECLINE},
            }
        ],
        "margin": {"l": 8, "r": 16, "t": 28, "b": 8},
    }
    below = [name for name, high in zip(names, highs, strict=True) if high < FOUR_FIFTHS]
    title = say("fairness.finding.below", groups=", ".join(below)) if below else say("fairness.finding.none")
    heads = [say("fairness.group"), say("results.value"), say("results.low"), say("results.high")]
    rows = [
        [name, *(percent(one, lang, 1) for one in three)]
        for name, *three in zip(names, values, lows, highs, strict=True)
    ]
    height = 60 + 44 * max(len(names), 1)
    return Figure(
        "ratios", title, say("fairness.says"), [trace], layout, Table(heads, rows), say("fairness.note"), height=height
    )
