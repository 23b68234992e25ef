"""Where the two models decide differently, what a person's review costs, and what figures do not prove."""

from collections.abc import Mapping, Sequence
from html import escape

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent
from scoring.reports.evaluation import Disagreement, DisagreementCell, Said
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Tile, folded, panel, table, tiles, with_interval
from scoring.web.waterfall import signed

CELLS = ("both_accept", "only_first_accepts", "only_second_accepts", "both_decline")


def disagreement_html(context: ModelContext) -> str:
    """The four ways in which both models decide, what became of those clients, and what sets the models apart."""
    say, lang = context.say, context.lang
    found = context.reports.evaluation.assessment.disagreement
    if found.first is None or found.second is None:
        return panel(say("results.disagreement"), f"<p>{escape(say('results.disagreement.none'))}</p>")
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
            f"{number(found.cells[name].clients, lang)} ({percent(found.cells[name].share, lang, 1)})",
            with_interval(found.cells[name].default_rate, lang, 1, share=True),
            say(f"results.disagreement.{_verdict(found.cells[name])}"),
        ]
        for name in CELLS
        if name in found.cells
    ]
    lead = say("results.disagreement.lead", limit=percent(context.service.model.rule.threshold, lang, 1))
    apart = "".join(_apart(context, found, name, names) for name in CELLS[1:3])
    shown = table(columns, rows, say("results.disagreement"), "disagreement") + apart
    return panel(say("results.disagreement"), shown, lead)


def _verdict(cell: DisagreementCell) -> str:
    if cell.accepting_is_right is None:
        return "unsure"
    return "accept" if cell.accepting_is_right else "decline"


def _apart(context: ModelContext, found: Disagreement, name: str, names: Mapping[str, str]) -> str:
    """The features that set the two models apart on those clients, in points of the first less the second."""
    cell = found.cells.get(name)
    if cell is None or not cell.features:
        return ""
    say, lang, scale = context.say, context.lang, context.service.model.scale
    columns = [Column(say("importance.variable"), number=False), Column(say("results.apart.points", **names))]
    rows: list[list[Cell]] = [
        [
            DICTIONARY[feature].label.say(lang) if feature in DICTIONARY else feature,
            signed(scale.points_of_change(apart), lang, 1),
        ]
        for feature, apart in cell.features.items()
    ]
    title = say("results.apart", who=say(f"results.disagreement.{name}", **names))
    return folded(title, table(columns, rows, title))


def reviews_html(context: ModelContext) -> str:
    """What sending clients to a person costs, and when it pays."""
    say, lang = context.say, context.lang
    told = context.reports.evaluation.assessment.models[context.reports.serves].review
    if told is None:
        return ""
    rate = "–" if told.default_rate is None else percent(told.default_rate.value, lang, 1)
    pays = say("results.review.never") if told.pays_from is None else percent(told.pays_from, lang)
    shown = [
        Tile(
            say("results.review.sent"),
            percent(told.reviewed_share.value, lang, 1),
            say("results.review.clients", clients=number(told.reviewed, lang)),
        ),
        Tile(say("results.review.rate"), rate, say("results.review.rate.below")),
        Tile(
            say("results.review.pays"), pays, say("results.review.pays.below", cost=number(told.review_cost, lang, 2))
        ),
    ]
    return panel(say("results.reviews"), tiles(shown), say("results.reviews.lead"), "reviews")


def limits_html(context: ModelContext, limits: Sequence[Said]) -> str:
    """What figures do not prove."""
    if not limits:
        return ""
    items = "".join(f"<li>{escape(one.say(context.lang))}</li>" for one in limits)
    return panel(context.say("results.limits"), f'<ul class="cs-list">{items}</ul>', name="limits")
