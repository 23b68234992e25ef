"""The points page: the model as a scorecard's grid, any client's points added up, and the same as files."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY, say
from scoring.i18n import number, percent
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import Scored, Value
from scoring.model.artefacts import Kind
from scoring.model.decision import decide
from scoring.portfolio.clients import Portfolio
from scoring.reports.exports.grid import Grid, Line, Variable, grid_of
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, address, head, html
from scoring.web.page import QUICK, Built, Place, here, identity_of, read_place
from scoring.web.templates import render, script
from scoring.web.waterfall import signed

NAME = "points"
SECTION = "points"
SORTS = ("document", "weight", "spread", "iv", "name")
FORMS = ("csv", "xlsx", "json", "sql", "pmml")
WIDEST = 46.0
"""Percent of a bar's cell that the largest effect takes, to either side of its middle."""

ORDERS: Mapping[str, Callable[[Variable], tuple[float, int]]] = MappingProxyType(
    {
        "document": lambda variable: (0.0, variable.position),
        "weight": lambda variable: (-variable.weight, variable.position),
        "spread": lambda variable: (-variable.spread, variable.position),
        "iv": lambda variable: (-(variable.iv or 0.0), variable.position),
    }
)
"""Orders of the variables by name; `name` is by label, see `found`."""
_OPEN = script("model_app/open_points")


def build(context: ModelContext) -> Built:
    """Which model, search, order, a client, the sum, the grid."""
    say = context.say
    html(head(say("points.title"), say("points.lead")))
    switch = html(elem_id="points-switch")
    with gr.Row(elem_id="points-tools", elem_classes="cs-panel cs-controls"):
        search = gr.Textbox(
            label=say("points.search"), placeholder=say("points.search.hint"), elem_id="points-search", max_lines=1
        )
        sort = gr.Dropdown(
            [(say(f"points.sort.{name}"), name) for name in SORTS],
            value=SORTS[0],
            label=say("points.sort"),
            elem_id="points-sort",
            filterable=False,
        )
        client = gr.Textbox(
            label=say("points.client"), placeholder=say("points.client.hint"), elem_id="points-client", max_lines=1
        )
        opener = gr.Button(say("points.client.open"), elem_id="points-open", scale=0)
    added = html(elem_id="points-sum")
    grid_at = html(elem_id="points-grid")
    kind_at = gr.Textbox(visible="hidden", elem_id="points-kind", label="kind")
    place_at = here()

    def filtered(typed: str | None, order: str, at: str, request: gr.Request) -> Any:
        if not at:
            return gr.skip()
        place = read_place(at)
        kind = context.kind(place.query.get("model", ""))
        return _grid(context, place, typed or "", order, _scored(context, kind, place.client, request))

    for changed in (search.change, sort.change):
        changed(filtered, [search, sort, place_at], grid_at, trigger_mode="always_last", **QUICK)
    go: dict[str, Any] = {"fn": None, "inputs": [client, kind_at], "js": _OPEN, "api_visibility": "private"}
    client.submit(**go)
    opener.click(**go)

    def draw(place: Place, request: gr.Request) -> list[Any]:
        kind = context.kind(place.query.get("model", ""))
        scored = _scored(context, kind, place.client, request)
        return [
            place.address,
            _switch(context, kind, place.client),
            "",
            SORTS[0],
            "" if place.client is None else str(place.client),
            _sum(context, place, scored),
            _grid(context, place, "", SORTS[0], scored),
            kind,
        ]

    return Built([place_at, switch, search, sort, client, added, grid_at, kind_at], draw)


def grid_of_kind(context: ModelContext, kind: Kind) -> Grid:
    """The grid of one of the glass boxes, with what training saw in its cells where it was counted."""
    return grid_of(context.reports.models[kind], context.reports.evaluation.tables.get(kind))


def _scored(context: ModelContext, kind: Kind, client: int | None, request: gr.Request) -> Scored | None:
    if client is None:
        return None
    model = context.reports.models[kind]
    scored = Lookup(model).score(facts_of(context.service.portfolio, model, client))
    context.recorder.consult(client, identity_of(request), page=NAME)
    return scored


def _switch(context: ModelContext, kind: Kind, client: int | None) -> Markup:
    return context.render(
        "points",
        "switch",
        models={one: address(NAME, client, model=one) for one in context.reports.models},
        kind=kind,
        serves=context.reports.serves,
        forms=FORMS,
    )


# A client's points added up line by line: the constant, one line of each variable, the total, and the decision.


def facts_of(portfolio: Portfolio, model: AdditiveModel, client: int) -> dict[str, Value]:
    """A client's values of a model's features."""
    return portfolio.values_of(client, tuple(model.features))


