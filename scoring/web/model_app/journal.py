"""The journal page: consultations, decisions, overrides and the rest, newest first; the chain's state; one replayed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

import gradio as gr

from scoring.audit.entry_list import MOST_COUNTED, Listing, Wanted, counts
from scoring.audit.rotation import first_entry
from scoring.audit.store.chain import KINDS
from scoring.audit.verification import Verification, verify
from scoring.i18n import number
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.journal_entry import entry_html, line_cells
from scoring.web.model_app.parts import Column, Tile, body, head, html, panel, table, tiles
from scoring.web.page import QUICK, Built, Place, digits
from scoring.web.page_identity import identity_of, sees_journal

NAME = "journal"
SECTION = "journal"
AT_ONCE = 50
ALL = ""


def build(context: ModelContext) -> Built:
    """The chain's state, filters, the entries, one of them in full."""
    say = context.say
    html(head(say("journal.title"), say("journal.lead")))
    state = html(elem_id="journal-state")
    with gr.Row(elem_classes="cs-journal-verify"):
        check = gr.Button(say("journal.verify"), elem_id="journal-verify", scale=0)
        checked = html(elem_id="journal-checked")
    entry = html(elem_id="journal-entry")
    with gr.Row(elem_id="journal-tools", elem_classes="cs-panel cs-controls"):
        kind = gr.Dropdown(
            [(say("journal.kind.all"), ALL), *((say(f"journal.kind.{one}"), one) for one in KINDS)],
            value=ALL,
            label=say("journal.kind"),
            elem_id="journal-kind",
            filterable=False,
        )
        client = gr.Textbox(label=say("journal.client"), elem_id="journal-client", max_lines=1)
        who = gr.Textbox(label=say("journal.who"), elem_id="journal-who", max_lines=1)
        since = gr.Textbox(
            label=say("journal.since"), placeholder=say("journal.day"), elem_id="journal-since", max_lines=1
        )
        until = gr.Textbox(
            label=say("journal.until"), placeholder=say("journal.day"), elem_id="journal-until", max_lines=1
        )
    listed = html(elem_id="journal-list")
    with gr.Row(elem_id="journal-paging"):
        newest = gr.Button(say("journal.newest"), elem_id="journal-newest", scale=0, interactive=False)
        older = gr.Button(say("journal.older"), elem_id="journal-older", scale=0, interactive=False)
    before = gr.Textbox(visible="hidden", label="before")
    filters = [kind, client, who, since, until]
    shown = [listed, before, newest, older]

    def filtered(request: gr.Request, *values: str | None) -> list[Any]:
        return _page(context, request, wanted(*values)) if sees_journal(request) else _closed(context)

    def turned(request: gr.Request, *values: Any) -> list[Any]:
        if not sees_journal(request):
            return _closed(context)
        return _page(context, request, wanted(*values[:-1]), values[-1] or "")

    for changed in (kind.change, client.change, who.change, since.change, until.change):
        changed(filtered, filters, shown, trigger_mode="always_last", **QUICK)
    newest.click(filtered, filters, shown, **QUICK)
    older.click(turned, [*filters, before], shown, **QUICK)

    def verified(request: gr.Request) -> str:
        return checked_html(context, _verified(context)) if sees_journal(request) else ""

    # A whole chain may take a while to read: this one event waits its turn.
    check.click(verified, None, checked, api_visibility="private", concurrency_limit=1, show_progress="minimal")

    def draw(place: Place, request: gr.Request) -> list[Any]:
        if not sees_journal(request):
            return ["", "", "", ALL, "", "", "", "", *_closed(context)]
        asked = place.query.get("decision", "")
        client_id = "" if place.client is None else str(place.client)
        return [
            state_html(context),
            "",
            entry_html(context, asked, identity_of(request)) if asked else "",
            ALL,
            client_id,
            "",
            "",
            "",
            *_page(context, request, wanted(ALL, client_id, "", "", "")),
        ]

    return Built([state, checked, entry, *filters, *shown], draw)


def wanted(kind: str | None, client: str | None, who: str | None, since: str | None, until: str | None) -> Wanted:
    """The entries that the filters ask for; what is no number, or no day, filters nothing."""
    found = digits(client)
    return Wanted(
        kind=kind if kind in KINDS else None,
        client_id=None if found is None else int(found),
        asked_by=(who or "").strip() or None,
        since=day(since),
        until=day(until),
    )


