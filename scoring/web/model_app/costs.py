"""Live costs: what the two wrong decisions cost, and everything that follows from it at once.

The rule: nothing is fitted again; the evaluation's sweep holds who is accepted at every threshold, and any cost matrix is
priced on it (`scoring.reports.pricing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any

import gradio as gr

from scoring.i18n import number, percent
from scoring.model.costs import CRITERIA, CostMatrix, Criterion, MoneyAssumptions, Sweep, chosen_by
from scoring.reports.pricing import Outcome, assumed_money, in_money, outcome_at
from scoring.web.charts import charts, figure_html
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.costs_pictures import Priced, cost_said, curves, one_picture
from scoring.web.model_app.costs_ratios import by_ratio
from scoring.web.model_app.parts import Cell, Column, Tile, body, head, html, table, tiles, with_interval
from scoring.web.page import QUICK, Built, Place

# Live costs as figures: the headline, the confusion matrix in clients and in cost, and the report's intervals.


def headline(context: ModelContext, one: Priced, clients: Outcome, *, money: bool) -> str:
    """Threshold, optimum, accepted share, default rate, cost."""
    say, lang, outcome = context.say, context.lang, one.outcome
    best = one.outcomes["business"]
    unit = "money" if money else "cost"
    shown = [
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
    return f'<section class="cs-panel" aria-live="polite">{tiles(shown)}</section>'


def confusion(context: ModelContext, outcome: Outcome, clients: Outcome, *, money: bool) -> str:
    """The confusion matrix: how many clients, and what each cell costs."""
    say, lang = context.say, context.lang
    cells = {
        ("accepted", "good"): (clients.accepted_good, 0.0),
        ("accepted", "bad"): (clients.accepted_bad, outcome.cost_of_defaults),
        ("declined", "good"): (clients.declined_good, outcome.cost_of_refusals),
        ("declined", "bad"): (clients.declined_bad, 0.0),
    }
    heads = "".join(f'<th scope="col" class="cs-num">{escape(say(f"costs.is.{one}"))}</th>' for one in ("good", "bad"))
    rows = ""
    for decided in ("accepted", "declined"):
        shown = ""
        for truth in ("good", "bad"):
            count, cost = cells[decided, truth]
            wrong = (decided, truth) in (("accepted", "bad"), ("declined", "good"))
            told = say("costs.cell.cost", cost=number(cost, lang)) if wrong else say("costs.cell.right")
            shown += (
                f'<td class="cs-num{" cs-wrong" if wrong else ""}" id="cell-{decided}-{truth}">'
                f"<strong>{escape(number(count, lang))}</strong><small>{escape(told)}</small></td>"
            )
        rows += f'<tr><th scope="row">{escape(say(f"costs.decided.{decided}"))}</th>{shown}</tr>'
    title = say("costs.confusion")
    unit = say("costs.confusion.money" if money else "costs.confusion.units", clients=number(clients.clients, lang))
    return (
        f'<h2>{escape(title)}</h2><p class="cs-lead">{escape(unit)}</p>'
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        f'<table class="cs-table cs-confusion" id="confusion"><thead><tr><th scope="col">'
        f'<span class="cs-visually-hidden">{escape(say("costs.decision"))}</span></th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def intervals(context: ModelContext, kind: str) -> str:
    """What the report says of every criterion at the training's own costs, chosen there and chosen before."""
    say, lang = context.say, context.lang
    assessed = context.reports.evaluation.assessment.models[kind]
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
    title = say("costs.intervals")
    return f'<h2>{escape(title)}</h2><p class="cs-lead">{escape(lead)}</p>{table(columns, rows, title, "optima")}'


NAME = "costs"
SECTION = "model"
MODELS = ("scorecard", "ebm", "reference")
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
    """What was set, kept between the ends of the sliders; an emptied box stands for its lower end."""

    def kept(name: str, value: Any) -> float:
        low, high = COSTS[name]
        return min(max(float(value or low), low), high)

    return Wanted(
        unit=MONEY if unit == MONEY else UNITS,
        fn=kept("fn", fn),
        fp=kept("fp", fp),
        loss=kept("loss", loss),
        margin=kept("margin", margin),
        criterion=next((name for name in CRITERIA if name == criterion), "theory"),
        kind=kind,
    )


def costs_html(context: ModelContext, wanted: Wanted) -> str:
    """What follows from the costs that were set."""
    priced = priced_models(context, wanted)
    if not priced:
        return body(f'<p class="cs-absent" role="note">{escape(context.say("costs.no_money"))}</p>')
    kind = wanted.kind if wanted.kind in priced else next(iter(priced))
    shown = priced[kind]
    counts = context.reports.evaluation.assessment.models[kind].every_threshold
    clients = outcome_at(counts, shown.threshold, CostMatrix(1.0, 1.0))
    money = wanted.unit == MONEY
    pictures = "".join(
        figure_html(one, context.lang)
        for one in (curves(context, priced, kind, money=money), one_picture(context, shown, money=money))
    )
    return body(
        f"{headline(context, shown, clients, money=money)}"
        f'<div class="cs-pair cs-pair-wide"><section class="cs-panel cs-pictures">{pictures}</section>'
        f'<section class="cs-panel">{confusion(context, shown.outcome, clients, money=money)}</section></div>'
    )


def report_html(context: ModelContext, kind: str) -> str:
    """What the report says of every criterion at the training's own costs, and how finely the curves are read."""
    models = context.reports.evaluation.assessment.models
    kind = kind if kind in models else context.reports.serves
    counts = models[kind].every_threshold
    precision = context.say("costs.precision", points=len(counts.thresholds), clients=counts.clients)
    ratios = by_ratio(context)
    picture = f'<section class="cs-panel">{figure_html(ratios, context.lang)}</section>' if ratios is not None else ""
    return body(
        f'<section class="cs-panel">{intervals(context, kind)}<p class="cs-lead">{escape(precision)}</p></section>'
        + picture
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
            asked = MoneyAssumptions(
                wanted.loss / 100.0, wanted.margin / 100.0, assumed.cost_of_a_default, assumed.cost_of_a_loan
            )
            points = in_money(assessed, assumed, asked)
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
