"""Live costs: what the two wrong decisions cost, and everything that follows from it at once.

The rule: nothing is fitted again; the evaluation's sweep holds who is accepted at every threshold, and any cost matrix is
priced on it (`scoring.reports.pricing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from scoring.i18n import number, percent
from scoring.model.costs import CRITERIA, CostCurve, CostMatrix, Criterion, MoneyAssumptions, Sweep, chosen_by
from scoring.reports.pricing import Outcome, assumed_money, in_money, outcome_at
from scoring.web.charts import Figure, Mark, Series, Table, charts, figure_html, lines, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import (
    Cell,
    Column,
    Tile,
    colour_of,
    head,
    html,
    names_inside,
    upright,
    with_interval,
)
from scoring.web.page import QUICK, Built, Place

NAME = "costs"
SECTION = "model"
MODELS = ("scorecard", "ebm", "reference")
PER = 10_000
UNITS, MONEY = "units", "money"
PERCENT = 100.0
COSTS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"fn": (1.0, 50.0), "fp": (0.5, 10.0), "loss": (5.0, 100.0), "margin": (1.0, 40.0)}
)
"""Between which values each slider moves."""


@dataclass(frozen=True)
class Wanted:
    """What somebody set.

    Attributes
    ----------
    unit : ``units`` or ``money``
    fn, fp : cost of a default and of a refusal
    loss, margin : in percent of the credit
    criterion : which criterion chooses the threshold
    kind : the model that is looked at
    """

    unit: str
    fn: float
    fp: float
    loss: float
    margin: float
    criterion: Criterion
    kind: str

    @property
    def costs(self) -> CostMatrix:
        """The cost matrix; money is in the sweep itself."""
        return CostMatrix(1.0, 1.0) if self.unit == MONEY else CostMatrix(self.fn, self.fp)

    @property
    def threshold(self) -> float:
        """The theoretical threshold."""
        if self.unit == MONEY:
            return self.margin / (self.margin + self.loss)
        return self.costs.threshold


@dataclass(frozen=True)
class Priced:
    """One model under some costs.

    Attributes
    ----------
    points, counts : the sweep that is priced (clients or money), and the one in clients
    outcomes : what each criterion's threshold does
    criterion : the one that is looked at
    """

    kind: str
    points: Sweep
    counts: Sweep
    curve: CostCurve
    outcomes: Mapping[Criterion, Outcome]
    criterion: Criterion

    @property
    def outcome(self) -> Outcome:
        """What the criterion that is looked at does."""
        return self.outcomes[self.criterion]

    @property
    def threshold(self) -> float:
        """The threshold that it chooses."""
        return self.outcome.threshold


def build(context: ModelContext) -> Built:
    """Sliders on top, what follows below."""
    say, costs, assumed = context.say, CostMatrix(), MoneyAssumptions()
    html(head(say("costs.title"), say("costs.lead")))
    with gr.Column(elem_id="costs-tools", elem_classes="cs-panel"):
        with gr.Row():
            model = gr.Radio(
                [(say(f"kind.{kind}"), kind) for kind in MODELS],
                value=MODELS[0],
                label=say("costs.model"),
                elem_id="costs-model",
            )
            unit = gr.Radio(
                [(say("costs.unit.units"), UNITS), (say("costs.unit.money"), MONEY)],
                value=UNITS,
                label=say("costs.unit"),
                elem_id="costs-unit",
            )
        with gr.Row(visible=True) as in_units:
            fn = gr.Slider(*COSTS["fn"], costs.fn, step=0.5, label=say("costs.fn"), elem_id="costs-fn")
            fp = gr.Slider(*COSTS["fp"], costs.fp, step=0.5, label=say("costs.fp"), elem_id="costs-fp")
        with gr.Row(visible=False) as in_amounts:
            loss = gr.Slider(
                *COSTS["loss"],
                PERCENT * assumed.loss_given_default,
                step=1.0,
                label=say("costs.loss"),
                elem_id="costs-loss",
            )
            margin = gr.Slider(
                *COSTS["margin"], PERCENT * assumed.margin, step=0.5, label=say("costs.margin"), elem_id="costs-margin"
            )
        criterion = gr.Radio(
            [(say(f"costs.criterion.{name}"), name) for name in CRITERIA],
            value="theory",
            label=say("costs.criterion"),
            elem_id="costs-criterion",
        )
    part = charts(elem_id="costs-shown")
    below = charts(elem_id="costs-report")
    settings = [unit, fn, fp, loss, margin, criterion, model]

    def shown(*values: Any) -> str:
        return costs_html(context, wanted(*values))

    def reported(kind: str) -> str:
        return report_html(context, kind)

    def switched(chosen: str) -> list[Any]:
        return [gr.update(visible=chosen == UNITS), gr.update(visible=chosen == MONEY)]

    for slider in (fn, fp, loss, margin):
        slider.input(shown, settings, part, trigger_mode="always_last", **QUICK)
    for choice in (unit, criterion, model):
        choice.input(shown, settings, part, trigger_mode="always_last", **QUICK)
    unit.input(switched, unit, [in_units, in_amounts], **QUICK)
    model.input(reported, model, below, **QUICK)

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        given = at_the_training(context)
        updates = [UNITS, given.fn, given.fp, given.loss, given.margin, given.criterion, given.kind]
        return [costs_html(context, given), report_html(context, given.kind), *updates, *switched(UNITS)]

    return Built([part, below, *settings, in_units, in_amounts], draw)


def at_the_training(context: ModelContext) -> Wanted:
    """The costs that the models were compared under, and the model that serves."""
    rule = context.service.model.rule
    assumed = assumed_money(dict(context.reports.evaluation.assessment.assumptions)) or MoneyAssumptions()
    return Wanted(
        UNITS,
        rule.cost_fn,
        rule.cost_fp,
        PERCENT * assumed.loss_given_default,
        PERCENT * assumed.margin,
        "theory",
        context.reports.serves,
    )


def wanted(unit: str, fn: Any, fp: Any, loss: Any, margin: Any, criterion: str, kind: str) -> Wanted:
    """What was set, clipped to the ends of the sliders; an emptied box stands for its lower end."""

    def clipped(name: str, value: Any) -> float:
        low, high = COSTS[name]
        return min(max(float(value or low), low), high)

    return Wanted(
        unit=MONEY if unit == MONEY else UNITS,
        fn=clipped("fn", fn),
        fp=clipped("fp", fp),
        loss=clipped("loss", loss),
        margin=clipped("margin", margin),
        criterion=next((name for name in CRITERIA if name == criterion), "theory"),
        kind=kind,
    )


def costs_html(context: ModelContext, wanted: Wanted) -> Markup:
    """What follows from the costs that were set."""
    priced = priced_models(context, wanted)
    if not priced:
        return context.render("costs", "without_money")
    kind = wanted.kind if wanted.kind in priced else next(iter(priced))
    shown, money = priced[kind], wanted.unit == MONEY
    counts = context.reports.evaluation.assessment.models[kind].every_threshold
    clients, outcome = outcome_at(counts, shown.threshold, CostMatrix(1.0, 1.0)), shown.outcome
    unit = "costs.confusion.money" if money else "costs.confusion.units"
    figures = curves(context, priced, kind, money=money), one_picture(context, shown, money=money)
    return context.render(
        "costs",
        headline=headline(context, shown, clients, money=money),
        figures=[figure_html(figure, context.lang) for figure in figures],
        confusion={
            ("accepted", "good"): (clients.accepted_good, None),
            ("accepted", "bad"): (clients.accepted_bad, outcome.cost_of_defaults),
            ("declined", "good"): (clients.declined_good, outcome.cost_of_refusals),
            ("declined", "bad"): (clients.declined_bad, None),
        },
        unit=context.say(unit, clients=number(clients.clients, context.lang)),
    )


def headline(context: ModelContext, one: Priced, clients: Outcome, *, money: bool) -> list[Tile]:
    """Threshold, optimum, accepted share, default rate, cost."""
    say, lang, outcome = context.say, context.lang, one.outcome
    best = one.outcomes["business"]
    unit = "money" if money else "cost"
    return [
        Tile(
            say("costs.threshold"),
            percent(outcome.threshold, lang, 1),
            say(f"costs.criterion.{one.criterion}"),
            "cost-threshold",
        ),
        Tile(
            say("costs.optimum"),
            percent(best.threshold, lang, 1),
            say(f"costs.optimum.{unit}", cost=cost_said(context, best.cost, money=money)),
            "cost-optimum",
        ),
        Tile(
            say("costs.accepted"),
            percent(clients.accepted_share, lang, 1),
            say("costs.accepted.of", accepted=number(clients.accepted_bad + clients.accepted_good, lang)),
            "cost-accepted",
        ),
        Tile(
            say("costs.rate"),
            "–" if clients.default_rate is None else percent(clients.default_rate, lang, 1),
            say(
                "costs.rate.all", rate=percent((clients.accepted_bad + clients.declined_bad) / clients.clients, lang, 1)
            ),
            "cost-rate",
        ),
        Tile(
            say(f"costs.total.{unit}"),
            cost_said(context, outcome.cost, money=money),
            say("costs.total.excess", excess=cost_said(context, outcome.cost - best.cost, money=money)),
            "cost-total",
        ),
    ]


def report_html(context: ModelContext, kind: str) -> Markup:
    """The evaluation's figures of every criterion at the training's own costs, and how finely the curves are read."""
    say, lang, models = context.say, context.lang, context.reports.evaluation.assessment.models
    kind = kind if kind in models else context.reports.serves
    assessed = models[kind]
    columns = [
        Column(say("costs.criterion"), number=False),
        Column(say("costs.threshold")),
        Column(say("costs.declined"), extra=True),
        Column(say("costs.intervals.excess")),
        Column(say("costs.intervals.before"), extra=True),
        Column(say("costs.intervals.before_excess"), extra=True),
    ]
    rows: list[list[Cell]] = []
    for name in CRITERIA:
        here, before = assessed.optima.get(name), assessed.optima_applied.get(name)
        rows.append(
            [
                say(f"costs.criterion.{name}"),
                None if here is None else percent(here.threshold, lang, 1),
                None if here is None else percent(here.declined, lang, 1),
                None if here is None else with_interval(here.excess_per_10000, lang, 0),
                None if before is None else percent(before.threshold, lang, 1),
                None if before is None else with_interval(before.excess_per_10000, lang, 0),
            ]
        )
    rule = context.service.model.rule
    lead = say(
        "costs.intervals.lead",
        kind=say(f"kind.{kind}"),
        fn=number(rule.cost_fn, lang, 0 if rule.cost_fn.is_integer() else 1),
        fp=number(rule.cost_fp, lang, 0 if rule.cost_fp.is_integer() else 1),
    )
    counts, ratios = assessed.every_threshold, by_ratio(context)
    return context.render(
        "costs",
        "report",
        lead=lead,
        columns=columns,
        rows=rows,
        precision=say("costs.precision", points=len(counts.thresholds), clients=counts.clients),
        figure=figure_html(ratios, lang) if ratios is not None else "",
    )


def priced_models(context: ModelContext, wanted: Wanted) -> dict[str, Priced]:
    """Each model's sweep under the costs, and the threshold that the criterion chooses for it."""
    assessment = context.reports.evaluation.assessment
    assumed = assumed_money(dict(assessment.assumptions))
    found: dict[str, Priced] = {}
    for kind in MODELS:
        if kind not in assessment.models:
            continue
        assessed = assessment.models[kind]
        points: Sweep | None = assessed.every_threshold
        if wanted.unit == MONEY and assumed is not None:
            assumed_now = MoneyAssumptions(
                wanted.loss / 100.0, wanted.margin / 100.0, assumed.cost_of_a_default, assumed.cost_of_a_loan
            )
            points = in_money(assessed, assumed, assumed_now)
        if points is None:
            continue
        found[kind] = _priced(kind, points, assessed.every_threshold, wanted)
    return found


