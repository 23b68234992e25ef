"""The page of results: who serves and why, the models side by side, where they disagree, what interpretability costs."""

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent
from scoring.model.statistics import Interval
from scoring.reports.evaluation import Disagreement, DisagreementCell
from scoring.web.charts import Figure, Table, charts, figure_html, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import (
    Cell,
    Column,
    Tile,
    address,
    error_bars,
    part,
    plus,
    upright,
    with_interval,
)
from scoring.web.page import Built, Place
from scoring.web.waterfall import signed

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
OUT_OF_FOLD = ("auc", "ks", "average_precision", "brier", "log_loss", "mean_pd", "cost", "declined")
PRICED = ("auc", "average_precision", "cost_per_10000", "money_cost")
CELLS = ("both_accept", "only_first_accepts", "only_second_accepts", "both_decline")


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="results")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [results_html(context)]

    return Built([part], draw)


def results_html(context: ModelContext) -> Markup:
    """The whole page."""
    say, lang, evaluation = context.say, context.lang, context.reports.evaluation
    data, provenance = evaluation.data, context.service.model.provenance
    made = say(
        "results.made.lead",
        date=provenance.trained_on,
        train=number(data.train, lang),
        test=number(data.test, lang),
        features=number(data.features, lang),
        seconds=number(evaluation.seconds or 0.0, lang),
        seed=str(provenance.seed),
    )
    return context.render(
        "results",
        choice=_choice(context),
        figures=_side_by_side(context),
        disagreement=_disagreement(context),
        price=_price(context),
        review=_review(context),
        models=[_model(context, kind) for kind in context.reports.models],
        made=made,
        sentences=evaluation.limits,
    )


def _choice(context: ModelContext) -> dict[str, Any]:
    """Which model serves, by the interval of the difference of the costs."""
    say, lang, compared = context.say, context.lang, context.reports.evaluation.comparison
    chosen, confirmed = compared.out_of_fold_scorecard_minus_ebm, compared.test_scorecard_minus_ebm
    side = "above" if chosen.low > 0.0 else ("below" if chosen.high < 0.0 else "around")
    values, confirming = (
        {name: plus(getattr(one, name), lang, 4) for name in ("mean", "low", "high")} for one in (chosen, confirmed)
    )
    return {
        "title": say("results.choice", kind=say(f"kind.{compared.serves}")),
        "paragraphs": [
            say(f"results.choice.{side}", clients=number(chosen.clients, lang), **values),
            say("results.choice.rule"),
            say("results.choice.test", clients=number(confirmed.clients, lang), **confirming),
        ],
    }


def _side_by_side(context: ModelContext) -> dict[str, Any]:
    say, lang, evaluation = context.say, context.lang, context.reports.evaluation
    assessment = evaluation.assessment
    models = [kind for kind in MODELS if kind in assessment.models]
    rows: list[list[Cell]] = []
    for figure, (decimals, share) in FIGURES.items():
        cells = [
            with_interval(assessment.models[kind].figures.get(figure), lang, decimals, share=share) for kind in models
        ]
        if any(cell is not None for cell in cells):
            rows.append([_figure(context, figure), *cells])
    slopes = [assessment.models[kind].calibration.calibration_slope for kind in models]
    rows.append([_figure(context, "slope"), *(with_interval(slope, lang, 2) for slope in slopes)])
    out_of_fold: list[list[Cell]] = []
    for name in OUT_OF_FOLD:
        values = [evaluation.models.get(kind, {}).get("oof", {}).get(name) for kind in models]
        out_of_fold.append([say(f"figure.{name}"), *(_written(name, one, lang) for one in values)])
    return {
        "lead": say(
            "results.table.lead",
            clients=number(assessment.clients, lang),
            bad=number(assessment.defaulters, lang),
            resamples=number(assessment.resamples, lang),
        ),
        "columns": _columns(context, models),
        "rows": rows,
        "out_of_fold": out_of_fold,
    }


def _columns(context: ModelContext, models: Sequence[str]) -> list[Column]:
    return [Column(context.say("results.figure"), number=False), *(Column(_name(context, kind)) for kind in models)]


def _written(name: str, value: float | None, lang: str) -> Cell:
    decimals, share = FIGURES[name]
    return None if value is None else (percent if share else number)(value, lang, decimals)


def _figure(context: ModelContext, name: str) -> Markup:
    return part("meaning", label=context.say(f"figure.{name}"), means=context.say(f"figure.{name}.means"))


def _name(context: ModelContext, kind: str) -> str:
    serves = f" ({context.say('kind.serves')})" if kind == context.reports.serves else ""
    return context.say(f"kind.{kind}") + serves


def _price(context: ModelContext) -> dict[str, Any] | None:
    """What each glass box loses to the black box; None where there is no black box."""
    priced = context.reports.evaluation.assessment.price_of_interpretability
    if not priced:
        return None
    rows: list[list[Cell]] = [
        [
            _figure(context, name),
            *(with_interval(one.get(name), context.lang, FIGURES[name][0]) for one in priced.values()),
        ]
        for name in PRICED
        if any(name in one for one in priced.values())
    ]
    figure = _price_picture(context, {kind: one["auc"] for kind, one in priced.items() if "auc" in one})
    return {"figure": figure_html(figure, context.lang), "columns": _columns(context, list(priced)), "rows": rows}


