"""What was tried: resampling (SMOTE), the search for settings, the path from all features to those kept."""

from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent
from scoring.model.statistics import Difference
from scoring.reports.evaluation import Said
from scoring.reports.studies import COMMANDS, RESAMPLING, TUNING, Gain, Resampling, Tuning
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Html, absent, body, folded, head, panel, paragraphs, table
from scoring.web.page import Built, Place

NAME = "trials"
SECTION = "model"
READ = "calibrated"
STEPS_SHOWN = 40


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="trials")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [trials_html(context)]

    return Built([part], draw)


def trials_html(context: ModelContext) -> str:
    """The whole page."""
    say = context.say
    return body(
        head(say("trials.title"), say("trials.lead"))
        + _resampling(context, context.reports.resampling)
        + _tuning(context, context.reports.tuning)
        + _selection(context)
    )


def _resampling(context: ModelContext, study: Resampling | None) -> str:
    say, lang = context.say, context.lang
    if study is None:
        gone = absent(lang, say("trials.resampling.what"), COMMANDS[RESAMPLING])
        return panel(say("trials.resampling"), paragraphs([say("trials.smote")]) + gone, name="resampling")
    columns = [
        Column(say("results.model"), number=False),
        Column(say("trials.arm"), number=False),
        Column(say("trials.reading"), number=False, extra=True),
        Column(say("figure.auc"), extra=True),
        Column(say("figure.mean_pd")),
        Column(say("figure.cost_per_10000")),
        Column(say("trials.against_none")),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"trials.model.{row.model}"),
            say(f"trials.arm.{row.arm}"),
            say(f"trials.reading.{row.reading}"),
            number(row.auc, lang, 3),
            percent(row.mean_pd, lang, 1),
            number(10_000 * row.cost, lang),
            _difference(row.cost_minus_none, lang),
        ]
        for row in study.rows
    ]
    note = paragraphs([say("trials.smote"), *study.note.get(lang, ())])
    title = say("trials.resampling")
    shown = figure_html(_arms(context, study), lang) + folded(
        say("trials.all_lines", lines=len(rows)), table(columns, rows, title, "arms")
    )
    return panel(title, note + shown, name="resampling")


def _difference(apart: Difference | None, lang: str) -> Cell:
    if apart is None:
        return None
    mean, low, high = (10_000 * one for one in (apart.mean, apart.low, apart.high))
    return Html(
        f'{escape(_signed(mean, lang))} <small class="cs-interval">[{escape(_signed(low, lang))} ; '
        f"{escape(_signed(high, lang))}]</small>"
    )


def _signed(value: float, lang: str, decimals: int = 0) -> str:
    return ("+" if value > 0 else "") + number(value, lang, decimals)


def _arms(context: ModelContext, study: Resampling) -> Figure:
    """Each arm's cost less that of doing nothing, calibrated as the served model is."""
    say, lang = context.say, context.lang
    told = [row for row in study.rows if row.reading == READ and row.cost_minus_none is not None]
    better = sum(row.better for row in told)
    names = [f"{say(f'trials.model.{row.model}')}, {say(f'trials.arm.{row.arm}')}" for row in told]
    apart = [row.cost_minus_none for row in told if row.cost_minus_none is not None]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [10_000 * one.mean for one in apart],
        "y": names,
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [10_000 * (one.high - one.mean) for one in apart],
            "arrayminus": [10_000 * (one.mean - one.low) for one in apart],
            "color": palette.CLIENT,
            "thickness": 2,
            "width": 5,
        },
        "marker": {"color": palette.CLIENT, "size": 10},
        "hovertemplate": "%{y}<br>%{x:+,.0f}<extra></extra>",
    }
    layout = {
        "xaxis": {"title": {"text": say("trials.arms.axis")}, "tickformat": "+,.0f"},
        "yaxis": {"autorange": "reversed", "showgrid": False, "tickfont": {"color": palette.INK}},
        "shapes": [
            {
                "type": "line",
                "x0": 0,
                "x1": 0,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "line": {"color": palette.INK, "width": 1, "dash": "dot"},
            }
        ],
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
    }
    rows = [
        [name, *(_signed(10_000 * value, lang) for value in (one.mean, one.low, one.high))]
        for name, one in zip(names, apart, strict=True)
    ]
    heads = [say("trials.arm"), say("results.value"), say("results.low"), say("results.high")]
    title = say("trials.arms.finding.none") if not better else say("trials.arms.finding.some", better=better)
    return Figure(
        "arms", title, say("trials.arms.says"), [trace], layout, Table(heads, rows), say("trials.arms.note"),
        height=70 + 34 * max(len(names), 1),
    )  # fmt: skip