def _priced(kind: str, points: Sweep, counts: Sweep, wanted: Wanted) -> Priced:
    chosen: dict[Criterion, float] = {}
    for name in CRITERIA:
        if name == "theory":
            chosen[name] = wanted.threshold
        else:
            chosen[name] = chosen_by(points if name == "business" else counts, name, wanted.costs)
    outcomes: dict[Criterion, Outcome] = {
        name: outcome_at(points, threshold, wanted.costs) for name, threshold in chosen.items()
    }
    return Priced(kind, points, counts, points.curve(wanted.costs), outcomes, wanted.criterion)


def cost_said(context: ModelContext, cost: float, *, money: bool) -> str:
    """A cost of ten thousand clients, or in money one per client."""
    return number(cost if money else PER * cost, context.lang)


def curves(context: ModelContext, priced: Mapping[str, Priced], looked_at: str, *, money: bool) -> Figure:
    """Every model's cost at every threshold, with its cheapest point."""
    say, lang = context.say, context.lang
    per = 1 if money else PER
    reach = _reach(priced)
    traces: list[dict[str, Any]] = []
    cheapest = min(priced.values(), key=lambda one: one.curve.optimum[1])
    for one in priced.values():
        colour = colour_of(one.kind, context.reports.serves)
        keep = one.curve.thresholds <= reach
        name = say(f"kind.{one.kind}")
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": (100 * one.curve.thresholds[keep]).round(4).tolist(),
                "y": (per * one.curve.costs[keep]).round(2).tolist(),
                "line": {"color": colour, "width": 3 if one.kind == looked_at else 1.5, "shape": "hv"},
                "hovertemplate": f"{name}<br>%{{x:.1f}} % : %{{y:,.0f}}<extra></extra>",
            }
        )
        at, cost = one.curve.optimum
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [100 * at],
                "y": [per * cost],
                "marker": {"color": colour, "size": 11 if one.kind == looked_at else 8},
                "hovertemplate": f"{name}<br>{say('costs.cheapest')}: %{{x:.1f}} %<extra></extra>",
            }
        )
    theory = priced[looked_at].outcomes["theory"].threshold
    layout = {
        "xaxis": {"title": {"text": say("costs.axis.threshold")}, "ticksuffix": " %", "range": [0, 100 * reach]},
        "yaxis": {"title": {"text": say(f"costs.axis.{_axis(money)}")}, "rangemode": "tozero", "tickformat": ",.0f"},
        "shapes": [upright(100 * theory)],
        "annotations": [
            *names_inside(context, list(priced), looked_at=looked_at),
            {
                "x": 100 * theory,
                "y": 0.02,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "left",
                "xshift": 4,
                "text": say("costs.theory", threshold=percent(theory, lang, 1)),
                "showarrow": False,
                "font": {"color": palette.INK},
                "bgcolor": palette.CARD,
            },
        ],
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
    }
    heads = [say("results.model"), say("costs.threshold"), say(f"costs.axis.{_axis(money)}")]
    rows = [
        [
            say(f"kind.{one.kind}"),
            percent(one.curve.optimum[0], lang, 1),
            cost_said(context, one.curve.optimum[1], money=money),
        ]
        for one in priced.values()
    ]
    title = say(
        "costs.curves.finding",
        kind=say(f"kind.{cheapest.kind}"),
        threshold=percent(cheapest.curve.optimum[0], lang, 1),
        cost=cost_said(context, cheapest.curve.optimum[1], money=money),
    )
    return Figure("cost-curves", title, say("costs.curves.says"), traces, layout, Table(heads, rows), height=320)


