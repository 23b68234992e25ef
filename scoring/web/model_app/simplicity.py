"""What few terms cost: cost and AUC against the number of terms, with a slider to read one size of both models."""

import itertools
from html import escape
from typing import Any

import gradio as gr

from scoring.i18n import number
from scoring.model.statistics import Interval
from scoring.reports.studies import COMMANDS, SIMPLICITY, Simplicity, Size
from scoring.web.charts import Figure, Mark, Series, Table, charts, figure_html, lines
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.costs_pictures import colour_of
from scoring.web.model_app.parts import Column, Tile, absent, body, head, html, panel, table, tiles, with_interval
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
            gone = absent(context.lang, say("simplicity.what"), COMMANDS[SIMPLICITY])
            return [gr.update(visible=False), gr.skip(), body(gone)]
        return [gr.update(visible=True), USUAL, simplicity_html(context, USUAL)]

    return Built([tools, terms, part], draw)


def simplicity_html(context: ModelContext, wanted: int) -> str:
    """What the study says of so many terms; the sizes that were fitted are joined by straight lines."""
    study = context.reports.simplicity
    if study is None:
        return ""
    say, lang = context.say, context.lang
    shown = "".join(
        panel(say(f"kind.{kind}"), tiles(_tiles(context, study.of_model(kind), wanted)), name=f"size-{kind}")
        for kind in context.reports.models
        if study.of_model(kind)
    )
    pictures = "".join(
        f'<section class="cs-panel">{figure_html(one, lang)}</section>'
        for one in (_curve(context, study, wanted, "cost"), _curve(context, study, wanted, "auc"))
    )
    below = _refit(context, study) + _directions(context, study)
    return body(f'<div class="cs-pair">{shown}</div><div class="cs-pair">{pictures}</div>{below}')


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
    apart = fitted.from_largest
    between = say(
        "simplicity.against",
        mean=_signed(PER * apart.mean, lang),
        low=_signed(PER * apart.low, lang),
        high=_signed(PER * apart.high, lang),
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


def _signed(value: float, lang: str) -> str:
    return ("+" if value > 0 else "") + number(value, lang)


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
    said = say(
        "simplicity.refit.said",
        questions=number(sum(refit.questions), lang),
        folds=len(refit.questions),
        mean=_signed(PER * refit.cost.mean, lang),
        low=_signed(PER * refit.cost.low, lang),
        high=_signed(PER * refit.cost.high, lang),
        before=number(refit.auc_before, lang, 4),
        after=number(refit.auc_after, lang, 4),
    )
    return panel(say("simplicity.refit"), f"<p>{escape(said)}</p>", name="refit")


def _directions(context: ModelContext, study: Simplicity) -> str:
    """A table of what directions cost; nothing for a study from before they were priced."""
    if not study.directions:
        return ""
    say, lang = context.say, context.lang
    title = say("simplicity.directions")
    columns = [
        Column(say("simplicity.directions.which"), number=False),
        Column(say("simplicity.directions.features"), extra=True),
        Column(say("simplicity.directions.auc")),
        Column(say("simplicity.directions.cost")),
    ]
    rows = [
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
    return panel(title, table(columns, rows, title, "directions"), say("simplicity.directions.lead"))
