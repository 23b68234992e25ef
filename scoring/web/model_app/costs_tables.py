"""Live costs as figures: the headline, the confusion matrix in clients and in cost, and the report's intervals."""

from html import escape

from scoring.i18n import number, percent
from scoring.model.costs import CRITERIA
from scoring.reports.pricing import Outcome
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.costs_pictures import Priced, cost_said
from scoring.web.model_app.parts import Cell, Column, Tile, table, tiles, with_interval


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
