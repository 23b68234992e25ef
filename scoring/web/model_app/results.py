"""The page of results: who serves and why, the models side by side, where they disagree, what interpretability costs."""

from collections.abc import Mapping
from html import escape
from typing import Any

import gradio as gr

from scoring.i18n import number, percent
from scoring.model.statistics import Interval
from scoring.reports.evaluation import Evaluation
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.disagreements import disagreement_html, limits_html, reviews_html
from scoring.web.model_app.parts import (
    Cell,
    Column,
    Html,
    Tile,
    body,
    folded,
    head,
    panel,
    paragraphs,
    table,
    tiles,
    with_interval,
)
from scoring.web.model_app.place import going
from scoring.web.page import Built, Place

NAME = "model"
SECTION = "model"
MODELS = ("scorecard", "ebm", "reference", "external")
FIGURES: Mapping[str, tuple[int, bool]] = {
    "auc": (3, False),
    "ks": (3, False),
    "average_precision": (3, False),
    "brier": (4, False),
    "log_loss": (4, False),
    "mean_pd": (2, True),
    "cost": (3, False),
    "cost_per_10000": (0, False),
    "declined": (1, True),
    "default_rate_accepted": (1, True),
    "money_cost": (0, False),
    "profit": (0, False),
    "psi": (3, False),
}
"""Figures of the table: decimals, and whether they are shares."""
PRICED = ("auc", "cost_per_10000")


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="results")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [results_html(context)]

    return Built([part], draw)


def results_html(context: ModelContext) -> str:
    """The whole page."""
    say = context.say
    return body(
        head(say("results.title"), say("results.lead"))
        + _choice(context)
        + _side_by_side(context)
        + f'<div class="cs-pair">{disagreement_html(context)}{_price(context)}</div>'
        + reviews_html(context)
        + _what_they_are(context)
        + limits_html(context, context.reports.evaluation.limits)
    )


def _choice(context: ModelContext) -> str:
    say, lang, compared = context.say, context.lang, context.reports.evaluation.comparison
    apart = compared.out_of_fold_scorecard_minus_ebm
    side = "above" if apart.low > 0.0 else ("below" if apart.high < 0.0 else "around")
    values = {name: _signed(getattr(apart, name), lang) for name in ("mean", "low", "high")}
    confirmed = compared.test_scorecard_minus_ebm
    said = [
        say(f"results.choice.{side}", clients=number(apart.clients, lang), **values),
        say("results.choice.rule"),
        say(
            "results.choice.test",
            clients=number(confirmed.clients, lang),
            **{name: _signed(getattr(confirmed, name), lang) for name in ("mean", "low", "high")},
        ),
    ]
    title = say("results.choice", kind=say(f"kind.{compared.serves}"))
    return panel(title, paragraphs(said), name="choice")


def _signed(value: float, lang: str) -> str:
    return ("+" if value > 0 else "") + number(value, lang, 4)


def _side_by_side(context: ModelContext) -> str:
    say, lang, evaluation = context.say, context.lang, context.reports.evaluation
    models = [kind for kind in MODELS if kind in evaluation.assessment.models]
    columns = [
        Column(say("results.figure"), number=False),
        *(Column(_name(context, kind)) for kind in models),
    ]
    rows: list[list[Cell]] = []
    for figure, (decimals, share) in FIGURES.items():
        cells = [
            with_interval(evaluation.assessment.models[kind].figures.get(figure), lang, decimals, share=share)
            for kind in models
        ]
        if any(cell is not None for cell in cells):
            rows.append([_figure(context, figure), *cells])
    slopes = [evaluation.assessment.models[kind].calibration.calibration_slope for kind in models]
    rows.append([_figure(context, "slope"), *(with_interval(slope, lang, 2) for slope in slopes)])
    lead = say(
        "results.table.lead",
        clients=number(evaluation.assessment.clients, lang),
        bad=number(evaluation.assessment.defaulters, lang),
        resamples=number(evaluation.assessment.resamples, lang),
    )
    shown = table(columns, rows, say("results.table"), "figures") + folded(
        say("results.oof"), _out_of_fold(context, evaluation, models), "out-of-fold"
    )
    return panel(say("results.table"), shown, lead)


def _figure(context: ModelContext, name: str) -> Html:
    label, meaning = escape(context.say(f"figure.{name}")), escape(context.say(f"figure.{name}.means"))
    return Html(f'{label}<small class="cs-meaning">{meaning}</small>')


def _name(context: ModelContext, kind: str) -> str:
    serves = f" ({context.say('kind.serves')})" if kind == context.reports.serves else ""
    return context.say(f"kind.{kind}") + serves


