"""The clients page: search, three examples, and filters beside a list whose rows open their client."""

from dataclasses import replace
from typing import Any

import gradio as gr

from scoring.errors import InputError
from scoring.portfolio.filters import CLIENT_ID, POINTS, Sort
from scoring.web.client_list import Wanted, columns_of, examples_html, list_html, read_wanted, words_of
from scoring.web.filtering import form, form_html, read_form
from scoring.web.links import carried
from scoring.web.page import CLIENTS, QUICK, Built, Context, Place, digits, form_of, heading, here, notice, read_place
from scoring.web.templates import script

NAME = CLIENTS
WANTS_CLIENT = False
IN_BAR = True
_OPEN = script("open_client")
_SORTING = script("sort_list")


def build(context: Context) -> Built:
    """Search and examples; below, filters beside the list and its pages."""
    service, lang, say = context.service, context.lang, context.say
    search, examples = _finder(context)
    at = here()
    with gr.Row(elem_id="listing"):
        with gr.Column(elem_id="filters", scale=0, min_width=280):
            fields, filled = form(), carried("#filters")
        with gr.Column(elem_id="list", min_width=280):
            message_part = gr.HTML(elem_id="filters-said", apply_default_css=False)
            listed = gr.HTML(js_on_load=_SORTING, apply_default_css=False)
            with gr.Row(elem_id="paging"):
                before = gr.Button(say("page.clients.before"), elem_id="before", interactive=False, scale=0)
                after = gr.Button(say("page.clients.after"), elem_id="after", interactive=False, scale=0)

    turned = [at, listed, before, after, context.address]

    def turn_to(place: Wanted, request: gr.Request) -> list[Any]:
        found = list_html(service, place, lang)
        if found.clients:
            context.consult(found.clients, request, NAME)
        address = Place(CLIENTS, place.client, words_of(replace(place, page=found.page))).address
        ends = [gr.update(interactive=found.page > 0), gr.update(interactive=found.page < found.last)]
        return [address, found.html, *ends, address]

    def type_in(address: str, typed: str, request: gr.Request) -> list[Any]:
        now = _wanted(address)
        filters = replace(now.filters, starts_with=digits(typed) or "")
        if filters == now.filters:  # a box that was filled from the address changes nothing
            return [gr.skip()] * len(turned)
        return turn_to(replace(now, filters=filters, page=0), request)

    def narrow(address: str, fields: str, request: gr.Request) -> list[Any]:
        now = _wanted(address)
        read = read_form(form_of(fields), now.filters, lang)
        return [
            *turn_to(replace(now, filters=read.filters, page=0), request),
            notice(read.message(lang), role="status"),
        ]

    def clear(address: str, request: gr.Request) -> list[Any]:
        everything = Wanted(client=_wanted(address).client)
        return [*turn_to(everything, request), "", form_html(service.portfolio, everything.filters, lang), ""]

    def sort_by(address: str, event: gr.EventData, request: gr.Request) -> list[Any]:
        by = str(event.by)
        if by not in (CLIENT_ID, POINTS, *columns_of(service)):
            return [gr.skip()] * len(turned)
        now = _wanted(address)
        return turn_to(replace(now, sort=Sort(by, now.sort == Sort(by)), page=0), request)

    search.change(type_in, [at, search], turned, trigger_mode="always_last", **QUICK)
    filled.input(narrow, [at, filled], [*turned, message_part], trigger_mode="always_last", **QUICK)
    fields.clear(clear, at, [*turned, message_part, fields, search], **QUICK)
    listed.select(sort_by, at, turned, **QUICK)
    for button, step in ((before, -1), (after, 1)):

        def turn(address: str, request: gr.Request, step: int = step) -> list[Any]:
            now = _wanted(address)
            return turn_to(replace(now, page=max(now.page + step, 0)), request)

        button.click(turn, at, turned, **QUICK)

    def draw(place: Place, request: gr.Request) -> list[Any]:
        try:
            found, message = read_wanted(place.query), ""
        except InputError:
            found, message = Wanted(), say("page.filters.unread")
        found = replace(found, client=place.client)
        context.consult(tuple(service.portfolio.examples().values()), request, NAME)
        shown = [
            form_html(service.portfolio, found.filters, lang),
            found.filters.starts_with,
            examples_html(service, lang),
        ]
        return [*turn_to(found, request)[:-1], notice(message, role="status"), *shown]

    return Built([*turned[:-1], message_part, fields, search, examples], draw)


def _wanted(address: str) -> Wanted:
    """What the page shows, as it keeps it itself."""
    place = read_place(address)
    return replace(read_wanted(place.query), client=place.client)


def _finder(context: Context) -> tuple[gr.Textbox, gr.HTML]:
    """Search for a number, and examples; the box of the search, and where the examples are drawn."""
    say = context.say
    heading(say("page.clients.title"), say("page.clients.lead"))
    with gr.Row(elem_id="finder"):
        with gr.Column(elem_id="finder-search", scale=4, min_width=280), gr.Row(elem_id="find"):
            search = gr.Textbox(
                label=say("page.clients.search"),
                placeholder=say("page.clients.search.hint"),
                elem_id="search",
                max_lines=1,
                scale=1,
            )
            opener = gr.Button(say("page.clients.open"), variant="primary", elem_id="open", scale=0)
        with gr.Column(elem_id="finder-examples", scale=8, min_width=280):
            examples = gr.HTML(apply_default_css=False)
    # What was typed goes to the frame, which says so where it names no client.
    go: dict[str, Any] = {"fn": None, "inputs": search, "js": _OPEN, "api_visibility": "private"}
    search.submit(**go)
    opener.click(**go)
    return search, examples
