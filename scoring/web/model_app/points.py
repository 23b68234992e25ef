"""The points page: the model as a scorecard's grid, any client's points added up, and the same as files."""

from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY, say
from scoring.i18n import number, percent, text
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import Scored, Value
from scoring.model.artefacts import Kind
from scoring.model.decision import decide
from scoring.portfolio.clients import Portfolio
from scoring.reports.exports.grid import Grid, Line, Variable, grid_of
from scoring.web.icons import outcome_icon
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.grid_table import grid_html, wanted
from scoring.web.model_app.parts import Cell, Column, Html, absent, head, html, panel, table
from scoring.web.model_app.place import going
from scoring.web.page import QUICK, Built, Place, here, read_place
from scoring.web.page_identity import identity_of
from scoring.web.waterfall import signed

# A client's points added up line by line: the constant, one line of each variable, the total, and the decision.


def facts_of(portfolio: Portfolio, model: AdditiveModel, client: int) -> dict[str, Value]:
    """A client's values of a model's features."""
    return portfolio.values_of(client, tuple(model.features))


def score_of(model: AdditiveModel, facts: dict[str, Value]) -> Scored:
    """A client's score by a model, which need not be the one that serves."""
    return Lookup(model).score(facts)


def cells_by_name(grid: Grid, scored: Scored) -> dict[str, int]:
    """The cell of each variable that a client is in."""
    return {variable.name: scored.cells[variable.position] for variable in grid.variables}


def added_up_html(
    model: AdditiveModel, grid: Grid, facts: dict[str, Value], scored: Scored, client: int, lang: str, *, folded: bool
) -> str:
    """The sum of one client; `folded` where somebody looks for one line of the grid."""
    decision = decide(model, scored)
    running = grid.constant
    rows: list[list[Cell]] = [[text(lang, "model.points.constant"), None, None, None, signed(running, lang, 1), None]]
    for variable in grid.variables:
        line = _line_of(variable, scored)
        running += line.points
        rows.append(
            [
                Html(_term(variable, line, client, model.kind, lang)),
                " × ".join(say(DICTIONARY[name], facts[name], lang) for name in variable.features),
                line.told(variable.features, lang),
                number(line.clients, lang),
                signed(line.points, lang, 1),
                number(running, lang, 1),
            ]
        )
    badge = (
        f'<span class="cs-badge cs-{decision.outcome}">{outcome_icon(decision.outcome)}'
        f"{escape(text(lang, f'decision.officer.{decision.outcome}'))}</span>"
    )
    total = text(
        lang,
        "model.points.total",
        points=number(decision.points, lang, 1),
        pd=percent(decision.pd, lang, 1),
        asked=number(decision.threshold_points, lang, 1),
    )
    columns = [
        Column(text(lang, "model.points.sum.variable"), number=False),
        Column(text(lang, "model.points.sum.value"), number=False),
        Column(text(lang, "model.points.sum.bin"), number=False, extra=True),
        Column(text(lang, "model.points.column.clients"), extra=True),
        Column(text(lang, "model.points.column.points")),
        Column(text(lang, "model.points.sum.running"), extra=True),
    ]
    title = text(lang, "model.points.sum", client=client)
    body = (
        f'<p class="cs-sum-total" id="sum-total" data-points="{decision.points!r}">{badge} {escape(total)}</p>'
        f"<details{'' if folded else ' open'}><summary>{escape(text(lang, 'model.points.sum.open', terms=len(grid.variables)))}</summary>"
        f"{table(columns, rows, title, 'sum-table')}</details>"
        f"<p><a {going('points', None, model=model.kind)}>{escape(text(lang, 'model.points.without'))}</a></p>"
    )
    return panel(title, body, text(lang, "model.points.sum.lead"), "sum")


def _line_of(variable: Variable, scored: Scored) -> Line:
    cell = scored.cells[variable.position]
    return next(line for line in variable.lines if line.cell == cell)


def _term(variable: Variable, line: Line, client: int, kind: str, lang: str) -> str:
    to = f"cell-{variable.position}-{line.cell}"
    attributes = going("points", client, model=kind, term=variable.name).split(" data-go=")[0]
    return f'<a {attributes} data-to="{to}">{escape(variable.label(lang))}</a>'


NAME = "points"
SECTION = "points"
SORTS = ("document", "weight", "spread", "iv", "name")
FORMS = ("csv", "xlsx", "json", "sql", "pmml")
_OPEN = """(typed, kind) => window.clairscore.go(
  'view=points&model=' + kind + (typed.trim() ? '&client=' + encodeURIComponent(typed) : ''))"""


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

    def filtered(typed: str | None, order: str, said: str, request: gr.Request) -> Any:
        if not said:
            return gr.skip()
        place = read_place(said)
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
    """The grid of one of the glass boxes, with what training saw in its cells where it told."""
    return grid_of(context.reports.models[kind], context.reports.evaluation.tables.get(kind))


def _scored(context: ModelContext, kind: Kind, client: int | None, request: gr.Request) -> Scored | None:
    if client is None:
        return None
    model = context.reports.models[kind]
    scored = score_of(model, facts_of(context.service.portfolio, model, client))
    context.recorder.consult(client, identity_of(request), page=NAME)
    return scored


def _switch(context: ModelContext, kind: Kind, client: int | None) -> str:
    serves = f"<small>{escape(context.say('kind.serves'))}</small>"
    links = "".join(
        f'<a {going(NAME, client, model=one)} data-model="{one}"{" aria-current=true" if one == kind else ""}>'
        f"{escape(context.say(f'kind.{one}'))}"
        f"{serves if one == context.reports.serves else ''}</a>"
        for one in context.reports.models
    )
    files = "".join(
        f'<a href="files/{kind}.{form}" download data-form="{form}">{escape(context.say(f"points.form.{form}"))}</a>'
        for form in FORMS
    )
    return (
        f'<div class="cs-tools"><nav class="cs-switch" aria-label="{escape(context.say("points.which"))}">{links}</nav>'
        f'<nav class="cs-files" aria-label="{escape(context.say("points.files"))}">'
        f"<span>{escape(context.say('points.files'))}</span>{files}</nav></div>"
    )


def _sum(context: ModelContext, place: Place, scored: Scored | None) -> str:
    if place.client is None or scored is None:
        return ""
    kind = context.kind(place.query.get("model", ""))
    model = context.reports.models[kind]
    facts = facts_of(context.service.portfolio, model, place.client)
    grid = grid_of_kind(context, kind)
    return added_up_html(model, grid, facts, scored, place.client, context.lang, folded="term" in place.query)


def _grid(context: ModelContext, place: Place, typed: str, order: str, scored: Scored | None) -> str:
    sought = place.query.get("term", "")
    grid = grid_of_kind(context, context.kind(place.query.get("model", "")))
    shown = wanted(grid, typed, order, context.lang)
    cells = cells_by_name(grid, scored) if scored is not None else {}
    told = context.say("points.found", shown=len(shown), all=len(grid.variables))
    missing = ""
    if not grid.has_outcomes:
        missing = absent(context.lang, context.say("points.outcomes"), "make train")
    if not shown:
        return f'<p class="cs-none" role="status">{escape(context.say("points.none"))}</p>'
    return (
        f'{missing}<p class="cs-count" role="status">{escape(told)}</p>'
        f"{grid_html(grid, shown, cells, sought, context.lang)}"
    )