def _out_of_fold(context: ModelContext, evaluation: Evaluation, models: list[str]) -> str:
    say, lang = context.say, context.lang
    names = ("auc", "ks", "average_precision", "brier", "log_loss", "mean_pd", "cost", "declined")
    columns = [Column(say("results.figure"), number=False), *(Column(_name(context, kind)) for kind in models)]
    rows: list[list[Cell]] = []
    for name in names:
        decimals, share = FIGURES[name]
        values = [evaluation.models.get(kind, {}).get("oof", {}).get(name) for kind in models]
        shown = [
            None if one is None else (percent(one, lang, decimals) if share else number(one, lang, decimals))
            for one in values
        ]
        rows.append([say(f"figure.{name}"), *shown])
    return f'<p class="cs-lead">{escape(say("results.oof.lead"))}</p>' + table(columns, rows, say("results.oof"))


def _price(context: ModelContext) -> str:
    say, lang = context.say, context.lang
    priced = context.reports.evaluation.assessment.price_of_interpretability
    if not priced:
        return ""
    columns = [
        Column(say("results.figure"), number=False),
        *(Column(_name(context, kind)) for kind in priced),
    ]
    rows: list[list[Cell]] = [
        [_figure(context, name), *(with_interval(priced[kind].get(name), lang, FIGURES[name][0]) for kind in priced)]
        for name in ("auc", "average_precision", "cost_per_10000", "money_cost")
        if any(name in priced[kind] for kind in priced)
    ]
    figure = _price_picture(context, {kind: priced[kind]["auc"] for kind in priced if "auc" in priced[kind]})
    shown = figure_html(figure, lang) + table(columns, rows, say("results.price"), "price")
    return panel(say("results.price"), shown, say("results.price.lead"))


def _price_picture(context: ModelContext, by_kind: Mapping[str, Interval]) -> Figure:
    """Each glass box's AUC less the black box's, with its interval around zero."""
    say, lang = context.say, context.lang
    kinds = list(by_kind)
    sure = [kind for kind, one in by_kind.items() if one.high < 0.0]
    title = say("results.price.finding.none" if not sure else "results.price.finding.some", models=len(sure))
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [by_kind[kind].value for kind in kinds],
        "y": [_name(context, kind) for kind in kinds],
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [by_kind[kind].high - by_kind[kind].value for kind in kinds],
            "arrayminus": [by_kind[kind].value - by_kind[kind].low for kind in kinds],
            "color": palette.CLIENT,
            "thickness": 2,
            "width": 6,
        },
        "marker": {"color": palette.CLIENT, "size": 12},
        "hovertemplate": "%{y}<br>%{x:+.4f}<extra></extra>",
    }
    reach = 1.15 * max(max(abs(one.low), abs(one.high)) for one in by_kind.values())
    layout = {
        "xaxis": {"range": [-reach, reach], "title": {"text": say("results.price.axis")}, "tickformat": "+.3f"},
        "yaxis": {"showgrid": False, "tickfont": {"color": palette.INK}, "automargin": True, "range": [-0.6, 1.6]},
        "shapes": [
            {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1,
             "line": {"color": palette.INK, "width": 1, "dash": "dot"}}
        ],
        "margin": {"l": 8, "r": 16, "t": 4, "b": 8},
    }  # fmt: skip
    rows = [[_name(context, kind), *(_signed(one, lang) for one in _three(by_kind[kind]))] for kind in kinds]
    heads = [say("results.model"), say("results.value"), say("results.low"), say("results.high")]
    return Figure("price", title, say("results.price.says"), [trace], layout, Table(heads, rows), height=160)


def _three(one: Interval) -> tuple[float, float, float]:
    return one.value, one.low, one.high


def _what_they_are(context: ModelContext) -> str:
    say, lang, evaluation = context.say, context.lang, context.reports.evaluation
    parts = []
    for kind, model in context.reports.models.items():
        box = evaluation.glass_boxes[kind]
        certificate = model.certificate
        shown = [
            Tile(say("results.terms"), number(box.terms, lang), say("results.pairs", pairs=box.pairs)),
            Tile(
                say("results.cells"),
                number(sum(len(term.scores) for term in model.terms), lang),
                say("results.bags", bags=len(model.bag_intercepts)),
            ),
            Tile(
                say("results.parity"),
                f"{certificate.largest_difference:.1e}".replace(".", "," if lang == "fr" else "."),
                say(
                    "results.parity.rows",
                    rows=number(certificate.test_rows + certificate.adversarial_rows, lang),
                    library=certificate.library,
                ),
            ),
            Tile(
                say("results.review"),
                percent(box.review_share_test, lang, 1),
                say("results.review.cap", cap=percent(model.rule.review_cap, lang)),
            ),
        ]
        parts.append(
            f"<h3>{escape(_name(context, kind))} <code>{escape(model.model_version)}</code></h3>{tiles(shown)}"
            f"<p><a {going('points', None, model=kind)}>{escape(say('results.to_points'))}</a></p>"
        )
    data, made = evaluation.data, context.service.model.provenance
    lead = say(
        "results.made.lead",
        date=made.trained_on,
        train=number(data.train, lang),
        test=number(data.test, lang),
        features=number(data.features, lang),
        seconds=number(evaluation.seconds or 0.0, lang),
        seed=str(made.seed),
    )
    return panel(say("results.made"), "".join(parts), lead)