def one_picture(context: ModelContext, one: Priced, *, money: bool) -> Figure:
    """The thresholds that each criterion prefers, on one cost curve: the business optimum is another than the rest."""
    say, lang = context.say, context.lang
    per = 1 if money else PER
    groups: dict[float, list[Criterion]] = {}
    for name, outcome in one.outcomes.items():
        groups.setdefault(round(outcome.threshold, 6), []).append(name)
    reach = min(1.0, 1.25 * max(groups))
    keep = one.curve.thresholds <= reach
    placed = sorted(groups.items())
    costs = {at: per * one.outcomes[names[0]].cost for at, names in placed}
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": (100 * one.curve.thresholds[keep]).round(4).tolist(),
            "y": (per * one.curve.costs[keep]).round(2).tolist(),
            "line": {"color": palette.GROUP, "width": 2, "shape": "hv"},
            "hovertemplate": "%{x:.1f} % : %{y:,.0f}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [100 * at for at, _ in placed],
            "y": [costs[at] for at, _ in placed],
            "marker": {"color": [_mark(names) for _, names in placed], "size": 12},
            "hovertext": [_said(context, names) for _, names in placed],
            "hovertemplate": "%{hovertext}<br>%{x:.1f} % : %{y:,.0f}<extra></extra>",
        },
    ]
    top = float(np.max(per * one.curve.costs[keep]))
    # One below the other from left to right, so that no line crosses a text.
    labels = [
        {
            "x": 100 * at,
            "y": costs[at],
            "text": _said(context, names),
            "ayref": "y",
            "ay": (1.75 - 0.75 * place / len(placed)) * top,
            "ax": 0,
            "xanchor": "right" if at > 0.75 * reach else "left",
            "arrowcolor": palette.GROUP,
            "arrowwidth": 1,
            "arrowhead": 0,
            "standoff": 7,
            "font": {"color": _mark(names)},
            "bgcolor": palette.CARD,
        }
        for place, (at, names) in enumerate(placed)
    ]
    layout = {
        "xaxis": {"title": {"text": say("costs.axis.threshold")}, "ticksuffix": " %", "range": [-1, 100 * reach]},
        "yaxis": {
            "title": {"text": say(f"costs.axis.{_axis(money)}")},
            "range": [0, 1.85 * top],
            "tickformat": ",.0f",
        },
        "annotations": labels,
        "margin": {"l": 8, "r": 40, "t": 8, "b": 8},
    }
    best = one.outcomes["business"]
    dearest = max(("f1", "accuracy", "youden"), key=lambda name: one.outcomes[name].cost)  # type: ignore[index]
    title = say(
        "costs.criteria.finding",
        criterion=say(f"costs.criterion.{dearest}"),
        excess=cost_said(context, one.outcomes[dearest].cost - best.cost, money=money),  # type: ignore[index]
        threshold=percent(best.threshold, lang, 1),
    )
    return Figure(
        "criteria",
        title,
        say("costs.criteria.says"),
        traces,
        layout,
        Table(*_table(context, one, best, money=money)),
        say("costs.criteria.note", kind=say(f"kind.{one.kind}")),
        height=380,
    )


