"""The journal page: consultations, decisions, overrides and the rest, newest first; the chain's state; one replayed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.audit.entry_list import MOST_COUNTED, Line, Listing, Wanted, counts
from scoring.audit.reader import Replay
from scoring.audit.rotation import first_entry
from scoring.audit.store.chain import BATCH, CONSULTATION, DECISION, KINDS, OVERRIDE
from scoring.audit.verification import Verification, verify
from scoring.data.features import DICTIONARY, say
from scoring.errors import ClairscoreError, ErasedError
from scoring.i18n import number, percent
from scoring.server.identity import Identity
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Tile, address, alert, head, html, part
from scoring.web.page import QUICK, Built, Place, digits, identity_of, sees_journal
from scoring.web.templates import render

NAME = "journal"
SECTION = "journal"
AT_ONCE = 50
SHOWN_DIGEST = 12
UNREAD = ("values", "reasons")
"""Parts of a record that are lists or mappings, shown by themselves."""
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
        decision = place.query.get("decision", "")
        client_id = "" if place.client is None else str(place.client)
        return [
            state_html(context),
            "",
            entry_html(context, decision, identity_of(request)) if decision else "",
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


def state_html(context: ModelContext) -> Markup:
    """How many entries of each kind there are, the chain's head, where the journal lies, and the way to take it away."""
    say, lang, recorder = context.say, context.lang, context.recorder
    found: Mapping[str, int] = counts(recorder.journal.engine)
    return context.render(
        "journal",
        "state",
        is_durable=recorder.durable,
        counts=[
            Tile(say(f"journal.kind.{kind}"), _counted(context, found.get(kind, 0)), name=f"count-{kind}")
            for kind in KINDS
            if found.get(kind) or kind in ("decision", "consultation", "override")
        ],
        last=say("journal.head", seq=number(recorder.head.seq, lang), digest=recorder.head.digest[:16]),
        rotation=list(_rotation(context)),
    )


def _verified(context: ModelContext) -> Verification:
    journal = context.recorder.journal
    return verify(journal.engine, may_rotate=journal.quota is not None)


