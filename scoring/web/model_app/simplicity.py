"""What few terms cost: cost and AUC against the number of terms, with a slider to read one size of both models."""

import itertools
from typing import Any

import gradio as gr

from scoring.i18n import number
from scoring.model.statistics import Interval
from scoring.reports.studies import COMMANDS, SIMPLICITY, Simplicity, Size
from scoring.web.charts import Figure, Mark, Series, Table, charts, figure_html, lines
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Tile, colour_of, head, html, plus, with_interval
from scoring.web.page import QUICK, Built, Place

NAME = "simplicity"
SECTION = "model"
FEWEST, MOST, USUAL = 5, 40, 20
PER = 10_000


def build(context: ModelContext) -> Built:
    """A slider of terms above what it tells."""
    say = context.say
    html(head(say("simplicity.title"), say("simplicity.lead")))
    with gr.Column(elem_id="simplicity-tools", elem_classes="cs-panel cs-sliders", visible=False) as tools:
        terms = gr.Slider(FEWEST, MOST, USUAL, step=1, label=say("simplicity.terms"), elem_id="simplicity-terms")
    part = charts(elem_id="simplicity")

    def shown(wanted: float) -> str:
        return simplicity_html(context, int(wanted))

    terms.input(shown, terms, part, trigger_mode="always_last", **QUICK)

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        study = context.reports.simplicity
        if study is None:
            absent = context.render("simplicity", "without_study", command=COMMANDS[SIMPLICITY])
            return [gr.update(visible=False), gr.skip(), absent]
        return [gr.update(visible=True), USUAL, simplicity_html(context, USUAL)]

    return Built([tools, terms, part], draw)


def simplicity_html(context: ModelContext, wanted: int) -> str:
    """The study's figures at so many terms; the sizes that were fitted are joined by straight lines."""
    study = context.reports.simplicity
    if study is None:
        return ""
    columns, rows = _directions(context, study)
    return context.render(
        "simplicity",
        sizes={
            kind: _tiles(context, sizes, wanted) for kind in context.reports.models if (sizes := study.of_model(kind))
        },
        figures=[figure_html(_curve(context, study, wanted, name), context.lang) for name in ("cost", "auc")],
        refit=_refit(context, study),
        columns=columns,
        rows=rows,
    )


def at_size(sizes: tuple[Size, ...], wanted: float, name: str) -> float:
    """A figure between the two nearest sizes that were fitted, by a straight line; the end's own beyond them."""
    points = sorted((one.terms, float(getattr(one, name))) for one in sizes)
    for (left, low), (right, high) in itertools.pairwise(points):
        if left <= wanted <= right:
            return low if right == left else low + (wanted - left) / (right - left) * (high - low)
    return points[0][1] if wanted < points[0][0] else points[-1][1]


def nearest(sizes: tuple[Size, ...], wanted: float) -> Size:
    """The size that was fitted nearest to so many terms."""
    return min(sizes, key=lambda one: (abs(one.terms - wanted), one.terms))


def _tiles(context: ModelContext, sizes: tuple[Size, ...], wanted: int) -> list[Tile]:
    say, lang = context.say, context.lang
    fitted = nearest(sizes, wanted)
    change = fitted.from_largest
    between = say(
        "simplicity.against",
        mean=plus(PER * change.mean, lang),
        low=plus(PER * change.low, lang),
        high=plus(PER * change.high, lang),
    )
    return [
        Tile(say("simplicity.cost"), number(PER * at_size(sizes, wanted, "cost"), lang), between),
        Tile(
            say("figure.auc"),
            number(at_size(sizes, wanted, "auc"), lang, 3),
            say("simplicity.error", error=number(fitted.auc_error, lang, 3)),
        ),
        Tile(say("simplicity.fitted"), number(fitted.terms, lang, 1), say("simplicity.fitted.below")),
    ]


def _curve(context: ModelContext, study: Simplicity, wanted: int, name: str) -> Figure:
    say, lang = context.say, context.lang
    scale, decimals = (PER, 0) if name == "cost" else (1, 3)
    series, rows = [], []
    for kind in context.reports.models:
        sizes = study.of_model(kind)
        if not sizes:
            continue
        series.append(
            Series(
                say(f"short.{kind}"),
                [one.terms for one in sizes],
                [round(scale * float(getattr(one, name)), 4) for one in sizes],
                colour_of(kind, context.reports.serves),
            )
        )
        rows += [
            [say(f"kind.{kind}"), number(one.terms, lang, 1), number(scale * float(getattr(one, name)), lang, decimals)]
            for one in sizes
        ]
    serving = study.of_model(context.reports.serves)
    fewest = min((one for one in serving if one.from_largest.low <= 0.0), key=lambda one: one.terms, default=None)
    title = say("simplicity.auc.finding") if name == "auc" else say("simplicity.cost.finding.none")
    if name == "cost" and fewest is not None:
        title = say(
            "simplicity.cost.finding",
            kind=say(f"kind.{context.reports.serves}"),
            terms=number(fewest.terms, lang),
        )
    return lines(
        f"simplicity-{name}",
        title,
        series,
        Table([say("results.model"), say("simplicity.terms"), say(f"simplicity.axis.{name}")], rows),
        says=say(f"simplicity.{name}.says"),
        x_title=say("simplicity.terms"),
        y_title=say(f"simplicity.axis.{name}"),
        mark=Mark(float(wanted), say("simplicity.mark", terms=wanted)),
        note=say("simplicity.note", clients=number(study.clients, lang), folds=study.folds),
        height=320,
        yaxis={"rangemode": "normal", "tickformat": ",.0f" if name == "cost" else ".3f"},
    )


def _refit(context: ModelContext, study: Simplicity) -> str:
    say, lang, refit = context.say, context.lang, study.refit
    return say(
        "simplicity.refit.said",
        questions=number(sum(refit.questions), lang),
        folds=len(refit.questions),
        mean=plus(PER * refit.cost.mean, lang),
        low=plus(PER * refit.cost.low, lang),
        high=plus(PER * refit.cost.high, lang),
        before=number(refit.auc_before, lang, 4),
        after=number(refit.auc_after, lang, 4),
    )


def _directions(context: ModelContext, study: Simplicity) -> tuple[list[Column], list[list[Cell]]]:
    """What the declared directions cost; no rows for a study from before they were priced."""
    say, lang = context.say, context.lang
    columns = [
        Column(say("simplicity.directions.which"), number=False),
        Column(say("simplicity.directions.features"), extra=True),
        Column(say("simplicity.directions.auc")),
        Column(say("simplicity.directions.cost")),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"simplicity.directions.{one.freed}", kind=say(f"kind.{one.model}")),
            number(one.features, lang),
            with_interval(Interval(value=one.auc_declared - one.auc_free, low=one.auc_low, high=one.auc_high), lang, 4),
            with_interval(
                Interval(value=PER * one.cost.mean, low=PER * one.cost.low, high=PER * one.cost.high), lang, 0
            ),
        ]
        for one in study.directions
    ]
    return columns, rows