def _table(context: ModelContext, one: Priced, best: Outcome, *, money: bool) -> tuple[list[str], list[list[str]]]:
    say, lang = context.say, context.lang
    heads = [
        say("costs.criterion"),
        say("costs.threshold"),
        say("costs.accepted"),
        say("costs.rate"),
        say(f"costs.axis.{_axis(money)}"),
        say("costs.excess"),
    ]
    rows = [
        [
            say(f"costs.criterion.{name}"),
            percent(outcome.threshold, lang, 1),
            percent(outcome.accepted_share, lang, 1),
            "–" if outcome.default_rate is None else percent(outcome.default_rate, lang, 1),
            cost_said(context, outcome.cost, money=money),
            cost_said(context, outcome.cost - best.cost, money=money),
        ]
        for name, outcome in one.outcomes.items()
    ]
    return heads, rows


def _said(context: ModelContext, names: list[Criterion]) -> str:
    return ", ".join(context.say(f"costs.criterion.{name}") for name in names)


def _mark(names: list[Criterion]) -> str:
    return palette.CLIENT if {"business", "theory"} & set(names) else palette.HUES[1]


def _axis(money: bool) -> str:
    return "money" if money else "cost"


def _reach(priced: Mapping[str, Priced]) -> float:
    """How far the axis goes: past every optimum and the theoretical threshold, not out to where nobody is."""
    ends = [
        max(one.curve.optimum[0], one.outcomes["theory"].threshold, float(np.quantile(one.counts.thresholds, 0.97)))
        for one in priced.values()
    ]
    return min(1.0, 1.1 * max(ends))