def _rotation(context: ModelContext) -> Iterator[str]:
    """That the journal began anew, or will; nothing where it does not do so."""
    journal = context.recorder.journal
    with journal.engine.connect() as connection:
        first = first_entry(connection)
    if journal.limit:
        yield context.say("journal.rotates", megabytes=number(journal.limit // 1_000_000, context.lang))
    if first is not None:
        yield context.say("journal.rotated", seq=number(first.seq, context.lang), digest=first.previous[:16])


def _counted(context: ModelContext, entries: int) -> str:
    """How many there are; of very many, that there are more."""
    if entries <= MOST_COUNTED:
        return number(entries, context.lang)
    return context.say("journal.many", entries=number(MOST_COUNTED, context.lang))


def checked_html(context: ModelContext, found: Verification) -> Markup:
    """What a check of the whole chain found."""
    lang = context.lang
    message = (
        context.say("journal.broken", faults=len(found.faults))
        if found.faults
        else context.say(
            "journal.sound",
            entries=number(found.entries, lang),
            rows=number(found.rows, lang),
            erased=number(found.erased, lang),
        )
    )
    return context.render("journal", "checked", message=message, faults=[str(fault) for fault in found.faults])


def _closed(context: ModelContext) -> list[Any]:
    """What is shown to whom the journal is not open."""
    return [alert(context.say("journal.closed")), "", gr.update(interactive=False), gr.update(interactive=False)]


def _page(context: ModelContext, request: gr.Request, which: Wanted, cursor: str = "") -> list[Any]:
    """The entries before the number that the page holds; the newest where it holds none."""
    typed = digits(cursor)
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


def _list(context: ModelContext, found: Listing, which: Wanted, *, is_first: bool) -> Markup:
    say = context.say
    columns = [
        Column(say("journal.column.number")),
        Column(say("journal.column.when"), number=False),
        Column(say("journal.kind"), number=False),
        Column(say("journal.client"), number=False),
        Column(say("journal.who"), number=False, extra=True),
        Column(say("journal.column.what"), number=False),
        Column(say("journal.column.digest"), number=False, extra=True),
    ]
    return context.render(
        "journal",
        "entries",
        columns=columns,
        rows=[line_cells(context, line) for line in found.lines],
        when_empty=say("journal.empty" if is_first and which == Wanted() else "journal.none"),
    )


def line_cells(context: ModelContext, line: Line) -> list[Cell]:
    """An entry as the cells of a row: number, time, kind, client, who, what, digest."""
    payload = line.payload or {}
    client = payload.get("client_id")
    return [
        number(line.seq, context.lang),
        render("model_app/journal", "time", at=line.at, shown=when(line.at, context.lang)),
        context.say(f"journal.kind.{line.kind}"),
        None if client is None else render("model_app/journal", "client", number=int(client)),
        str(payload.get("asked_by") or "") or None,
        _what(context, line, payload),
        part("codes", names=[line.digest[:SHOWN_DIGEST]]),
    ]


def when(at: str, lang: str) -> str:
    """A time as the language writes it, in UTC.

    >>> when("2026-11-24T20:22:05.123456+00:00", "fr"), when("2026-11-24T20:22:05.123456+00:00", "en")
    ('24/11/2026 20:22:05', '2026-11-24 20:22:05')
    """
    time = datetime.fromisoformat(at)
    return time.strftime("%d/%m/%Y %H:%M:%S" if lang == "fr" else "%Y-%m-%d %H:%M:%S")


def _what(context: ModelContext, line: Line, payload: Mapping[str, Any]) -> str:
    """What an entry says, in a few words; never what a person typed, which is read in full only."""
    say, lang = context.say, context.lang
    if line.payload is None:
        return say("journal.erased")
    if line.kind == DECISION:
        points = number(float(payload["points"]), lang, 1)
        return context.render(
            "journal",
            "decided",
            decision=payload["decision"],
            address=address(NAME, decision=line.entry_id),
            label=say("journal.open"),
            more=say("journal.points", points=points, source=str(payload.get("source", ""))),
        )
    if line.kind == BATCH:
        return say("journal.rows", rows=number(int(payload.get("rows", 0)), lang))
    if line.kind == CONSULTATION:
        return _consulted(context, payload)
    if line.kind == OVERRIDE and "outcome" in payload:
        return context.render(
            "journal",
            "decided",
            decision=payload["outcome"],
            address=address(NAME, decision=str(payload.get("about", ""))),
            label=say("journal.overridden"),
            more="",
        )
    about = payload.get("about")
    return say("journal.about", about=str(about)) if about else ""


def _consulted(context: ModelContext, payload: Mapping[str, Any]) -> str:
    """Where facts were shown, and of how many clients where they are several."""
    page = context.say("journal.page", page=str(payload.get("page", "")))
    count = payload.get("clients", payload.get("rows"))
    if count is None:
        return page
    return f"{page} · {context.say('journal.clients', count=number(int(count), context.lang))}"


def entry_html(context: ModelContext, decision_id: str, who: Identity) -> Markup:
    """One decision in full, and made again from its record."""
    lang = context.lang
    title = context.say("journal.entry", decision=decision_id)
    try:
        context.recorder.consult_record(context.recorder.read(decision_id), who, page=NAME)
        replay = context.recorder.replay(decision_id)
    except ErasedError:
        return context.render("journal", "erased", title=title)
    except ClairscoreError:
        return alert(context.say("journal.unknown", decision=decision_id))
    recorded = replay.recorded
    return context.render(
        "journal",
        "entry",
        title=title,
        is_same=replay.same,
        decision=recorded["decision"],
        headline=context.say(
            "journal.headline",
            points=number(recorded["points"], lang, 1),
            pd=percent(recorded["pd"], lang, 1),
            model=str(recorded["model"].get("version", "")),
        ),
        record=_record(context, replay),
        overrides=[
            {"outcome": one.outcome, "at": when(one.at, lang), "by": one.by, "reason": one.reason}
            for one in context.recorder.overrides_of(decision_id)
        ],
        values=_values(context, recorded["values"]),
    )


def _record(context: ModelContext, replay: Replay) -> dict[str, Any]:
    """Each part of the record beside the same part made again."""
    columns = [
        Column(context.say("journal.part"), number=False),
        Column(context.say("journal.recorded"), number=False),
        Column(context.say("journal.again"), number=False, extra=True),
        Column("", number=False),
    ]
    rows: list[list[Cell]] = [
        [
            part("codes", names=[name]),
            _plain(value),
            _plain(replay.again.get(name)),
            "=" if value == replay.again.get(name) else "≠",
        ]
        for name, value in replay.recorded.items()
        if name not in UNREAD
    ]
    return {"columns": columns, "rows": rows}


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value) or "–"
    return "–" if value is None or value == "" else str(value)


def _values(context: ModelContext, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the decision rests on, as recorded."""
    lang = context.lang
    columns = [
        Column(context.say("importance.variable"), number=False),
        Column(context.say("journal.value"), number=False),
    ]
    rows: list[list[Cell]] = [
        [DICTIONARY[name].label.say(lang), say(DICTIONARY[name], value, lang)]
        if name in DICTIONARY
        else [part("codes", names=[name]), _plain(value)]
        for name, value in values.items()
    ]
    return {"title": context.say("journal.values", values=len(rows)), "columns": columns, "rows": rows}
