"""The page of data: the raw tables and what is odd in them, what reading repaired, how often features are missing."""

from collections import Counter
from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent
from scoring.reports.quality import COMMAND, Quality
from scoring.web.charts import Bar, Table, bars, charts, figure_html
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Html, Tile, absent, body, folded, head, panel, table, tiles
from scoring.web.model_app.place import going
from scoring.web.page import Built, Place

NAME = "data"
SECTION = "controls"
SHOWN = 20
MISSING = "missing"


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="data")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [data_html(context)]

    return Built([part], draw)


def data_html(context: ModelContext) -> str:
    """The whole page."""
    say, lang = context.say, context.lang
    quality = context.reports.quality
    told = absent(lang, say("data.what"), COMMAND) if quality is None else _quality(context, quality)
    return body(head(say("data.title"), say("data.lead")) + _clients(context) + told + _missing(context))


def _clients(context: ModelContext) -> str:
    """92 in 100 repay, beside 8 in 100 with difficulties: counted on the clients whose outcome is known."""
    say, lang, data = context.say, context.lang, context.reports.evaluation.data
    shown = [
        Tile(
            say("data.clients"),
            number(data.clients, lang),
            say("data.clients.below", known=number(data.labelled, lang)),
        ),
        Tile(
            say("data.repaid"),
            percent(1 - data.positives / data.labelled, lang, 1),
            say("data.repaid.below", clients=number(data.labelled - data.positives, lang)),
            "repaid",
        ),
        Tile(
            say("data.difficulties"),
            percent(data.positives / data.labelled, lang, 1),
            say("data.difficulties.below", clients=number(data.positives, lang)),
            "difficulties",
        ),
        Tile(say("data.features"), number(data.features, lang), say("data.features.below", kept=data.candidates)),
    ]
    return f'<section class="cs-panel">{tiles(shown)}</section>'


def _quality(context: ModelContext, quality: Quality) -> str:
    say, lang = context.say, context.lang
    columns = [
        Column(say("data.table"), number=False),
        Column(say("data.rows")),
        Column(say("data.cells_missing")),
        Column(say("data.checks")),
        Column(say("data.warnings")),
    ]
    rows: list[list[Cell]] = []
    for name, count in quality.rows.items():
        found = quality.of_table(name)
        missing = [one.share for one in found if one.check == MISSING]
        rows.append(
            [
                Html(f"<code>{escape(name)}</code>"),
                number(count, lang),
                percent(sum(missing) / len(missing), lang, 1) if missing else None,
                number(len(found), lang),
                number(sum(one.warning for one in found), lang),
            ]
        )
    title = say("data.tables")
    gone = ""
    if quality.absent:
        gone = f'<p class="cs-lead">{escape(say("data.absent", tables=", ".join(quality.absent)))}</p>'
    made = Counter(one.check for one in quality.findings)
    lead = say("data.tables.lead", checks=number(sum(made.values()), lang), warnings=len(quality.warnings))
    return panel(
        title,
        table(columns, rows, title, "quality") + gone + _warnings(context, quality) + _repairs(context, quality),
        lead,
    )


def _warnings(context: ModelContext, quality: Quality) -> str:
    say, lang = context.say, context.lang
    if not quality.warnings:
        return f"<p>{escape(say('data.warnings.none'))}</p>"
    columns = [
        Column(say("data.check"), number=False),
        Column(say("data.column"), number=False),
        Column(say("data.expected"), number=False, extra=True),
        Column(say("data.count")),
        Column(say("points.column.share")),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"data.check.{one.check.replace(' ', '_')}"),
            Html(f"<code>{escape(one.table)}</code> <code>{escape(one.column)}</code>"),
            Html(f'<span lang="en">{escape(one.rule)}</span>'),
            None if one.count is None else number(one.count, lang),
            percent(one.share, lang, 2),
        ]
        for one in quality.warnings
    ]
    title = say("data.warnings.open", warnings=len(rows))
    return folded(title, table(columns, rows, title, "quality-warnings"))


def _repairs(context: ModelContext, quality: Quality) -> str:
    say, lang = context.say, context.lang
    if not quality.repairs:
        return f'<p class="cs-lead">{escape(say("data.repairs.none"))}</p>'
    columns = [
        Column(say("data.repair"), number=False),
        Column(say("data.table"), number=False),
        Column(say("data.count")),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"data.damage.{one.damage.replace(' ', '_')}"),
            Html(f"<code>{escape(one.table)}</code>"),
            number(one.count, lang),
        ]
        for one in quality.repairs
    ]
    title = say("data.repairs.open", repairs=len(rows))
    return folded(title, table(columns, rows, title, "quality-repairs"))


def _missing(context: ModelContext) -> str:
    """How often each feature is missing: the models' own first, then all."""
    say, lang = context.say, context.lang
    shares = context.reports.missing
    used = {name for model in context.reports.models.values() for name in model.features}
    roles = sorted({role for by_role in shares.values() for role in by_role})
    worst = sorted((name for name in used if name in shares), key=lambda name: (-max(shares[name].values()), name))
    shown = [
        Bar(
            DICTIONARY[name].label.say(lang),
            max(shares[name].values()),
            percent(max(shares[name].values()), lang),
            id=name,
        )
        for name in worst[:SHOWN]
    ]
    heads = [say("importance.variable"), *(say(f"data.role.{role}") for role in roles)]
    said = [
        [DICTIONARY[name].label.say(lang), *(percent(shares[name].get(role, 0.0), lang, 1) for role in roles)]
        for name in worst
    ]
    never = sum(max(by_role.values()) == 0.0 for by_role in shares.values())
    figure = bars(
        "missing",
        say("data.missing.finding", never=number(never, lang), features=number(len(shares), lang)),
        shown,
        Table(heads, said),
        says=say("data.missing.says"),
        note=say("data.missing.note"),
    )
    every = sorted(shares, key=lambda name: (-max(shares[name].values()), name))
    columns = [Column(say("importance.variable"), number=False), *(Column(say(f"data.role.{role}")) for role in roles)]
    rows: list[list[Cell]] = [
        [
            Html(
                f"<a {going('dictionary', None, feature=name)}>{escape(DICTIONARY[name].label.say(lang))}</a> "
                f"<code>{escape(name)}</code>"
            ),
            *(percent(shares[name].get(role, 0.0), lang, 1) for role in roles),
        ]
        for name in every
        if name in DICTIONARY
    ]
    title = say("data.missing.all", features=len(rows))
    return panel(
        say("data.missing"),
        figure_html(figure, lang) + folded(title, table(columns, rows, title, "missing-all")),
        say("data.missing.lead"),
        "missing",
    )
