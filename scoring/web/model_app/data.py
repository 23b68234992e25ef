"""The page of data: the raw tables and what is odd in them, what reading repaired, how often features are missing."""

from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent
from scoring.reports.quality import COMMAND, Quality
from scoring.web.charts import Bar, Table, bars, charts, figure_html
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Tile, address, part
from scoring.web.page import Built, Place
from scoring.web.templates import render

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


def data_html(context: ModelContext) -> Markup:
    """The whole page."""
    quality = context.reports.quality
    return context.render(
        "data",
        clients=_clients(context),
        quality=None if quality is None else _quality(context, quality),
        missing=_missing(context),
        command=COMMAND,
    )


def _clients(context: ModelContext) -> list[Tile]:
    """92 in 100 repay, beside 8 in 100 with difficulties: counted on the clients whose outcome is known."""
    say, lang, data = context.say, context.lang, context.reports.evaluation.data
    return [
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
        Tile(say("data.features"), number(data.features, lang), say("data.features.below", candidates=data.candidates)),
    ]


def _quality(context: ModelContext, quality: Quality) -> dict[str, Any]:
    """The tables with what was checked in them, the warnings, the repairs."""
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
                part("codes", names=[name]),
                number(count, lang),
                percent(sum(missing) / len(missing), lang, 1) if missing else None,
                number(len(found), lang),
                number(sum(one.warning for one in found), lang),
            ]
        )
    return {
        "lead": say("data.tables.lead", checks=number(len(quality.findings), lang), warnings=len(quality.warnings)),
        "tables": {"columns": columns, "rows": rows},
        "absent": quality.absent,
        "warnings": _warnings(context, quality),
        "repairs": _repairs(context, quality),
    }


def _warnings(context: ModelContext, quality: Quality) -> dict[str, Any]:
    say, lang = context.say, context.lang
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
            part("codes", names=[one.table, one.column]),
            part("english", words=one.rule),
            None if one.count is None else number(one.count, lang),
            percent(one.share, lang, 2),
        ]
        for one in quality.warnings
    ]
    return {"columns": columns, "rows": rows}


def _repairs(context: ModelContext, quality: Quality) -> dict[str, Any]:
    say, lang = context.say, context.lang
    columns = [
        Column(say("data.repair"), number=False),
        Column(say("data.table"), number=False),
        Column(say("data.count")),
    ]
    rows: list[list[Cell]] = [
        [
            say(f"data.damage.{one.damage.replace(' ', '_')}"),
            part("codes", names=[one.table]),
            number(one.count, lang),
        ]
        for one in quality.repairs
    ]
    return {"columns": columns, "rows": rows}


def _missing(context: ModelContext) -> dict[str, Any]:
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
    listed = [
        [DICTIONARY[name].label.say(lang), *(percent(shares[name].get(role, 0.0), lang, 1) for role in roles)]
        for name in worst
    ]
    never = sum(max(by_role.values()) == 0.0 for by_role in shares.values())
    figure = bars(
        "missing",
        say("data.missing.finding", never=number(never, lang), features=number(len(shares), lang)),
        shown,
        Table(heads, listed),
        says=say("data.missing.says"),
        note=say("data.missing.note"),
    )
    every = sorted(shares, key=lambda name: (-max(shares[name].values()), name))
    columns = [Column(say("importance.variable"), number=False), *(Column(say(f"data.role.{role}")) for role in roles)]
    rows: list[list[Cell]] = [
        [
            render(
                "model_app/data",
                "feature",
                address=address("dictionary", feature=name),
                label=DICTIONARY[name].label.say(lang),
                name=name,
            ),
            *(percent(shares[name].get(role, 0.0), lang, 1) for role in roles),
        ]
        for name in every
        if name in DICTIONARY
    ]
    return {"figure": figure_html(figure, lang), "columns": columns, "rows": rows}