def day(typed: str | None) -> datetime | None:
    """The beginning of a day that was typed as 2026-11-24 or 24/11/2026, in UTC; None for anything else.

    >>> day("24/11/2026") == day("2026-11-24")
    True
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime((typed or "").strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def state_html(context: ModelContext) -> str:
    """How many entries of each kind there are, the chain's head, where the journal lies, and the way to take it away."""
    say, lang, journal = context.say, context.lang, context.recorder.journal
    found: Mapping[str, int] = counts(journal.engine)
    shown = [
        Tile(say(f"journal.kind.{kind}"), _counted(context, found.get(kind, 0)), name=f"count-{kind}")
        for kind in KINDS
        if found.get(kind) or kind in ("decision", "consultation", "override")
    ]
    seq = context.recorder.head.seq
    last = say("journal.head", seq=number(seq, lang), digest=context.recorder.head.digest[:16])
    gone = ""
    if not context.recorder.durable:
        gone = f'<p class="cs-alert" role="note">{escape(say("journal.ephemeral"))}</p>'
    export = f'<a href="files/journal.jsonl" download data-form="jsonl">{escape(say("journal.export"))}</a>'
    return panel(
        say("journal.state"),
        f'{gone}{tiles(shown)}<p class="cs-lead">{escape(last)}</p>{_rotated(context)}<p>{export}</p>',
        name="state",
    )


def _verified(context: ModelContext) -> Verification:
    journal = context.recorder.journal
    return verify(journal.engine, may_rotate=journal.quota is not None)


def _rotated(context: ModelContext) -> str:
    """That the journal began anew, or will; empty where it does not do so."""
    journal = context.recorder.journal
    with journal.engine.connect() as connection:
        first = first_entry(connection)
    said = []
    if journal.limit:
        said.append(context.say("journal.rotates", megabytes=number(journal.limit // 1_000_000, context.lang)))
    if first is not None:
        seq = number(first.seq, context.lang)
        said.append(context.say("journal.rotated", seq=seq, digest=first.previous[:16]))
    return "".join(f'<p class="cs-lead" data-rotation>{escape(one)}</p>' for one in said)


def _counted(context: ModelContext, entries: int) -> str:
    """How many there are; of very many, that there are more."""
    if entries <= MOST_COUNTED:
        return number(entries, context.lang)
    return context.say("journal.many", entries=number(MOST_COUNTED, context.lang))


def checked_html(context: ModelContext, found: Verification) -> str:
    """What a check of the whole chain found."""
    say, lang = context.say, context.lang
    if not found.faults:
        told = say(
            "journal.sound",
            entries=number(found.entries, lang),
            rows=number(found.rows, lang),
            erased=number(found.erased, lang),
        )
        return f'<p class="cs-badge cs-accept" role="status">{escape(told)}</p>'
    items = "".join(f'<li lang="en">{escape(str(fault))}</li>' for fault in found.faults)
    told = say("journal.broken", faults=len(found.faults))
    return f'<div class="cs-alert" role="alert"><p>{escape(told)}</p><ul class="cs-list">{items}</ul></div>'


def _closed(context: ModelContext) -> list[Any]:
    """Nothing, to whom the journal is not open."""
    told = f'<p class="cs-alert" role="alert">{escape(context.say("journal.closed"))}</p>'
    return [told, "", gr.update(interactive=False), gr.update(interactive=False)]


def _page(context: ModelContext, request: gr.Request, which: Wanted, said: str = "") -> list[Any]:
    """The entries before the one whose number the page keeps; the newest where it keeps none."""
    typed = digits(said)
    before = None if typed is None else int(typed)
    found = context.recorder.listing(which, before=before, limit=AT_ONCE)
    named = [
        one.payload["client_id"] for one in found.lines if one.payload and one.payload.get("client_id") is not None
    ]
    if named:
        context.recorder.consult(named, identity_of(request), page=NAME)
    return [
        _list(context, found, which, is_first=before is None),
        "" if found.before is None else str(found.before),
        gr.update(interactive=before is not None),
        gr.update(interactive=found.before is not None),
    ]


def _list(context: ModelContext, found: Listing, which: Wanted, *, is_first: bool) -> str:
    say = context.say
    if not found.lines:
        key = "journal.empty" if is_first and which == Wanted() else "journal.none"
        return f'<p class="cs-none" role="status">{escape(say(key))}</p>'
    columns = [
        Column(say("journal.column.number")),
        Column(say("journal.column.when"), number=False),
        Column(say("journal.kind"), number=False),
        Column(say("journal.client"), number=False),
        Column(say("journal.who"), number=False, extra=True),
        Column(say("journal.column.what"), number=False),
        Column(say("journal.column.digest"), number=False, extra=True),
    ]
    rows = [line_cells(context, line) for line in found.lines]
    return body(table(columns, rows, say("journal.title"), "journal-entries"))