def _sum(context: ModelContext, place: Place, scored: Scored | None) -> str:
    """The sum of one client; folded where somebody looks for one line of the grid."""
    client = place.client
    if client is None or scored is None:
        return ""
    lang, text = context.lang, context.say
    kind = context.kind(place.query.get("model", ""))
    model, grid = context.reports.models[kind], grid_of_kind(context, kind)
    facts = facts_of(context.service.portfolio, model, client)
    decision = decide(model, scored)
    running = grid.constant
    rows: list[list[Cell]] = [[text("points.constant"), None, None, None, signed(running, lang, 1), None]]
    for variable in grid.variables:
        line = _line_of(variable, scored)
        running += line.points
        rows.append(
            [
                render(
                    "model_app/points",
                    "to_line",
                    address=address(NAME, client, model=kind, term=variable.name),
                    line=_id(variable, line),
                    label=variable.label(lang),
                ),
                " × ".join(say(DICTIONARY[name], facts[name], lang) for name in variable.features),
                line.describe(variable.features, lang),
                number(line.clients, lang),
                signed(line.points, lang, 1),
                number(running, lang, 1),
            ]
        )
    columns = [
        Column(text("points.sum.variable"), number=False),
        Column(text("points.sum.value"), number=False),
        Column(text("points.sum.bin"), number=False, extra=True),
        Column(text("points.column.clients"), extra=True),
        Column(text("points.column.points")),
        Column(text("points.sum.running"), extra=True),
    ]
    total = text(
        "points.total",
        points=number(decision.points, lang, 1),
        pd=percent(decision.pd, lang, 1),
        threshold=number(decision.threshold_points, lang, 1),
    )
    return context.render(
        "points",
        "sum",
        title=text("points.sum", client=client),
        decision=decision,
        total=total,
        is_folded="term" in place.query,
        terms=len(grid.variables),
        columns=columns,
        rows=rows,
        without=address(NAME, model=kind),
    )


def _line_of(variable: Variable, scored: Scored) -> Line:
    cell = scored.cells[variable.position]
    return next(line for line in variable.lines if line.cell == cell)


def _id(variable: Variable, line: Line) -> str:
    return f"cell-{variable.position}-{line.cell}"


# The grid as one table. A client's own lines are marked, and the one that is sought is brought into view.


def found(grid: Grid, typed: str, sort: str, lang: str) -> list[Variable]:
    """The variables whose label, name or explanation holds each word that was typed, in the order asked for."""
    words = typed.casefold().split()
    shown = [variable for variable in grid.variables if all(word in _searched(variable, lang) for word in words)]
    if sort == "name":
        return sorted(shown, key=lambda variable: variable.label(lang).casefold())
    return sorted(shown, key=ORDERS.get(sort, ORDERS["document"]))


def _searched(variable: Variable, lang: str) -> str:
    return f"{variable.label(lang)} {variable.name} {_meaning(variable, lang)}".casefold()


def _grid(context: ModelContext, place: Place, typed: str, order: str, scored: Scored | None) -> Markup:
    lang, grid = context.lang, grid_of_kind(context, context.kind(place.query.get("model", "")))
    shown = found(grid, typed, order, lang)
    largest = max((abs(line.points) for variable in grid.variables for line in variable.lines), default=1.0) or 1.0
    sought = place.query.get("term", "")
    variables = []
    for variable in shown:
        cell = None if scored is None else scored.cells[variable.position]
        is_sought = variable.name == sought
        lines = [
            {
                **_line(context, grid, line, largest),
                "id": _id(variable, line),
                "label": line.describe(variable.features, lang),
                "is_client": line.cell == cell,
                "is_sought": is_sought,
            }
            for line in variable.lines
        ]
        variables.append(
            {
                "name": variable.name,
                "label": variable.label(lang),
                "is_sought": is_sought and cell is None,
                "summary": _summary(context, variable),
                "meaning": _meaning(variable, lang),
                "lines": lines,
            }
        )
    return context.render(
        "points",
        "grid",
        version=grid.model_version,
        count=context.say("points.found", shown=len(shown), all=len(grid.variables)),
        columns=_columns(context, grid),
        variables=variables,
        has_outcomes=grid.has_outcomes,
    )


def _columns(context: ModelContext, grid: Grid) -> list[Column]:
    def column(name: str, *, is_number: bool = True, extra: bool = False) -> Column:
        heading, hint = (context.say(f"points.{what}.{name}") for what in ("column", "hint"))
        return Column(heading, hint, is_number, extra)

    outcomes = [column("rate"), column("woe", extra=True), column("iv", extra=True)] if grid.has_outcomes else []
    return [
        column("bin", is_number=False),
        column("clients"),
        column("share", extra=True),
        *outcomes,
        column("points"),
        column("bar", is_number=False, extra=True),
        column("band", extra=True),
    ]


def _summary(context: ModelContext, variable: Variable) -> str:
    """The figures of a whole variable."""
    figures = [context.say("points.range", points=number(variable.spread, context.lang, 1))]
    if variable.iv is not None:
        figures.append(context.say("points.iv", iv=number(variable.iv, context.lang, 3)))
    if variable.coefficient is not None:
        coefficient = number(variable.coefficient, context.lang, 3)
        figures.append(context.say("points.coefficient", coefficient=coefficient))
    return " · ".join(figures)


def _meaning(variable: Variable, lang: str) -> str:
    return " ".join(DICTIONARY[name].explanation.say(lang) for name in variable.features)


def _line(context: ModelContext, grid: Grid, line: Line, largest: float) -> dict[str, Any]:
    """A line's figures, and its bar in percent of the cell; no bar where the effect is nothing."""
    lang = context.lang
    cells: list[Cell] = [number(line.clients, lang), percent(line.share, lang, 1)]
    if grid.has_outcomes:
        cells += [
            None if line.event_rate is None else percent(line.event_rate, lang, 1),
            None if line.woe is None else number(line.woe, lang, 3),
            None if line.iv is None else number(line.iv, lang, 4),
        ]
    width = WIDEST * abs(line.points) / largest
    return {
        "cells": [*cells, signed(line.points, lang, 1)],
        "bar": f"{width:.1f}" if width >= 0.05 else "",
        "side": "for" if line.points > 0 else "against",
        "band": context.say("interval", low=number(line.low, lang, 1), high=number(line.high, lang, 1)),
    }
