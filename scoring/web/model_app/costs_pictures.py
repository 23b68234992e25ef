"""Two pictures of cost: every model's curve, and every criterion's optimum on one of them (B4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.i18n import number, percent
from scoring.model.costs import CostCurve, Criterion, Sweep
from scoring.reports.pricing import Outcome
from scoring.web.charts import Figure, Table, palette
from scoring.web.model_app.context import ModelContext

PER = 10_000


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


def colour_of(kind: str, serves: str) -> str:
    """A model's colour: the one that serves is what pages are about, the black box is the others' grey."""
    if kind == "reference":
        return palette.GROUP
    return palette.CLIENT if kind == serves else palette.HUES[1]


def names(
    context: ModelContext, kinds: Sequence[str], *, looked_at: str = "", corner: float = 0.04
) -> list[dict[str, Any]]:
    """The models' names at the right inside a picture, from a height up that its curves leave free."""
    return [
        {
            "xref": "paper",
            "yref": "paper",
            "x": 1.0,
            "xanchor": "right",
            "y": corner + 0.075 * place,
            "yanchor": "bottom",
            "text": f"<b>{context.say(f'kind.{one}')}</b>" if one == looked_at else context.say(f"kind.{one}"),
            "showarrow": False,
            "font": {"color": colour_of(one, context.reports.serves) if one != "reference" else palette.MUTED},
            "bgcolor": palette.CARD,
        }
        for place, one in enumerate(reversed(kinds))
    ]


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
        "shapes": [_line(100 * theory)],
        "annotations": [
            *names(context, list(priced), looked_at=looked_at),
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


def _line(at: float) -> dict[str, Any]:
    line = {"color": palette.INK, "width": 1, "dash": "dot"}
    return {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _reach(priced: Mapping[str, Priced]) -> float:
    """How far the axis goes: past every optimum and the theoretical threshold, not out to where nobody is."""
    ends = [
        max(one.curve.optimum[0], one.outcomes["theory"].threshold, float(np.quantile(one.counts.thresholds, 0.97)))
        for one in priced.values()
    ]
    return min(1.0, 1.1 * max(ends))