def by_ratio(context: ModelContext) -> Figure | None:
    """One line a model over the ratios that the evaluation priced; None where it priced none."""
    say, lang, assessment = context.say, context.lang, context.reports.evaluation.assessment
    priced = {
        kind: ratios
        for kind in MODELS
        if kind in assessment.models and (ratios := assessment.models[kind].ratios) is not None
    }
    if not priced:
        return None
    series = [
        Series(
            say(f"short.{kind}"),
            ratios.ratio,
            [100 * one for one in ratios.cost_share["value"]],
            colour_of(kind, context.reports.serves),
        )
        for kind, ratios in priced.items()
    ]
    first = next(iter(priced.values()))
    rows = [
        [number(ratio, lang), *(percent(ratios.cost_share["value"][at], lang, 1) for ratios in priced.values())]
        for at, ratio in enumerate(first.ratio)
    ]
    served = priced.get(context.reports.serves, first)
    useful = [ratio for ratio, high in zip(served.ratio, served.cost_share["high"], strict=True) if high < 1.0]
    title = (
        say("costs.ratio.finding", low=number(min(useful), lang), high=number(max(useful), lang))
        if useful
        else say("costs.ratio.finding.none")
    )
    rule = context.service.model.rule
    figure = lines(
        "ratios",
        title,
        series,
        Table([say("costs.ratio"), *(say(f"kind.{kind}") for kind in priced)], rows),
        says=say("costs.ratio.says"),
        x_title=say("costs.ratio"),
        y_title=say("costs.ratio.axis"),
        mark=Mark(rule.cost_fn / rule.cost_fp, say("costs.ratio.here")),
        note=say("costs.ratio.note"),
        height=300,
        yaxis={"ticksuffix": " %", "rangemode": "tozero"},
    )
    # The lines end together: their names stand in the corner that they leave free.
    named = {one.name for one in series}
    others = [one for one in figure.layout["annotations"] if one["text"] not in named]
    margin = {**figure.layout["margin"], "r": 16}
    layout = {
        **figure.layout,
        "margin": margin,
        "annotations": [*others, *names_inside(context, list(priced), corner=0.03)],
    }
    return replace(figure, layout=layout)
