"""The review queue: clients whom a person must look at, oldest first, and what the person decided."""

from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.audit.audited_decisions import REVIEW_OUTCOMES
from scoring.audit.client_history import Review
from scoring.errors import ClairscoreError, JournalError
from scoring.i18n import moment
from scoring.web.page import DECISION, QUICK, RECORDS, Built, Context, Place, digits, heading, identity_of, notice
from scoring.web.templates import render

NAME = "reviews"
WANTS_CLIENT = False
IN_BAR = True
AT_ONCE = 50
"""Reviews of one page."""


def build(context: Context) -> Built:
    """The queue, and the form that closes one of its reviews."""
    recorder, lang, say = context.recorder, context.lang, context.say
    heading(say("page.reviews.title"), say("page.reviews.lead"))
    queue = gr.HTML(apply_default_css=False)
    with gr.Row(elem_id="reviews-paging"):
        oldest = gr.Button(say("page.reviews.oldest"), elem_classes="cs-plain", scale=0, visible=False)
        later = gr.Button(say("page.reviews.later"), elem_classes="cs-plain", scale=0, visible=False)
    behind = gr.Textbox(visible="hidden", label="behind")
    message_part = gr.HTML(elem_id="reviews-said", apply_default_css=False)
    with gr.Column(elem_id="closing", visible=False) as form:
        gr.HTML(render("reviews", "closing", lang=lang), apply_default_css=False)
        chosen = gr.Dropdown(
            [],
            label=say("page.reviews.which"),
            elem_id="closing-which",
            elem_classes="cs-field",
            allow_custom_value=True,  # what a page sends back is its own list's, also after a restart of the service
        )
        outcomes = [(say(f"page.reviews.outcome.{one}"), one) for one in REVIEW_OUTCOMES]
        outcome = gr.Radio(
            outcomes, label=say("page.reviews.outcome"), elem_id="closing-outcome", elem_classes="cs-field"
        )
        reason = gr.Textbox(label=say("page.reviews.why"), lines=2, elem_id="closing-why", elem_classes="cs-field")
        close = gr.Button(say("page.reviews.close"), elem_id="closing-close", elem_classes="cs-plain")

    def shown(request: gr.Request, after: int = 0) -> list[Any]:
        try:
            found = recorder.reviews(after=after, limit=AT_ONCE + 1)
            named = [one.client_id for one in found[:AT_ONCE] if one.client_id is not None]
            if named:
                context.consult(named, request, NAME)
        except ClairscoreError:
            hidden = gr.update(visible=False)
            return [
                notice(say("page.dossier.unread"), role="status"),
                "",
                hidden,
                hidden,
                hidden,
                gr.update(choices=[]),
            ]
        waiting, more = found[:AT_ONCE], len(found) > AT_ONCE
        choices = [(_named(one, lang), one.review_id) for one in waiting]
        first = choices[0][1] if choices else None
        return [
            queue_html(waiting, lang),
            str(waiting[-1].spot.seq) if more else "",
            gr.update(visible=after > 0),
            gr.update(visible=more),
            gr.update(visible=bool(waiting)),
            gr.update(choices=choices, value=first),
        ]

    def turned(address: str, request: gr.Request) -> list[Any]:
        return shown(request, int(digits(address) or 0))

    def on_close(request: gr.Request, review_id: str | None, what: str | None, why: str) -> list[Any]:
        try:
            recorder.close_review(review_id or "", what or "", why, identity_of(request))
            message, done = say("page.reviews.closed"), True
        except JournalError:
            message, done = say("page.dossier.error.journal"), False
        except ClairscoreError:
            message, done = say("page.reviews.error"), False
        closed = notice(message, "done", "status") if done else notice(message)
        emptied = [None, ""] if done else [gr.skip(), gr.skip()]
        return [*shown(request), closed, *emptied]

    parts = [queue, behind, oldest, later, form, chosen]
    later.click(turned, behind, parts, **QUICK)
    oldest.click(shown, None, parts, **QUICK)
    close.click(on_close, [chosen, outcome, reason], [*parts, message_part, outcome, reason], **RECORDS)

    def draw(_place: Place, request: gr.Request) -> list[Any]:
        return [*shown(request), ""]

    return Built([*parts, message_part], draw)


def queue_html(waiting: tuple[Review, ...], lang: str) -> Markup:
    """The reviews that wait, as a table whose rows open their client."""
    reviews = [(Place(DECISION, one.client_id), one) for one in waiting]
    return render("reviews", "queue", lang=lang, reviews=reviews)


def _named(one: Review, lang: str) -> str:
    return f"{one.client_id} · {moment(one.at, lang)}"
