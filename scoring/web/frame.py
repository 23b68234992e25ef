"""The frame around the pages: what is on it, and what happens when a client is searched for, chosen or left."""

from html import escape
from typing import Any

import gradio as gr

from scoring.decision import OUTCOMES
from scoring.errors import UnknownClientError
from scoring.language import text
from scoring.service import Service
from scoring.web.bar import bar_html
from scoring.web.links import links
from scoring.web.pages.clients import Wanted, examples_html, list_html
from scoring.web.pages.decision import decision_html

MOST_DIGITS = 18
# The address follows the client; going back or forward opens what it names (see the script of the page's head).
_FOLLOW_ADDRESS = """
(client, title) => {
  const query = client ? '?client=' + client : location.pathname;
  if ((new URLSearchParams(location.search).get('client') || '') !== client) history.pushState(null, '', query);
  document.title = title;
  window.scrollTo(0, 0);
  if (window.clairscoreOpened) {
    const heading = document.querySelector('h1');
    if (heading) { heading.tabIndex = -1; heading.focus({preventScroll: true}); }
  }
  window.clairscoreOpened = true;
}
"""
QUICK: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}


def build_pages(service: Service, lang: str) -> gr.Blocks:
    """Build the officers' pages in one language."""

    def say(key: str) -> str:
        return text(lang, key)

    decisions = [(say("page.clients.any"), ""), *((say(f"decision.officer.{one}"), one) for one in OUTCOMES)]
    first = list_html(service, Wanted(), 0, lang)
    with gr.Blocks(title=say("page.title"), fill_width=True, analytics_enabled=False) as pages:
        bar = links(elem_id="bar")
        with gr.Column(visible=False, elem_id="page-clients") as clients_page:
            gr.HTML(
                f'<h1>{escape(say("page.clients.title"))}</h1><p class="cs-lead">{escape(say("page.clients.lead"))}</p>',
                apply_default_css=False,
            )
            with gr.Row(elem_id="finder"):
                with gr.Column(elem_id="finder-search", scale=4, min_width=280):
                    with gr.Row(elem_id="find"):
                        search = gr.Textbox(
                            label=say("page.clients.search"),
                            placeholder=say("page.clients.search.hint"),
                            elem_id="search",
                            max_lines=1,
                            scale=1,
                        )
                        opener = gr.Button(say("page.clients.open"), variant="primary", elem_id="open", scale=0)
                    message = gr.HTML(elem_id="message", apply_default_css=False)
                with gr.Column(elem_id="finder-examples", scale=8, min_width=280):
                    examples = links(examples_html(service, lang))
            with gr.Column(elem_id="list"):
                with gr.Row(elem_id="filters"):
                    shown = gr.Dropdown(
                        decisions,
                        value="",
                        label=say("page.clients.decision"),
                        elem_id="filter-decision",
                        filterable=False,
                    )
                    only_new = gr.Checkbox(True, label=say("page.clients.new"), elem_id="filter-new")
                listed = links(first.html)
                page = gr.State(0)
                with gr.Row(elem_id="paging"):
                    before = gr.Button(say("page.clients.before"), elem_id="before", interactive=False, scale=0)
                    after = gr.Button(say("page.clients.after"), elem_id="after", interactive=first.last > 0, scale=0)
        with gr.Column(visible=False, elem_id="page-decision") as decision_page:
            decision = gr.HTML(apply_default_css=False)
        # What the script that keeps the address reads; last, where empty boxes leave no gap.
        current = gr.Textbox(visible="hidden", elem_id="current", label="client")
        title = gr.Textbox(visible="hidden", elem_id="page-title", label="title")

        outputs = [bar, current, title, message, clients_page, decision_page, decision]

        def show(client: str) -> list[Any]:
            return _show(service, client, lang)

        def selected(event: gr.EventData) -> list[Any]:
            return show(str(event.client))

        def arrive(request: gr.Request) -> list[Any]:
            return show(str(request.query_params.get("client", "")))

        def look(typed: str, new: bool, outcome: str, at: int = 0) -> list[Any]:
            chosen = next((one for one in OUTCOMES if one == outcome), None)
            return _turn_to(service, Wanted(digits(typed) or "", new, chosen), at, lang)

        follow: dict[str, Any] = {"fn": None, "inputs": [current, title], "js": _FOLLOW_ADDRESS}
        follow["api_visibility"] = "private"
        pages.load(arrive, None, outputs, **QUICK).then(**follow)
        search.submit(show, search, outputs, **QUICK).then(**follow)
        opener.click(show, search, outputs, **QUICK).then(**follow)
        for followed in (bar, examples, listed):
            followed.select(selected, None, outputs, **QUICK).then(**follow)
        wanted, turned = [search, only_new, shown], [listed, page, before, after]
        for changed in (search.change, only_new.change, shown.change):
            changed(look, wanted, turned, trigger_mode="always_last", **QUICK)
        for button, step in ((before, -1), (after, 1)):

            def turn(typed: str, new: bool, outcome: str, at: int, step: int = step) -> list[Any]:
                return look(typed, new, outcome, at + step)

            button.click(turn, [*wanted, page], turned, **QUICK)
    return pages


def _show(service: Service, asked: str, lang: str) -> list[Any]:
    """What the page becomes when a client is asked for: the decision, or the list with a message."""
    if not asked.strip():
        return _on_list(service, "", lang)
    number = digits(asked)
    if number is None:
        return _on_list(service, text(lang, "error.not_a_number"), lang)
    try:
        assessment = service.assess(int(number))
    except UnknownClientError:
        return _on_list(service, text(lang, "error.unknown_client", client=number), lang)
    title = f"{text(lang, 'page.decision.client', client=assessment.client_id)} · {text(lang, 'page.title')}"
    return [
        bar_html(service, lang, str(assessment.client_id)),
        str(assessment.client_id),
        title,
        "",
        gr.update(visible=False),
        gr.update(visible=True),
        decision_html(service, assessment, lang),
    ]


def _on_list(service: Service, message: str, lang: str) -> list[Any]:
    alert = f'<p class="cs-alert" role="alert">{escape(message)}</p>' if message else ""
    shown, hidden = gr.update(visible=True), gr.update(visible=False)
    return [bar_html(service, lang, ""), "", text(lang, "page.title"), alert, shown, hidden, ""]


def _turn_to(service: Service, wanted: Wanted, page: int, lang: str) -> list[Any]:
    listed = list_html(service, wanted, page, lang)
    before, after = gr.update(interactive=listed.page > 0), gr.update(interactive=listed.page < listed.last)
    return [listed.html, listed.page, before, after]


def digits(typed: str | None) -> str | None:
    """The digits of a typed or pasted number, without the spaces that people put into it; None where it is no number.

    >>> digits(" 100 002 "), digits("12,5"), digits("")
    ('100002', None, None)
    """
    joined = "".join((typed or "").split())
    if not joined:
        return None
    return joined if joined.isascii() and joined.isdigit() and len(joined) <= MOST_DIGITS else None