def _price_picture(context: ModelContext, by_kind: Mapping[str, Interval]) -> Figure:
    """Each glass box's AUC less the black box's, with its interval around zero."""
    say, lang = context.say, context.lang
    shown = list(by_kind.values())
    names = [_name(context, kind) for kind in by_kind]
    sure = sum(one.high < 0.0 for one in shown)
    title = say("results.price.finding.some", models=sure) if sure else say("results.price.finding.none")
    values = [one.value for one in shown]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": values,
        "y": names,
        "error_x": error_bars(values, [one.low for one in shown], [one.high for one in shown]),
        "marker": {"color": palette.CLIENT, "size": 12},
        "hovertemplate": "%{y}<br>%{x:+.4f}<extra></extra>",
    }
    reach = 1.15 * max(max(abs(one.low), abs(one.high)) for one in shown)
    layout = {
        "xaxis": {"range": [-reach, reach], "title": {"text": say("results.price.axis")}, "tickformat": "+.3f"},
        "yaxis": {"showgrid": False, "tickfont": {"color": palette.INK}, "automargin": True, "range": [-0.6, 1.6]},
        "shapes": [upright(0)],
        "margin": {"l": 8, "r": 16, "t": 4, "b": 8},
    }
    rows = [
        [name, *(plus(value, lang, 4) for value in (one.value, one.low, one.high))]
        for name, one in zip(names, shown, strict=True)
    ]
    heads = [say("results.model"), say("results.value"), say("results.low"), say("results.high")]
    return Figure("price", title, say("results.price.says"), [trace], layout, Table(heads, rows), height=160)


def _model(context: ModelContext, kind: Any) -> dict[str, Any]:
    """What a glass box is made of, and how exactly it is compiled."""
    say, lang, model = context.say, context.lang, context.reports.models[kind]
    box, certificate = context.reports.evaluation.glass_boxes[kind], model.certificate
    tiles = [
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
    return {
        "name": _name(context, kind),
        "version": model.model_version,
        "tiles": tiles,
        "address": address("points", model=kind),
    }


def _disagreement(context: ModelContext) -> dict[str, Any] | None:
    """Where the two models decide differently, and what became of those clients; None without two models."""
    say, lang = context.say, context.lang
    found = context.reports.evaluation.assessment.disagreement
    if found.first is None or found.second is None:
        return None
    names = {"first": say(f"kind.{found.first}"), "second": say(f"kind.{found.second}")}
    columns = [
        Column(say("results.disagreement.who"), number=False),
        Column(say("results.disagreement.clients")),
        Column(say("results.disagreement.rate")),
        Column(say("results.disagreement.right"), number=False, extra=True),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"results.disagreement.{name}", **names),
            f"{number(cell.clients, lang)} ({percent(cell.share, lang, 1)})",
            with_interval(cell.default_rate, lang, 1, share=True),
            say(f"results.disagreement.{_verdict(cell)}"),
        ]
        for name in CELLS
        if (cell := found.cells.get(name)) is not None
    ]
    return {
        "lead": say("results.disagreement.lead", limit=percent(context.service.model.rule.threshold, lang, 1)),
        "columns": columns,
        "rows": rows,
        "features": list(_features(context, found, names)),
    }


def _verdict(cell: DisagreementCell) -> str:
    if cell.accepting_is_right is None:
        return "unsure"
    return "accept" if cell.accepting_is_right else "decline"


def _features(context: ModelContext, found: Disagreement, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The features that set the models apart where one alone accepts, in points of the first less the second."""
    say, lang, scale = context.say, context.lang, context.service.model.scale
    columns = [Column(say("importance.variable"), number=False), Column(say("results.apart.points", **names))]
    return [
        {
            "title": say("results.apart", who=say(f"results.disagreement.{name}", **names)),
            "columns": columns,
            "rows": [
                [
                    DICTIONARY[feature].label.say(lang) if feature in DICTIONARY else feature,
                    signed(scale.points_of_change(change), lang, 1),
                ]
                for feature, change in cell.features.items()
            ],
        }
        for name in CELLS[1:3]
        if (cell := found.cells.get(name)) is not None and cell.features
    ]


def _review(context: ModelContext) -> list[Tile]:
    """What sending clients to a person costs, and when it pays; empty where it was not assessed."""
    say, lang = context.say, context.lang
    review = context.reports.evaluation.assessment.models[context.reports.serves].review
    if review is None:
        return []
    rate = "–" if review.default_rate is None else percent(review.default_rate.value, lang, 1)
    pays = say("results.review.never") if review.pays_from is None else percent(review.pays_from, lang)
    return [
        Tile(
            say("results.review.sent"),
            percent(review.reviewed_share.value, lang, 1),
            say("results.review.clients", clients=number(review.reviewed, lang)),
        ),
        Tile(say("results.review.rate"), rate, say("results.review.rate.below")),
        Tile(
            say("results.review.pays"),
            pays,
            say("results.review.pays.below", cost=number(review.review_cost, lang, 2)),
        ),
    ]
