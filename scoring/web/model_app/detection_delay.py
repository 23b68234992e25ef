"""How soon things that went wrong on purpose are seen, and on which part of the page: the study beside the model."""

from html import escape

from scoring.i18n import number, percent, text
from scoring.reports.drift_simulation import COMMAND, NONE, Shocked, ShockStudy
from scoring.web.charts import Series, Table, figure_html, lines, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Html, absent, panel, table


def shock_html(context: ModelContext) -> str:
    """The part of the page that tells of the study."""
    say, lang = context.say, context.lang
    study = context.reports.shock
    if study is None:
        return panel(say("watch.shock"), absent(lang, say("watch.shock.what"), COMMAND), name="shock")
    lead = say(
        "watch.shock.lead",
        looks=number(study.looks, lang),
        clients=number(study.clients, lang),
        sure=percent(study.sure, lang),
    )
    return panel(say("watch.shock"), _table(context, study) + _picture(context, study), lead, "shock")


def _table(context: ModelContext, study: ShockStudy) -> str:
    say = context.say
    columns = [
        Column(say("watch.shock.shock"), number=False),
        Column(say("watch.shock.before")),
        Column(say("watch.shock.after")),
        Column(say("watch.shock.where"), number=False),
        Column(say("watch.shock.reviewed"), say("watch.shock.reviewed.hint"), extra=True),
        Column(say("watch.shock.advice"), number=False, extra=True),
    ]
    rows: list[list[Cell]] = [_row(context, one) for one in study.shocks]
    return table(columns, rows, say("watch.shock"), "watch-shocks")


def _row(context: ModelContext, one: Shocked) -> list[Cell]:
    say, lang = context.say, context.lang
    largest = one.sizes[-1]
    if one.name == NONE:
        false = (say("watch.shock.false", share=percent(share, lang)) for share in (largest.seen, largest.seen_after))
        before, after = (str(said) for said in false)
        where: Cell = None
    else:
        before, after = (_first(context, first) for first in (one.first, one.first_after))
        # A signal that fewer than half of the largest looks raise is no place to look at.
        sections = dict.fromkeys(told.section for told in one.signals if told.share >= 0.5)
        links = ", ".join(
            f'<a href="#watch-{name}" data-to="watch-{name}">{escape(text(lang, f"monitoring.section.{name}"))}</a>'
            for name in sections
        )
        where = Html(links) if links else None
    return [
        one.words.say(lang),
        before,
        after,
        where,
        percent(one.reviewed, lang, 1),
        say(f"watch.advised.{one.advised}"),
    ]


def _first(context: ModelContext, first: int | None) -> str:
    if first is None:
        return context.say("watch.shock.never")
    return context.say("watch.shock.from", clients=number(first, context.lang))


def _picture(context: ModelContext, study: ShockStudy) -> str:
    say, lang = context.say, context.lang
    slow = [one for one in study.shocks if one.name != NONE and one.first_after != one.sizes[0].clients]
    shown = [*slow[: len(palette.HUES)], study.calm]
    series = [
        Series(
            say(f"watch.shock.short.{one.name}"),
            [size.clients for size in one.sizes],
            [size.seen_after for size in one.sizes],
            palette.GROUP if one.name == NONE else palette.HUES[at],
            dashed=one.name == NONE,
        )
        for at, one in enumerate(shown)
    ]
    heads = [
        say("watch.shock.shock"),
        say("watch.clients"),
        say("watch.shock.seen_before"),
        say("watch.shock.seen_after"),
    ]
    rows = [
        [
            one.words.say(lang),
            number(size.clients, lang),
            percent(size.seen, lang),
            percent(size.seen_after, lang),
        ]
        for one in study.shocks
        for size in one.sizes
    ]
    figure = lines(
        "watch-shock",
        say("watch.shock.finding"),
        series,
        Table(heads, rows),
        says=say("watch.shock.says"),
        x_title=say("watch.clients"),
        y_title=say("watch.shock.seen_after"),
        note=say("watch.shock.note"),
        height=300,
        yaxis={"range": [0, 1.05], "tickformat": ".0%"},
    )
    return figure_html(figure, lang)
