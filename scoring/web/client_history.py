"""What has happened around a client, and what an officer adds: reviews asked for, notes, decisions as communicated.

The rule: opening a page is a consultation. Only what an officer sends from here makes a decision, an override, a note or
a review, and each is recorded before the page says so.
"""

from collections.abc import Callable
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.audit.audited_decisions import Recorder
from scoring.audit.client_history import Event, Note, Override, Past, Spot
from scoring.errors import ClairscoreError, ConflictError, InputError, JournalError
from scoring.i18n import number, text
from scoring.model.decision import OUTCOMES
from scoring.server.identity import Identity
from scoring.web.page import (
    DECISION,
    QUICK,
    RECORDS,
    Built,
    Context,
    Place,
    digits,
    here,
    identity_of,
    notice,
    read_place,
)
from scoring.web.templates import render

SOURCE = "page"
Act = Callable[..., str]


def build(context: Context) -> Built:
    """The client's file: what was recorded, and the forms that add to it."""
    recorder, lang, say = context.recorder, context.lang, context.say
    at = here()
    with gr.Column(elem_id="dossier"):
        page = _build_list(context, at)
        message_part = gr.HTML(elem_id="dossier-said", apply_default_css=False)
        keep = gr.Button(say("page.dossier.keep"), elem_id="keep", elem_classes="cs-plain")
        with gr.Accordion(say("page.dossier.review"), open=False, elem_id="ask-review", elem_classes="cs-fold"):
            why = gr.Textbox(
                label=say("page.dossier.review.why"), lines=2, elem_id="review-why", elem_classes="cs-field"
            )
            ask = gr.Button(say("page.dossier.review.ask"), elem_id="review-ask", elem_classes="cs-plain")
        with gr.Accordion(say("page.dossier.note"), open=False, elem_id="add-note", elem_classes="cs-fold"):
            what = gr.Textbox(
                label=say("page.dossier.note.what"), lines=2, elem_id="note-what", elem_classes="cs-field"
            )
            write = gr.Button(say("page.dossier.note.write"), elem_id="note-write", elem_classes="cs-plain")
        with gr.Accordion(say("page.dossier.override"), open=False, elem_id="override", elem_classes="cs-fold"):
            outcomes = [(say(f"decision.officer.{one}"), one) for one in OUTCOMES]
            outcome = gr.Radio(
                outcomes,
                label=say("page.dossier.override.outcome"),
                elem_id="override-outcome",
                elem_classes="cs-field",
            )
            reason = gr.Textbox(
                label=say("page.dossier.override.why"), lines=2, elem_id="override-why", elem_classes="cs-field"
            )
            overrule = gr.Button(
                say("page.dossier.override.record"), elem_id="override-record", elem_classes="cs-plain"
            )

    def on_keep(client_id: int, request: gr.Request) -> str:
        recorder.decide_known(client_id, who=identity_of(request), source=SOURCE)
        return say("page.dossier.kept")

    def on_review(client_id: int, request: gr.Request, given: str) -> str:
        recorder.ask_review(client_id, given, identity_of(request))
        return say("page.dossier.review.asked")

    def on_note(client_id: int, request: gr.Request, given: str) -> str:
        recorder.note(client_id, given, identity_of(request))
        return say("page.dossier.note.written")

    def on_override(client_id: int, request: gr.Request, chosen: str | None, given: str) -> str:
        if not chosen or not given.strip():
            raise InputError("An override must have an outcome and a reason; got one of them at most. Give both.")
        who = identity_of(request)
        recorder.override(_decision_today(recorder, client_id, who), chosen, given, who)
        return say("page.dossier.override.recorded")

    def act(work: Act, *empty: str | None) -> Callable[..., list[Any]]:
        """A handler that does the work, says what came of it, and empties its form when it is done."""

        def handle(request: gr.Request, address: str, *given: Any) -> list[Any]:
            client_id = read_place(address).client or 0
            recorder.service.portfolio.place_of(client_id)  # what a page sends back may name nobody
            try:
                context.consult(client_id, request, DECISION)
            except JournalError:
                unread = notice(say("page.dossier.error.journal"))
                return [*[gr.skip()] * len(page), unread, *[gr.skip()] * len(empty)]
            try:
                message, done = work(client_id, request, *given), True
            except (InputError, ConflictError, JournalError) as error:
                message, done = text(lang, _told_as(error)), False
            form = list(empty) if done else [gr.skip()] * len(empty)
            return [
                *_page(recorder, client_id, lang),
                notice(message, "done", "status") if done else notice(message),
                *form,
            ]

        return handle

    shown = [*page, message_part]
    keep.click(act(on_keep), at, shown, **RECORDS)
    ask.click(act(on_review, ""), [at, why], [*shown, why], **RECORDS)
    write.click(act(on_note, ""), [at, what], [*shown, what], **RECORDS)
    overrule.click(act(on_override, None, ""), [at, outcome, reason], [*shown, outcome, reason], **RECORDS)

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        return [
            Place(place.page, place.client).address,
            *_page(recorder, place.client or 0, lang),
            "",
            "",
            "",
            None,
            "",
        ]

    return Built([at, *shown, why, what, outcome, reason], draw)


