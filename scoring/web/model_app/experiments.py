"""What was tried: resampling (SMOTE), the search for settings, the path from all features to those kept."""

import itertools
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent
from scoring.model.statistics import Difference
from scoring.reports.evaluation import Step
from scoring.reports.studies import COMMANDS, RESAMPLING, TUNING, Gain, Resampling, Tuning
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, error_bars, part, plus, upright
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


def trials_html(context: ModelContext) -> Markup:
    """The whole page."""
    resampling, tuning = context.reports.resampling, context.reports.tuning
    return context.render(
        "experiments",
        resampling=None if resampling is None else _resampling(context, resampling),
        tuning=None if tuning is None else _tuning(context, tuning),
        selection=_selection(context),
        commands={"resampling": COMMANDS[RESAMPLING], "tuning": COMMANDS[TUNING]},
    )


def _resampling(context: ModelContext, study: Resampling) -> dict[str, Any]:
    say, lang = context.say, context.lang
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
    return {
        "notes": study.note.get(lang, ()),
        "figure": figure_html(_arms(context, study), lang),
        "columns": columns,
        "rows": rows,
    }


def _difference(found: Difference | None, lang: str) -> Cell:
    """A difference of costs for 10,000 clients with its interval; a dash where there is none."""
    if found is None:
        return None
    return _between(10_000 * found.mean, 10_000 * found.low, 10_000 * found.high, lang)


def _between(value: float, low: float, high: float, lang: str, decimals: int = 0) -> Markup:
    between = f"[{plus(low, lang, decimals)} ; {plus(high, lang, decimals)}]"
    return part("interval", value=plus(value, lang, decimals), between=between)


def _arms(context: ModelContext, study: Resampling) -> Figure:
    """Each arm's cost less that of doing nothing, calibrated as the served model is."""
    say, lang = context.say, context.lang
    compared = [row for row in study.rows if row.reading == READ and row.cost_minus_none is not None]
    better = sum(row.better for row in compared)
    names = [f"{say(f'trials.model.{row.model}')}, {say(f'trials.arm.{row.arm}')}" for row in compared]
    changes = [row.cost_minus_none for row in compared if row.cost_minus_none is not None]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [10_000 * one.mean for one in changes],
        "y": names,
        "error_x": error_bars(
            [one.mean for one in changes],
            [one.low for one in changes],
            [one.high for one in changes],
            width=5,
            scale=10_000,
        ),
        "marker": {"color": palette.CLIENT, "size": 10},
        "hovertemplate": "%{y}<br>%{x:+,.0f}<extra></extra>",
    }
    layout = {
        "xaxis": {"title": {"text": say("trials.arms.axis")}, "tickformat": "+,.0f"},
        "yaxis": {"autorange": "reversed", "showgrid": False, "tickfont": {"color": palette.INK}},
        "shapes": [upright(0)],
        "margin": {"l": 8, "r": 16, "t": 8, "b": 8},
    }
    rows = [
        [name, *(plus(10_000 * value, lang) for value in (one.mean, one.low, one.high))]
        for name, one in zip(names, changes, strict=True)
    ]
    heads = [say("trials.arm"), say("results.value"), say("results.low"), say("results.high")]
    title = say("trials.arms.finding.none") if not better else say("trials.arms.finding.some", better=better)
    return Figure(
        "arms", title, say("trials.arms.says"), [trace], layout, Table(heads, rows), say("trials.arms.note"),
        height=70 + 34 * max(len(names), 1),
    )  # fmt: skip


def _tuning(context: ModelContext, study: Tuning) -> dict[str, Any]:
    say, lang = context.say, context.lang
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
            _between(gain.auc_after - gain.auc_before, gain.auc_low, gain.auc_high, lang, 4),
            say("trials.unseen" if gain.unseen else "trials.seen"),
            say(f"trials.tuned.{_verdict(gain)}"),
        ]
        for gain in study.gains
    ]
    return {
        "trials": study.trials,
        "columns": columns,
        "rows": rows,
        "figures": [
            figure_html(_search(context, kind, study), lang) for kind in study.searches if study.searches[kind]
        ],
    }


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


def _selection(context: ModelContext) -> dict[str, Any]:
    say, lang, found = context.say, context.lang, context.reports.evaluation.selection
    columns = [
        Column(say("trials.step"), number=False),
        Column(say("trials.kept")),
        Column(say("trials.removed")),
        Column(say("trials.flagged"), extra=True),
    ]
    rows: list[list[Cell]] = [
        [
            part("meaning", label=say(f"trials.step.{step.name}"), means=say(f"trials.step.{step.name}.means")),
            number(step.retained, lang),
            number(len(step.removed), lang),
            number(len(step.flagged), lang),
        ]
        for step in found.steps
    ]
    return {
        "lead": say(
            "trials.selection.lead", retained=number(len(found.retained), lang), clients=number(found.clients, lang)
        ),
        "columns": columns,
        "rows": rows,
        "removed": [_removed(context, step) for step in found.steps if step.removed],
    }


def _removed(context: ModelContext, step: Step) -> dict[str, Any]:
    """The first features that a step removed, and why."""
    say, lang, count = context.say, context.lang, len(step.removed)
    return {
        "title": say("trials.removed.open", step=say(f"trials.step.{step.name}"), count=count),
        "features": [
            {
                "label": DICTIONARY[name].label.say(lang) if name in DICTIONARY else name,
                "name": name,
                "reason": reason if isinstance(reason, str) else reason.say(lang),
                "is_english": isinstance(reason, str),
            }
            for name, reason in itertools.islice(step.removed.items(), STEPS_SHOWN)
        ],
        "more": say("trials.more", count=count - STEPS_SHOWN) if count > STEPS_SHOWN else "",
    }
