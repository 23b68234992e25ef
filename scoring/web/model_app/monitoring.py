"""The Watch page: the light and the advice, what stands out and where, the figures behind it, and how soon it would show.

The rule: it shows what ``python -m training watch`` wrote; nothing is measured here, and no client is in it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.i18n import number, percent, text
from scoring.model.statistics import Interval
from scoring.reports.drift_simulation import COMMAND as SIMULATE
from scoring.reports.drift_simulation import NONE, Shocked, ShockStudy
from scoring.reports.monitoring.thresholds import INDEX
from scoring.reports.monitoring_document import COMMAND, SECTIONS, FeatureShift, Section, Watch
from scoring.web.charts import Bar, Figure, Series, Table, bars, charts, figure_html, lines, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Tile, linked, plus
from scoring.web.page import Built, Place
from scoring.web.templates import render

NAME = "watch"
SECTION = "controls"
PER = 10_000
SHOWN = 12
Found = dict[str, Any]
"""What a section shows below its signals: tiles, a chart, a table, a table to open; empty where nothing was measured."""


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="watch")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [watch_html(context)]

    return Built([part], draw)


def watch_html(context: ModelContext) -> Markup:
    """The whole page."""
    report = context.reports.watch
    return context.render(
        "monitoring",
        report=report,
        facts="" if report is None else _facts(context, report),
        sections=[] if report is None else list(_sections(context, report)),
        detection=_detection(context),
        command=COMMAND,
    )


def _sections(context: ModelContext, report: Watch) -> Iterator[dict[str, Any]]:
    """The parts of the page that have signals or figures."""
    for section in SECTIONS:
        signals = [(at, one) for at, one in enumerate(report.signals) if one.section == section]
        figures = _FIGURES[section](context, report)
        if figures or signals:
            yield {"name": section, "signals": signals, "figures": _found(**figures)}


def _facts(context: ModelContext, report: Watch) -> str:
    say, lang, watched = context.say, context.lang, report.watched
    return say(
        "watch.facts",
        clients=number(watched.clients, lang),
        labelled=number(watched.labelled, lang),
        defaulters=number(watched.defaulters, lang),
        model=say(f"kind.{report.model.serves}"),
        version=report.model.version,
        compared=number(report.model.compared_with, lang),
        made=report.made,
    )


def _found(
    tiles: Sequence[Tile] = (), chart: Markup | str = "", table: Found | None = None, folded: Found | None = None
) -> Found:
    return {"tiles": tiles, "chart": chart, "table": table, "folded": folded}


def _table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], label: str, name: str) -> Found:
    return {"columns": columns, "rows": rows, "label": label, "name": name}


def _data(context: ModelContext, report: Watch) -> Found:
    say, lang = context.say, context.lang
    if report.raw is None:
        return {}
    columns = [
        Column(say("data.column"), number=False),
        Column(say("data.check"), number=False),
        Column(say("watch.before")),
        Column(say("watch.now")),
    ]
    rows: list[list[Cell]] = [
        [
            f"{one.table}.{one.column}",
            say(f"data.check.{one.check.replace(' ', '_')}"),
            percent(one.before, lang, 2),
            percent(one.now, lang, 2),
        ]
        for one in report.raw
    ]
    return {"table": _table(columns, rows, text(lang, "monitoring.section.data"), "watch-raw")} if rows else {}


def _features(context: ModelContext, report: Watch) -> Found:
    if not report.features:
        return {}
    say, lang = context.say, context.lang
    ordered = sorted(report.features, key=lambda one: -one.shift.index)
    figure = bars(
        "watch-features",
        say("watch.features.finding", moved=number(_moved(report), lang), features=number(len(ordered), lang)),
        [_bar(context, one) for one in ordered[:SHOWN]],
        Table(
            [say("importance.variable"), say("watch.index"), say("watch.chance")],
            [
                [one.label.say(lang), number(one.shift.index, lang, 3), number(one.shift.by_chance, lang, 3)]
                for one in ordered[:SHOWN]
            ],
        ),
        says=say("watch.features.says"),
        note=say("watch.features.note", bound=number(INDEX[0], lang, 1)),
    )
    return {"chart": figure_html(figure, lang), "folded": _every_feature(context, ordered)}


def _moved(report: Watch) -> int:
    return sum(one.movement != "none" for one in report.features)


def _bar(context: ModelContext, one: FeatureShift) -> Bar:
    say, lang = context.say, context.lang
    chance = say("watch.chance.up_to", chance=number(one.shift.by_chance, lang, 3))
    return Bar(
        one.label.say(lang),
        one.shift.index,
        number(one.shift.index, lang, 3),
        id=one.feature,
        marked=one.movement != "none",
        size=chance,
    )


def _every_feature(context: ModelContext, ordered: list[FeatureShift]) -> Found:
    say, lang = context.say, context.lang
    columns = [
        Column(say("importance.variable"), number=False),
        Column(say("watch.index"), say("watch.index.hint")),
        Column(say("watch.chance"), say("watch.chance.hint")),
        Column(say("watch.q"), say("watch.q.hint"), extra=True),
        Column(say("watch.missing.before"), extra=True),
        Column(say("watch.missing.now"), extra=True),
        Column(say("watch.never_seen"), extra=True),
        Column(say("watch.movement"), number=False),
    ]
    rows: list[list[Cell]] = [
        [
            linked("dictionary", one.label.say(lang), feature=one.feature),
            number(one.shift.index, lang, 3),
            number(one.shift.by_chance, lang, 3),
            number(one.shift.q, lang, 3),
            percent(one.missing_before, lang, 1),
            percent(one.missing_now, lang, 1),
            percent(one.unseen + one.outside, lang, 1),
            say(f"watch.movement.{one.movement}"),
        ]
        for one in ordered
    ]
    title = say("watch.features.all", features=number(len(rows), lang))
    return _table(columns, rows, title, "watch-every-feature")


def _score(context: ModelContext, report: Watch) -> Found:
    if report.score is None:
        return {}
    say, lang, found = context.say, context.lang, report.score
    chance = say("watch.chance.up_to", chance=number(found.by_chance, lang, 3))
    tile = Tile(say("watch.index.score"), number(found.index, lang, 3), chance, "score-index")
    columns = [
        Column(say("watch.group"), number=False),
        Column(say("watch.before")),
        Column(say("watch.now")),
        Column(say("watch.adds")),
    ]
    rows: list[list[Cell]] = [
        [one.bin.say(lang), percent(one.before, lang, 1), percent(one.now, lang, 1), number(one.adds, lang, 3)]
        for one in found.bins
    ]
    return {"tiles": [tile], "folded": _table(columns, rows, say("watch.bins"), "watch-score-bins")}


def _decisions(context: ModelContext, report: Watch) -> Found:
    if report.decisions is None:
        return {}
    say, lang, found = context.say, context.lang, report.decisions
    shown = [
        Tile(
            say(f"watch.decided.{name}"),
            percent(getattr(found.now, name), lang, 1),
            say("watch.was", before=percent(getattr(found.before, name), lang, 1)),
            f"decided-{name}",
        )
        for name in ("accept", "review", "decline")
    ]
    outside = Tile(say("watch.outside"), percent(found.outside, lang, 1), say("watch.outside.below"))
    return {"tiles": [*shown, outside]}


def _between(context: ModelContext, found: Interval, decimals: int, scale: float = 1.0, *, share: bool = False) -> str:
    write = percent if share else number
    low, high = (write(scale * one, context.lang, decimals) for one in (found.low, found.high))
    return context.say("interval", low=low, high=high)


def _outcomes(context: ModelContext, report: Watch) -> Found:
    if report.cost is None:
        return {}
    say, lang, cost = context.say, context.lang, report.cost
    shown = [
        Tile(
            say("watch.cost.expected"),
            number(PER * cost.expected.value, lang),
            say("watch.cost.chance", between=_between(context, cost.expected, 0, PER)),
            "cost-expected",
        )
    ]
    if cost.realised is not None and cost.expected_known is not None:
        shown.append(
            Tile(
                say("watch.cost.realised"),
                number(PER * cost.realised.value, lang),
                say("watch.cost.foretold", expected=number(PER * cost.expected_known.value, lang)),
                "cost-realised",
            )
        )
    if report.outcomes is not None:
        every, area = report.outcomes.all, report.outcomes.auc
        shown += [
            Tile(
                say("watch.observed"),
                percent(every.observed.value, lang, 1),
                say("watch.foretold", expected=percent(every.expected, lang, 1)),
                "observed",
            ),
            Tile(say("figure.auc"), number(area.value, lang, 3), _between(context, area, 3), "auc"),
        ]
    return {"tiles": shown, "chart": _by_block(context, report)}


def _by_block(context: ModelContext, report: Watch) -> Markup | str:
    """Observed and expected, block after block."""
    say, lang = context.say, context.lang
    known = [(block, block.calibration) for block in report.blocks if block.calibration is not None]
    if len(known) < 2:
        return ""
    places = list(range(1, len(known) + 1))
    worst = max(known, key=lambda one: abs(one[1].observed.value - one[1].expected))
    rows = [
        [
            block.name if report.by_period else say("watch.block.of", first=str(block.first), last=str(block.last)),
            number(found.clients, lang),
            percent(found.observed.value, lang, 1),
            _between(context, found.observed, 1, share=True),
            percent(found.expected, lang, 1),
        ]
        for block, found in known
    ]
    heads = ("watch.block", "watch.clients", "watch.observed", "watch.interval", "watch.expected")
    figure = lines(
        "watch-blocks",
        say(
            "watch.blocks.finding",
            name=worst[0].name,
            observed=percent(worst[1].observed.value, lang, 1),
            expected=percent(worst[1].expected, lang, 1),
        ),
        [
            Series(
                say("watch.expected.short"), places, [found.expected for _, found in known], palette.GROUP, dashed=True
            ),
            Series(say("watch.observed.short"), places, [found.observed.value for _, found in known], palette.CLIENT),
        ],
        Table([say(head) for head in heads], rows),
        says=say("watch.blocks.says"),
        x_title=say("watch.block"),
        note=say("watch.blocks.note"),
        height=260,
        xaxis={"tickvals": places, "ticktext": [block.name for block, _ in known]},
        yaxis={"rangemode": "tozero", "tickformat": ".0%"},
    )
    return figure_html(figure, lang)


def _people(context: ModelContext, report: Watch) -> Found:
    found = report.overridden
    if found is None:
        return {}
    say, lang = context.say, context.lang
    return {
        "tiles": [
            Tile(
                say("watch.overridden"),
                percent(found.rate.value, lang, 1),
                _between(context, found.rate, 1, share=True),
                "overridden",
            ),
            Tile(say("watch.recorded"), number(found.decisions, lang), say("watch.recorded.below")),
        ]
    }


def _challenger(context: ModelContext, report: Watch) -> Found:
    found = report.challenger
    if found is None:
        return {}
    say, lang = context.say, context.lang
    shown = [
        Tile(say("watch.challenger.other"), percent(found.other, lang, 1), say(f"kind.{found.kind}")),
        Tile(say("watch.cost.expected"), number(PER * found.expected, lang), say("watch.challenger.own")),
    ]
    if found.cost is not None:
        shown.append(
            Tile(
                say("watch.challenger.cost"),
                plus(PER * found.cost.mean, lang),
                say(
                    "watch.challenger.interval",
                    low=number(PER * found.cost.low, lang),
                    high=number(PER * found.cost.high, lang),
                ),
                "challenger-cost",
            )
        )
    if found.auc is not None:
        shown.append(Tile(say("figure.auc"), number(found.auc.value, lang, 3), _between(context, found.auc, 3)))
    return {"tiles": shown}


_FIGURES: Mapping[Section, Callable[[ModelContext, Watch], Found]] = {
    "data": _data,
    "features": _features,
    "score": _score,
    "decisions": _decisions,
    "outcomes": _outcomes,
    "people": _people,
    "challenger": _challenger,
}


# How soon simulated drift is detected, and on which part of the page: the study beside the model.


def _detection(context: ModelContext) -> dict[str, Any]:
    say, lang, study = context.say, context.lang, context.reports.shock
    if study is None:
        return {"rows": [], "command": SIMULATE}
    return {
        "lead": say(
            "watch.shock.lead",
            looks=number(study.looks, lang),
            clients=number(study.clients, lang),
            sure=percent(study.sure, lang),
        ),
        "columns": [
            Column(say("watch.shock.shock"), number=False),
            Column(say("watch.shock.before")),
            Column(say("watch.shock.after")),
            Column(say("watch.shock.where"), number=False),
            Column(say("watch.shock.reviewed"), say("watch.shock.reviewed.hint"), extra=True),
            Column(say("watch.shock.advice"), number=False, extra=True),
        ],
        "rows": [_row(context, one) for one in study.shocks],
        "figure": figure_html(_delay_picture(context, study), lang),
    }


def _row(context: ModelContext, one: Shocked) -> list[Cell]:
    say, lang = context.say, context.lang
    largest = one.sizes[-1]
    if one.name == NONE:
        before, after = (
            say("watch.shock.false", share=percent(share, lang)) for share in (largest.seen, largest.seen_after)
        )
        where: Cell = None
    else:
        before, after = (_first(context, first) for first in (one.first, one.first_after))
        # A signal that fewer than half of the largest looks raise is no place to look at.
        sections = list(dict.fromkeys(signal.section for signal in one.signals if signal.share >= 0.5))
        where = render("model_app/monitoring", "links", lang=lang, names=sections) if sections else None
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


def _delay_picture(context: ModelContext, study: ShockStudy) -> Figure:
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
    return lines(
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
