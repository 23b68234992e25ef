"""The figures of each part of the Watch page: indices of features, decisions, outcomes by stretch, cost, people."""

from collections.abc import Callable, Mapping
from html import escape

from scoring.i18n import number, percent, text
from scoring.model.statistics import Interval
from scoring.reports.monitoring.thresholds import INDEX
from scoring.reports.monitoring_document import FeatureShift, Section, Watch
from scoring.web.charts import Bar, Series, Table, bars, figure_html, lines, palette
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Html, Tile, folded, table, tiles
from scoring.web.model_app.place import going

PER = 10_000
SHOWN = 12
Drawn = Callable[[ModelContext, Watch], str]


def figures_of(context: ModelContext, report: Watch, section: Section) -> str:
    """What stands below the signals of a part; nothing where nothing was measured."""
    return _PARTS[section](context, report)


def _data(context: ModelContext, report: Watch) -> str:
    say, lang = context.say, context.lang
    if report.raw is None:
        return ""
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
    return table(columns, rows, text(lang, "monitoring.section.data"), "watch-raw") if rows else ""


def _features(context: ModelContext, report: Watch) -> str:
    if not report.features:
        return ""
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
    return figure_html(figure, lang) + _every_feature(context, ordered)


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


def _every_feature(context: ModelContext, ordered: list[FeatureShift]) -> str:
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
            Html(f"<a {going('dictionary', None, feature=one.feature)}>{escape(one.label.say(lang))}</a>"),
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
    return folded(title, table(columns, rows, title, "watch-every-feature"))


def _score(context: ModelContext, report: Watch) -> str:
    if report.score is None:
        return ""
    say, lang, found = context.say, context.lang, report.score
    chance = say("watch.chance.up_to", chance=number(found.by_chance, lang, 3))
    told = tiles([Tile(say("watch.index.score"), number(found.index, lang, 3), chance, "score-index")])
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
    title = say("watch.bins")
    return told + folded(title, table(columns, rows, title, "watch-score-bins"))


def _decisions(context: ModelContext, report: Watch) -> str:
    if report.decisions is None:
        return ""
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
    return tiles([*shown, Tile(say("watch.outside"), percent(found.outside, lang, 1), say("watch.outside.below"))])


def _between(context: ModelContext, found: Interval, decimals: int, scale: float = 1.0, *, share: bool = False) -> str:
    write = percent if share else number
    low, high = (write(scale * one, context.lang, decimals) for one in (found.low, found.high))
    return context.say("interval", low=low, high=high)


def _outcomes(context: ModelContext, report: Watch) -> str:
    if report.cost is None:
        return ""
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
    return tiles(shown) + _by_block(context, report)


def _by_block(context: ModelContext, report: Watch) -> str:
    """Observed and foretold, stretch after stretch."""
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


def _people(context: ModelContext, report: Watch) -> str:
    found = report.overridden
    if found is None:
        return ""
    say, lang = context.say, context.lang
    return tiles(
        [
            Tile(
                say("watch.overridden"),
                percent(found.rate.value, lang, 1),
                _between(context, found.rate, 1, share=True),
                "overridden",
            ),
            Tile(say("watch.recorded"), number(found.decisions, lang), say("watch.recorded.below")),
        ]
    )


def _challenger(context: ModelContext, report: Watch) -> str:
    found = report.challenger
    if found is None:
        return ""
    say, lang = context.say, context.lang
    shown = [
        Tile(say("watch.challenger.other"), percent(found.other, lang, 1), say(f"kind.{found.kind}")),
        Tile(say("watch.cost.expected"), number(PER * found.expected, lang), say("watch.challenger.own")),
    ]
    if found.cost is not None:
        apart = PER * found.cost.mean
        shown.append(
            Tile(
                say("watch.challenger.cost"),
                ("+" if apart > 0 else "") + number(apart, lang),
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
    return tiles(shown)


_PARTS: Mapping[Section, Drawn] = {
    "data": _data,
    "features": _features,
    "score": _score,
    "decisions": _decisions,
    "outcomes": _outcomes,
    "people": _people,
    "challenger": _challenger,
}