def _build_list(context: Context, at: gr.Textbox) -> list[Any]:
    """The list of what was recorded, and the buttons that turn its pages (see `_page`)."""
    recorder, lang, say = context.recorder, context.lang, context.say
    events = gr.HTML(apply_default_css=False)
    with gr.Row(elem_id="dossier-paging"):
        newest = gr.Button(say("page.dossier.newest"), elem_classes="cs-plain", scale=0, visible=False)
        older = gr.Button(say("page.dossier.older"), elem_classes="cs-plain", scale=0, visible=False)
    before = gr.Textbox(visible="hidden", label="before")
    page = [events, before, newest, older]

    def turned(place: str, behind: str, request: gr.Request) -> list[Any]:
        client_id = read_place(place).client or 0
        recorder.service.portfolio.place_of(client_id)
        context.consult(client_id, request, DECISION)
        return _page(recorder, client_id, lang, _spot(behind))

    def first(place: str, request: gr.Request) -> list[Any]:
        return turned(place, "", request)

    older.click(turned, [at, before], page, **QUICK)
    newest.click(first, at, page, **QUICK)
    return page


def _decision_today(recorder: Recorder, client_id: int, who: Identity) -> str:
    """The id of the decision as it would be made now: the last one recorded where it is the same, else a new one."""
    model, made = recorder.service.model, recorder.service.assess(client_id).decision
    last = next(iter(recorder.history_of(client_id, limit=1)), None)
    if last is not None and (last.model_version, last.pd) == (model.model_version, made.pd):
        return last.decision_id
    return recorder.decide_known(client_id, who=who, source=SOURCE).decision_id


def _page(recorder: Recorder, client_id: int, lang: str, before: Spot | None = None) -> list[Any]:
    """One page of the file: the list, what its next page is asked for with, and the buttons that turn pages."""
    html, behind = history_html(recorder, client_id, lang, before)
    spot = "" if behind is None else f"{behind.seq}.{behind.position}"
    return [html, spot, gr.update(visible=before is not None), gr.update(visible=behind is not None)]


def _spot(spot: str) -> Spot | None:
    """Where a page begins, as the page keeps it; None for anything else.

    >>> _spot("12.3"), _spot("12"), _spot("x.y")
    (Spot(seq=12, position=3), None, None)
    """
    seq, _, position = spot.partition(".")
    number, place = digits(seq), digits(position)
    return None if number is None or place is None else Spot(int(number), int(place))


def history_html(
    recorder: Recorder, client_id: int, lang: str, before: Spot | None = None
) -> tuple[Markup, Spot | None]:
    """A page of what is recorded of a client, newest first, and where the next one begins.

    That it could not be read, where the journal does not answer.
    """
    events, behind, unread = [], None, False
    try:
        found = recorder.events_of(client_id, before=before)
    except ClairscoreError:
        unread = True
    else:
        events, behind = [_event(one, lang) for one in found.events], found.before
    return render(
        "decision", "history", lang=lang, ephemeral=not recorder.durable, unread=unread, events=events
    ), behind


def _event(one: Event, lang: str) -> dict[str, str]:
    """What happened and when; the outcome and the id of a decision."""
    by = (one.asked_by if isinstance(one, Past) else one.by) or text(lang, "page.dossier.someone")
    shown = {"at": one.at, "outcome": "", "decision_id": ""}
    if isinstance(one, Past):
        points, version = number(one.points, lang), one.model_version.rpartition("-")[2]
        sentence = text(lang, "page.dossier.decided", points=points, version=version, by=by)
        return {**shown, "outcome": one.outcome, "decision_id": one.decision_id, "text": sentence}
    if isinstance(one, Override):
        outcome = text(lang, f"decision.officer.{one.outcome}")
        sentence = text(lang, "page.dossier.overridden", outcome=outcome, by=by, reason=one.reason)
    elif isinstance(one, Note):
        sentence = text(lang, "page.dossier.noted", by=by, text=one.text)
    else:
        sentence = text(lang, "page.dossier.waits", by=by, reason=one.reason)
    return {**shown, "text": sentence}


def _told_as(error: ClairscoreError) -> str:
    """The key of what an officer is told."""
    if isinstance(error, JournalError):
        return "page.dossier.error.journal"
    return "page.dossier.error.conflict" if isinstance(error, ConflictError) else "page.dossier.error.empty"
