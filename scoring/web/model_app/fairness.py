"""The fairness page: how groups are treated, for those who must know; never on the officers' pages."""

from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY
from scoring.i18n import percent
from scoring.reports.validation import COMMAND, Check
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.checks_html import badge, check_html, checks_html
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Html, absent, body, head, panel, table
from scoring.web.model_app.place import going
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


def fairness_html(context: ModelContext, asked: str) -> str:
    """The whole page; the groups are those of the model asked for."""
    say, lang = context.say, context.lang
    report = context.reports.validation
    top = head(say("fairness.title"), say("fairness.lead"))
    if report is None:
        return body(top + absent(lang, say("fairness.what"), COMMAND))
    kind = context.kind(asked)
    checks = report.of_family(FAMILY)
    ratios = [check for check in checks if "approval_ratio" in check.figures and check.model == kind]
    others = [check for check in checks if not check.model]
    proxies = [check for check in checks if check.model == kind and check not in ratios]
    links = "".join(
        f"<a {going(NAME, None, model=one)}{' aria-current=true' if one == kind else ''}>{escape(say(f'kind.{one}'))}</a>"
        for one in context.reports.models
    )
    switch = f'<nav class="cs-switch" aria-label="{escape(say("points.which"))}">{links}</nav>'
    summary = panel(say("fairness.ratios"), _ratios(context, ratios), say("fairness.ratios.lead"), "ratios")
    groups = "".join(_groups(context, check) for check in ratios)
    rest = panel(say("fairness.others"), checks_html([*proxies, *others], lang), name="fairness-others")
    return body(top + switch + summary + groups + rest)


def _ratios(context: ModelContext, checks: list[Check]) -> str:
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
            Html(badge(check.verdict, lang)),
            _share(check, "approval_ratio", lang),
            _share(check, "false_refusal_gap", lang),
            _group(check, lang),
        ]
        for check in checks
    ]
    return figure_html(_picture(context, checks), lang) + table(
        columns, rows, say("fairness.ratios"), "fairness-ratios"
    )


def _group(check: Check, lang: str) -> str:
    code = str(check.figures.get("lowest_group") or "–")
    feature = DICTIONARY.get(check.id.split(".")[1])
    return feature.levels[code].say(lang) if feature is not None and code in feature.levels else code


def _share(check: Check, name: str, lang: str) -> Cell:
    values = [_number(check, one) for one in (name, f"{name}_low", f"{name}_high")]
    if values[0] is None:
        return None
    told = escape(percent(values[0], lang, 1))
    if values[1] is None or values[2] is None:
        return Html(told)
    return Html(
        f'{told} <small class="cs-interval">[{escape(percent(values[1], lang, 1))} ; '
        f"{escape(percent(values[2], lang, 1))}]</small>"
    )


def _number(check: Check, name: str) -> float | None:
    value = check.figures.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _picture(context: ModelContext, checks: list[Check]) -> Figure:
    """Each ratio of approval with its interval, against the four-fifths rule."""
    say, lang = context.say, context.lang
    told = [check for check in checks if _number(check, "approval_ratio") is not None]
    names = [say(f"fairness.of.{check.id.split('.')[1]}") for check in told]
    values = [_number(check, "approval_ratio") or 0.0 for check in told]
    lows = [_number(check, "approval_ratio_low") or value for check, value in zip(told, values, strict=True)]
    highs = [_number(check, "approval_ratio_high") or value for check, value in zip(told, values, strict=True)]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": names,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [high - value for high, value in zip(highs, values, strict=True)],
            "arrayminus": [value - low for low, value in zip(lows, values, strict=True)],
            "color": palette.CLIENT,
            "thickness": 2,
            "width": 6,
        },
        "marker": {"color": palette.CLIENT, "size": 12},
        "hovertemplate": "%{y} : %{x:.1%}<extra></extra>",
    }
    low = min([*lows, FOUR_FIFTHS]) - 0.04
    layout = {
        "xaxis": {"range": [low, 1.02], "tickformat": ".0%", "title": {"text": say("fairness.ratio")}},
        "yaxis": {"autorange": "reversed", "showgrid": False, "tickfont": {"color": palette.INK}},
        "shapes": [
            {
                "type": "line",
                "x0": FOUR_FIFTHS,
                "x1": FOUR_FIFTHS,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": palette.DECLINE, "width": 1.5, "dash": "dot"},
            }
        ],
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
        [name, percent(value, lang, 1), percent(low_, lang, 1), percent(high, lang, 1)]
        for name, value, low_, high in zip(names, values, lows, highs, strict=True)
    ]
    height = 60 + 44 * max(len(names), 1)
    return Figure(
        "ratios", title, say("fairness.says"), [trace], layout, Table(heads, rows), say("fairness.note"), height=height
    )


def _groups(context: ModelContext, check: Check) -> str:
    return f'<section class="cs-panel">{check_html(check, context.lang, tables_open=True)}</section>'
