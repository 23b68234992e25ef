"""Who wins at each ratio of the two costs: what each model leaves of the cost of the better rule without a model."""

from dataclasses import replace

from scoring.i18n import number, percent
from scoring.web.charts import Figure, Mark, Series, Table, lines
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.costs_pictures import colour_of, names

MODELS = ("scorecard", "ebm", "reference")


def by_ratio(context: ModelContext) -> Figure | None:
    """One line a model over the ratios that the evaluation priced; None where it priced none."""
    say, lang, assessment = context.say, context.lang, context.reports.evaluation.assessment
    told = {
        kind: ratios
        for kind in MODELS
        if kind in assessment.models and (ratios := assessment.models[kind].ratios) is not None
    }
    if not told:
        return None
    series = [
        Series(
            say(f"short.{kind}"),
            ratios.ratio,
            [100 * one for one in ratios.cost_share["value"]],
            colour_of(kind, context.reports.serves),
        )
        for kind, ratios in told.items()
    ]
    first = next(iter(told.values()))
    rows = [
        [number(ratio, lang), *(percent(ratios.cost_share["value"][at], lang, 1) for ratios in told.values())]
        for at, ratio in enumerate(first.ratio)
    ]
    served = told.get(context.reports.serves, first)
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
        Table([say("costs.ratio"), *(say(f"kind.{kind}") for kind in told)], rows),
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
    kept = [one for one in figure.layout["annotations"] if one["text"] not in named]
    margin = {**figure.layout["margin"], "r": 16}
    layout = {**figure.layout, "margin": margin, "annotations": [*kept, *names(context, list(told), corner=0.03)]}
    return replace(figure, layout=layout)
