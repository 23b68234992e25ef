"""The clients page: search, three examples, and a list whose rows open their client."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from scoring.decision import OUTCOMES, Outcome
from scoring.features import DICTIONARY, say
from scoring.filters import Filters
from scoring.language import number, text
from scoring.portfolio import Listing
from scoring.scale import log_odds_of
from scoring.service import Service
from scoring.web.gauge import HIGH, LOW
from scoring.web.icons import outcome_icon
from scoring.web.links import going
from scoring.web.page import CLIENTS, DECISION, QUICK, Built, Context, Place, digits

NAME = CLIENTS
WANTS_CLIENT = False
IN_BAR = True
PAGE = 25
COLUMNS = ("age_years", "income_total", "credit_amount", "annuity", "credit_per_annuity")
SHORTER = {"credit_per_annuity": "page.identity.payments"}


@dataclass(frozen=True)
class Wanted:
    """What the list is to show.

    Attributes
    ----------
    digits : the first digits of the number, already cleaned of spaces
    only_new : whether clients with a known outcome are left out
    decision : clients of one decision; None for all
    """

    digits: str = ""
    only_new: bool = True
    decision: Outcome | None = None


@dataclass(frozen=True)
class Listed:
    """One page of the list as HTML, which page it is and which is the last, counted from 0."""

    html: str
    page: int
    last: int


def build(context: Context) -> Built:
    """Search, examples, filters, list and its pages."""
    service, lang, say_ = context.service, context.lang, context.say
    decisions = [(say_("page.clients.any"), ""), *((say_(f"decision.officer.{one}"), one) for one in OUTCOMES)]
    gr.HTML(
        f'<h1>{escape(say_("page.clients.title"))}</h1><p class="cs-lead">{escape(say_("page.clients.lead"))}</p>',
        apply_default_css=False,
    )
    with gr.Row(elem_id="finder"):
        with gr.Column(elem_id="finder-search", scale=4, min_width=280), gr.Row(elem_id="find"):
            search = gr.Textbox(
                label=say_("page.clients.search"),
                placeholder=say_("page.clients.search.hint"),
                elem_id="search",
                max_lines=1,
                scale=1,
            )
            opener = gr.Button(say_("page.clients.open"), variant="primary", elem_id="open", scale=0)
        with gr.Column(elem_id="finder-examples", scale=8, min_width=280):
            gr.HTML(examples_html(service, lang), apply_default_css=False)
    with gr.Column(elem_id="list"):
        with gr.Row(elem_id="filters"):
            shown = gr.Dropdown(
                decisions, value="", label=say_("page.clients.decision"), elem_id="filter-decision", filterable=False
            )
            only_new = gr.Checkbox(True, label=say_("page.clients.new"), elem_id="filter-new")
        listed = gr.HTML(apply_default_css=False)
        page = gr.State(0)
        with gr.Row(elem_id="paging"):
            before = gr.Button(say_("page.clients.before"), elem_id="before", interactive=False, scale=0)
            after = gr.Button(say_("page.clients.after"), elem_id="after", interactive=False, scale=0)

    def look(typed: str, new: bool, outcome: str, at: int = 0) -> list[Any]:
        chosen = next((one for one in OUTCOMES if one == outcome), None)
        return _turn_to(service, Wanted(digits(typed) or "", new, chosen), at, lang)

    wanted, turned = [search, only_new, shown], [listed, page, before, after]
    for changed in (search.change, only_new.change, shown.change):
        changed(look, wanted, turned, trigger_mode="always_last", **QUICK)
    for button, step in ((before, -1), (after, 1)):

        def turn(typed: str, new: bool, outcome: str, at: int, step: int = step) -> list[Any]:
            return look(typed, new, outcome, at + step)

        button.click(turn, [*wanted, page], turned, **QUICK)
    # What was typed goes to the frame, which says so where it names no client.
    go: dict[str, Any] = {"fn": None, "inputs": search, "js": _OPEN, "api_visibility": "private"}
    search.submit(**go)
    opener.click(**go)

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return _turn_to(service, Wanted(), 0, lang)

    return Built(turned, draw)


_OPEN = "(typed) => window.clairscore.go('client=' + encodeURIComponent(typed))"


def _turn_to(service: Service, wanted: Wanted, page: int, lang: str) -> list[Any]:
    listed = list_html(service, wanted, page, lang)
    before, after = gr.update(interactive=listed.page > 0), gr.update(interactive=listed.page < listed.last)
    return [listed.html, listed.page, before, after]


def examples_html(service: Service, lang: str) -> str:
    """One client of each decision, as links."""
    links = "".join(
        f'<li><a class="cs-example cs-{outcome}" {going(Place(DECISION, client))} data-client="{client}">'
        f"{outcome_icon(outcome)}<span><strong>{client}</strong> "
        f"{escape(text(lang, f'decision.officer.{outcome}'))}</span></a></li>"
        for outcome, client in service.portfolio.examples().items()
    )
    title = escape(text(lang, "page.clients.examples"))
    return f'<nav id="examples" aria-labelledby="examples-title"><h2 id="examples-title">{title}</h2><ul>{links}</ul></nav>'


def list_html(service: Service, wanted: Wanted, page: int, lang: str) -> Listed:
    """One page of the clients wanted; the nearest that exists where the one asked for does not.

    A number that none of the new applicants has is looked for among all clients, and that is said.
    """
    found, here, beyond = _look_up(service, wanted, page), max(page, 0), ""
    if found.total == 0 and wanted.digits and wanted.only_new:
        wanted = Wanted(wanted.digits, only_new=False, decision=wanted.decision)
        found = _look_up(service, wanted, page)
        beyond = f'<p class="cs-lead">{escape(text(lang, "page.clients.beyond"))}</p>'
    if found.total == 0:
        none = escape(text(lang, "page.clients.none"))
        return Listed(f'<div id="clients"><p class="cs-none" role="status">{none}</p></div>', 0, 0)
    last = (found.total - 1) // PAGE
    if here > last:
        here = last
        found = _look_up(service, wanted, here)
    count = text(lang, "page.clients.found", count=number(found.total, lang), page=here + 1, pages=last + 1)
    return Listed(
        f'<div id="clients"><p role="status" class="cs-count">{escape(count)}</p>{beyond}{_table(service, found, lang)}'
        "</div>",
        here,
        last,
    )


def _columns(service: Service) -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if name in service.portfolio.features)


def _look_up(service: Service, wanted: Wanted, page: int) -> Listing:
    filters = Filters(
        starts_with=wanted.digits,
        roles=("new",) if wanted.only_new else (),
        decisions=(wanted.decision,) if wanted.decision else (),
    )
    return service.portfolio.listing(
        filters,
        offset=max(page, 0) * PAGE,
        limit=PAGE,
        columns=_columns(service),
    )


def _table(service: Service, found: Listing, lang: str) -> str:
    columns = _columns(service)
    threshold = service.model.scale.points(log_odds_of(service.model.rule.threshold))
    heads = "".join(f'<th scope="col" class="cs-num">{escape(_label(name, lang))}</th>' for name in columns)
    rows = "".join(_row(row, columns, threshold, lang) for row in found.rows)
    return (
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{escape(text(lang, "page.clients.title"))}">'
        f'<table class="cs-table cs-list"><thead><tr><th scope="col">{escape(text(lang, "page.clients.number"))}</th>'
        f'<th scope="col">{escape(text(lang, "page.clients.decision"))}</th>'
        f'<th scope="col" class="cs-points">{escape(text(lang, "chart.points"))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _label(name: str, lang: str) -> str:
    return text(lang, SHORTER[name]) if name in SHORTER else DICTIONARY[name].label.say(lang)


def _row(row: Mapping[str, Any], columns: tuple[str, ...], threshold: float, lang: str) -> str:
    client, outcome, points = row["client_id"], row["decision"], float(row["points"])
    values = "".join(f'<td class="cs-num">{escape(say(DICTIONARY[name], row[name], lang))}</td>' for name in columns)
    return (
        f'<tr data-client="{client}" data-go="client={client}"><th scope="row">'
        f'<a {going(Place(DECISION, client))} data-client="{client}">{client}</a></th>'
        f'<td><span class="cs-badge cs-{outcome}">{outcome_icon(outcome)}'
        f"{escape(text(lang, f'decision.officer.{outcome}'))}</span></td>"
        f'<td class="cs-points"><span>{number(points, lang)}</span>{_place(points, threshold, outcome)}</td>{values}</tr>'
    )


def _place(points: float, threshold: float, outcome: Outcome) -> str:
    """The score's place on the gauge's scale, with a tick at the level asked; decoration of the number beside it."""
    at, tick = (100.0 * (min(max(one, LOW), HIGH) - LOW) / (HIGH - LOW) for one in (points, threshold))
    return (
        f'<span class="cs-place" aria-hidden="true"><i style="left:{tick:.1f}%"></i>'
        f'<b class="cs-{outcome}" style="left:{at:.1f}%"></b></span>'
    )
