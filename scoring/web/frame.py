"""The frame around the pages: bar, notice, and what happens when a client is searched for, chosen or left."""

from html import escape
from typing import Any

import gradio as gr

from scoring.decision import OUTCOMES, Outcome
from scoring.errors import UnknownClientError
from scoring.language import LANGUAGES, text
from scoring.service import Service
from scoring.web.links import links
from scoring.web.pages.clients import examples_html, list_html
from scoring.web.pages.decision import decision_html

MOST_DIGITS = 18
NAMES = {"fr": "Français", "en": "English"}
# The address follows the client; going back or forward in the browser's history opens what it names.
_FOLLOW_ADDRESS = """
(client, title) => {
  const query = client ? '?client=' + client : location.pathname;
  if ((new URLSearchParams(location.search).get('client') || '') !== client) history.pushState(null, '', query);
  document.title = title;
  window.onpopstate = () => location.reload();
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
    with gr.Blocks(title=text(lang, "page.title"), fill_width=True, analytics_enabled=False) as pages:
        bar = links(elem_id="bar")
        with gr.Column(visible=False, elem_id="page-clients") as clients_page:
            gr.HTML(
                f"<h1>{escape(text(lang, 'page.clients.title'))}</h1>"
                f'<p class="cs-lead">{escape(text(lang, "page.clients.lead"))}</p>',
                apply_default_css=False,
            )
            with gr.Row(elem_id="find", equal_height=True):
                search = gr.Textbox(
                    label=text(lang, "page.clients.search"),
                    placeholder=text(lang, "page.clients.search.hint"),
                    elem_id="search",
                    max_lines=1,
                    scale=3,
                )
                opener = gr.Button(text(lang, "page.clients.open"), variant="primary", elem_id="open", scale=1)
            message = gr.HTML(elem_id="message", apply_default_css=False)
            examples = links(examples_html(service, lang))
            with gr.Row(elem_id="filters"):
                shown = gr.Dropdown(
                    [
                        (text(lang, "page.clients.any"), ""),
                        *((text(lang, f"decision.officer.{one}"), one) for one in OUTCOMES),
                    ],
                    value="",
                    label=text(lang, "page.clients.decision"),
                    elem_id="filter-decision",
                    filterable=False,
                )
                only_new = gr.Checkbox(True, label=text(lang, "page.clients.new"), elem_id="filter-new")
            listed = links(list_html(service, "", True, None, 0, lang)[0])
            page = gr.State(0)
            with gr.Row(elem_id="paging"):
                before = gr.Button(text(lang, "page.clients.before"), elem_id="before")
                after = gr.Button(text(lang, "page.clients.after"), elem_id="after")
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

        def look(digits: str, new: bool, outcome: str, at: int = 0) -> tuple[str, int]:
            chosen: Outcome | None = next((one for one in OUTCOMES if one == outcome), None)
            return list_html(service, _digits(digits) or "", new, chosen, at, lang)

        follow: dict[str, Any] = {
            "fn": None,
            "inputs": [current, title],
            "js": _FOLLOW_ADDRESS,
            "api_visibility": "private",
        }
        pages.load(arrive, None, outputs, **QUICK).then(**follow)
        search.submit(show, search, outputs, **QUICK).then(**follow)
        opener.click(show, search, outputs, **QUICK).then(**follow)
        for followed in (bar, examples, listed):
            followed.select(selected, None, outputs, **QUICK).then(**follow)
        wanted = [search, only_new, shown]
        for changed in (search.change, only_new.change, shown.change):
            changed(look, wanted, [listed, page], trigger_mode="always_last", **QUICK)
        for button, step in ((before, -1), (after, 1)):

            def turn(digits: str, new: bool, outcome: str, at: int, step: int = step) -> tuple[str, int]:
                return look(digits, new, outcome, at + step)

            button.click(turn, [*wanted, page], [listed, page], **QUICK)
    return pages


def _show(service: Service, asked: str, lang: str) -> list[Any]:
    """What the page becomes when a client is asked for: the decision, or the list with a message."""
    if not asked.strip():
        return _on_list(service, "", lang)
    digits = _digits(asked)
    if digits is None:
        return _on_list(service, text(lang, "error.not_a_number"), lang)
    try:
        assessment = service.assess(int(digits))
    except UnknownClientError:
        return _on_list(service, text(lang, "error.unknown_client", client=digits), lang)
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


def _digits(typed: str | None) -> str | None:
    """The digits of a typed or pasted number, without the spaces that people put into it; None where it is no number."""
    joined = "".join((typed or "").split())
    if not joined:
        return None
    return joined if joined.isascii() and joined.isdigit() and len(joined) <= MOST_DIGITS else None


def bar_html(service: Service, lang: str, client: str) -> str:
    """The bar at the top: name, pages, languages; below it the notice that the clients are synthetic."""
    query = f"?client={client}" if client else ""
    languages = "".join(
        f'<a href="../{one}/{query}" lang="{one}" hreflang="{one}"{_here(one == lang)}><span class="cs-long">{NAMES[one]}</span><abbr class="cs-short" title="{NAMES[one]}">{one.upper()}</abbr></a>'
        for one in LANGUAGES
    )
    pages = f'<a href="./" data-client=""{_here(not client)}>{escape(text(lang, "page.nav.clients"))}</a>'
    if client:
        pages += (
            f'<a href="?client={client}" data-client="{client}" aria-current="page">'
            f"{escape(text(lang, 'page.nav.decision'))}</a>"
        )
    notice = ""
    if service.synthetic:
        notice = f'<p id="synthetic" class="cs-notice">{escape(text(lang, "page.synthetic"))}</p>'
    return (
        f'<div class="cs-bar"><a class="cs-brand" href="./" data-client=""><span aria-hidden="true" class="cs-logo"></span>'
        f'Clairscore</a><nav aria-label="{escape(text(lang, "page.nav"))}">{pages}</nav>'
        f'<nav class="cs-languages" aria-label="{escape(text(lang, "page.languages"))}">{languages}</nav></div>{notice}'
    )


def _here(is_here: bool) -> str:
    return ' aria-current="page"' if is_here else ""
