"""The points page: the model as a scorecard's grid, any client's points added up, and the same as files."""

from html import escape
from typing import Any

import gradio as gr

from scoring.model.additive_model.lookup import Scored
from scoring.model.artefacts import Kind
from scoring.reports.exports.grid import Grid, grid_of
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.grid_table import grid_html, wanted
from scoring.web.model_app.parts import absent, head, html
from scoring.web.model_app.place import going
from scoring.web.model_app.points_breakdown import added_up_html, cells_by_name, facts_of, score_of
from scoring.web.page import QUICK, Built, Place, here, read_place
from scoring.web.page_identity import identity_of

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
