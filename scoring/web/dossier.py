"""What has happened around a client, and what an officer adds: reviews asked for, notes, decisions as communicated.

The rule: opening a page is a consultation. Only what an officer sends from here makes a decision, an override, a note or
a review, and each is recorded before the page says so.
"""

from collections.abc import Callable, Iterator
from html import escape
from typing import Any

import gradio as gr

from scoring.access.identity import Identity
from scoring.decision import OUTCOMES
from scoring.errors import ClairscoreError, ConflictError, InputError, JournalError
from scoring.journal import Note, Past, Review
from scoring.language import moment, number, text
from scoring.recording import Recorder
from scoring.web.icons import outcome_icon
from scoring.web.page import RECORDS, Built, Context, Place, here, read_place
from scoring.web.visitor import identity_of

SOURCE = "page"
Act = Callable[..., str]


def build(context: Context) -> Built:
    """The client's file: what was recorded, and the forms that add to it."""
    recorder, lang, say = context.recorder, context.lang, context.say
    at = here()
    with gr.Column(elem_id="dossier"):
        told = gr.HTML(apply_default_css=False)
        said = gr.HTML(elem_id="dossier-said", apply_default_css=False)
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

        def handle(request: gr.Request, said: str, *given: Any) -> list[Any]:
            client_id = read_place(said).client or 0
            try:
                message, done = work(client_id, request, *given), True
            except (InputError, ConflictError, JournalError) as error:
                message, done = text(lang, _told_as(error)), False
            form = list(empty) if done else [gr.skip()] * len(empty)
            return [dossier_html(recorder, client_id, lang), _notice(message, done=done), *form]

        return handle

    shown = [told, said]
    keep.click(act(on_keep), at, shown, **RECORDS)
    ask.click(act(on_review, ""), [at, why], [*shown, why], **RECORDS)
    write.click(act(on_note, ""), [at, what], [*shown, what], **RECORDS)
    overrule.click(act(on_override, None, ""), [at, outcome, reason], [*shown, outcome, reason], **RECORDS)

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        return [
            Place(place.page, place.client).address,
            dossier_html(recorder, place.client or 0, lang),
            "",
            "",
            "",
            None,
            "",
        ]

    return Built([at, told, said, why, what, outcome, reason], draw)


def _decision_today(recorder: Recorder, client_id: int, who: Identity) -> str:
    """The id of the decision as it would be made now: the last one recorded where it is the same, else a new one."""
    model, made = recorder.service.model, recorder.service.assess(client_id).decision
    last = next(iter(recorder.history_of(client_id)), None)
    if last is not None and (last.model_version, last.pd) == (model.model_version, made.pd):
        return last.decision_id
    return recorder.decide_known(client_id, who=who, source=SOURCE).decision_id


def dossier_html(recorder: Recorder, client_id: int, lang: str) -> str:
    """Everything recorded of a client, newest first; that it could not be read, where the journal does not answer."""
    title = f"<h2>{escape(text(lang, 'page.dossier.title'))}</h2>"
    if not recorder.durable:
        title += f'<p class="cs-lead">{escape(text(lang, "page.dossier.ephemeral"))}</p>'
    try:
        past, notes = recorder.history_of(client_id), recorder.notes_of(client_id)
        waiting = [one for one in recorder.reviews() if one.client_id == client_id]
    except ClairscoreError:
        return f'{title}<p class="cs-alert" role="status">{escape(text(lang, "page.dossier.unread"))}</p>'
    items = sorted([*_reviews(waiting, lang), *_past(past, lang), *_notes(notes, lang)], reverse=True)
    if not items:
        return f'{title}<p class="cs-none">{escape(text(lang, "page.dossier.none"))}</p>'
    return f'{title}<ol class="cs-events">{"".join(html for _, html in items)}</ol>'


def _past(decisions: tuple[Past, ...], lang: str) -> Iterator[tuple[str, str]]:
    for one in decisions:
        body = (
            f'<span class="cs-badge cs-{escape(one.outcome)}">{outcome_icon(one.outcome)}'  # type: ignore[arg-type]
            f"{escape(text(lang, f'decision.officer.{one.outcome}'))}</span> "
            + escape(
                text(
                    lang,
                    "page.dossier.decided",
                    points=number(one.points, lang),
                    version=one.model_version.rpartition("-")[2],
                    by=_who(one.asked_by, lang),
                )
            )
            + f' <a href="../api/decisions/{escape(one.decision_id)}/receipt" download>'
            f"{escape(text(lang, 'page.dossier.receipt'))}</a>"
        )
        yield one.at, _event(one.at, body, lang)
        for other in one.overrides:
            told = text(
                lang,
                "page.dossier.overridden",
                outcome=text(lang, f"decision.officer.{other.outcome}"),
                by=_who(other.by, lang),
                reason=other.reason,
            )
            yield other.at, _event(other.at, escape(told), lang)


def _notes(notes: tuple[Note, ...], lang: str) -> Iterator[tuple[str, str]]:
    for one in notes:
        yield (
            one.at,
            _event(one.at, escape(text(lang, "page.dossier.noted", by=_who(one.by, lang), text=one.text)), lang),
        )


def _reviews(reviews: list[Review], lang: str) -> Iterator[tuple[str, str]]:
    for one in reviews:
        yield (
            one.at,
            _event(one.at, escape(text(lang, "page.dossier.waits", by=_who(one.by, lang), reason=one.reason)), lang),
        )


def _event(at: str, body: str, lang: str) -> str:
    return f'<li><time datetime="{escape(at)}">{escape(moment(at, lang))}</time><div>{body}</div></li>'


def _who(name: str, lang: str) -> str:
    return name or text(lang, "page.dossier.someone")


def _notice(message: str, *, done: bool) -> str:
    kind = "cs-done" if done else "cs-alert"
    return f'<p class="{kind}" role="{"status" if done else "alert"}">{escape(message)}</p>'


def _told_as(error: ClairscoreError) -> str:
    """The key of what an officer is told."""
    if isinstance(error, JournalError):
        return "page.dossier.error.journal"
    return "page.dossier.error.conflict" if isinstance(error, ConflictError) else "page.dossier.error.empty"