def _tuning(context: ModelContext, study: Tuning | None) -> str:
    say, lang = context.say, context.lang
    title = say("trials.tuning")
    if study is None:
        return panel(title, absent(lang, say("trials.tuning.what"), COMMANDS[TUNING]), name="tuning")
    columns = [
        Column(say("results.model"), number=False),
        Column(say("trials.gain")),
        Column(say("trials.auc_change")),
        Column(say("trials.judged"), number=False, extra=True),
        Column(say("trials.verdict"), number=False),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"kind.{gain.kind}"),
            _difference(gain.cost, lang),
            Html(
                f"{escape(_signed(gain.auc_after - gain.auc_before, lang, 4))} "
                f'<small class="cs-interval">[{escape(_signed(gain.auc_low, lang, 4))} ; '
                f"{escape(_signed(gain.auc_high, lang, 4))}]</small>"
            ),
            say("trials.unseen" if gain.unseen else "trials.seen"),
            say(f"trials.tuned.{_verdict(gain)}"),
        ]
        for gain in study.gains
    ]
    searches = "".join(
        figure_html(_search(context, kind, study), lang) for kind in study.searches if study.searches[kind]
    )
    shown = table(columns, rows, title, "gains") + f'<div class="cs-thirds cs-below">{searches}</div>'
    return panel(title, shown, say("trials.tuning.lead", trials=study.trials), "tuning")


def _verdict(gain: Gain) -> str:
    if not gain.changed:
        return "same"
    return "better" if gain.cost.low > 0.0 else ("worse" if gain.cost.high < 0.0 else "unsure")


def _search(context: ModelContext, kind: str, study: Tuning) -> Figure:
    """The cost of each trial in order, and the lowest so far."""
    say, lang = context.say, context.lang
    costs = [10_000 * trial.cost for trial in study.searches[kind]]
    lowest = [min(costs[: at + 1]) for at in range(len(costs))]
    order = list(range(1, len(costs) + 1))
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": order,
            "y": costs,
            "marker": {"color": palette.GROUP, "size": 7},
            "hovertemplate": "%{x} : %{y:,.0f}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "x": order,
            "y": lowest,
            "line": {"color": palette.CLIENT, "width": 2, "shape": "hv"},
            "hovertemplate": "%{x} : %{y:,.0f}<extra></extra>",
        },
    ]
    layout = {
        "xaxis": {"title": {"text": say("trials.search.trial")}},
        "yaxis": {"title": {"text": say("figure.cost_per_10000")}, "tickformat": ",.0f"},
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
    }
    rows = [[number(at, lang), number(cost, lang, 1)] for at, cost in zip(order, costs, strict=True)]
    title = say("trials.search.finding", kind=say(f"kind.{kind}"), cost=number(min(costs), lang), trials=len(costs))
    table_of = Table([say("trials.search.trial"), say("figure.cost_per_10000")], rows)
    return Figure(f"search-{kind}", title, say("trials.search.says"), traces, layout, table_of, height=220)


def _selection(context: ModelContext) -> str:
    say, lang, found = context.say, context.lang, context.reports.evaluation.selection
    columns = [
        Column(say("trials.step"), number=False),
        Column(say("trials.kept")),
        Column(say("trials.removed")),
        Column(say("trials.flagged"), extra=True),
    ]
    rows: list[list[Cell]] = [
        [
            Html(
                f"{escape(say(f'trials.step.{step.name}'))}"
                f'<small class="cs-meaning">{escape(say(f"trials.step.{step.name}.means"))}</small>'
            ),
            number(step.kept, lang),
            number(len(step.removed), lang),
            number(len(step.flagged), lang),
        ]
        for step in found.steps
    ]
    lists = "".join(
        folded(
            say("trials.removed.open", step=say(f"trials.step.{step.name}"), count=len(step.removed)),
            _removed(step.removed, lang, say("trials.more", count=max(len(step.removed) - STEPS_SHOWN, 0))),
        )
        for step in found.steps
        if step.removed
    )
    title = say("trials.selection")
    lead = say("trials.selection.lead", kept=number(len(found.kept), lang), clients=number(found.clients, lang))
    return panel(title, table(columns, rows, title, "selection-steps") + lists, lead, "selection")


def _reason(reason: Said | str, lang: str) -> str:
    if isinstance(reason, str):
        return f'<small lang="en">{escape(reason)}</small>'
    return f"<small>{escape(reason.say(lang))}</small>"


def _removed(removed: Mapping[str, Said | str], lang: str, more: str) -> str:
    items = "".join(
        f"<li>{escape(DICTIONARY[name].label.say(lang) if name in DICTIONARY else name)} <code>{escape(name)}</code> "
        f"{_reason(reason, lang)}</li>"
        for name, reason in list(removed.items())[:STEPS_SHOWN]
    )
    rest = f"<p>{escape(more)}</p>" if len(removed) > STEPS_SHOWN else ""
    return f'<ul class="cs-list cs-columns-2">{items}</ul>{rest}'
