"""One entry of the journal: as a line of the list, and in full, made again from what was recorded."""

from datetime import datetime
from html import escape
from typing import Any

from scoring.audit.entry_list import Line
from scoring.audit.reader import Replay
from scoring.audit.store.chain import BATCH, CONSULTATION, DECISION, OVERRIDE
from scoring.data.features import DICTIONARY, say
from scoring.errors import ClairscoreError, ErasedError
from scoring.i18n import number, percent, text
from scoring.server.identity import Identity
from scoring.web.icons import outcome_icon
from scoring.web.model_app.checks_html import badge
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, Html, panel, table
from scoring.web.model_app.place import going

SHOWN_DIGEST = 12
JOURNAL = "journal"
"""Where a decision is read, as consultations call it."""
UNREAD = ("values", "reasons")
"""Parts of a record that are lists or mappings, shown apart."""


def line_cells(context: ModelContext, line: Line) -> list[Cell]:
    """An entry as the cells of a row: number, time, kind, client, who, what, digest."""
    payload = line.payload or {}
    client = payload.get("client_id")
    return [
        number(line.seq, context.lang),
        Html(f'<time datetime="{escape(line.at)}">{escape(when(line.at, context.lang))}</time>'),
        context.say(f"journal.kind.{line.kind}"),
        None if client is None else Html(f'<a href="../?client={int(client)}">{int(client)}</a>'),
        str(payload.get("asked_by") or "") or None,
        Html(_what(context, line, payload)),
        Html(f"<code>{escape(line.digest[:SHOWN_DIGEST])}</code>"),
    ]


def when(at: str, lang: str) -> str:
    """A time as the language writes it, in UTC.

    >>> when("2026-11-24T20:22:05.123456+00:00", "fr"), when("2026-11-24T20:22:05.123456+00:00", "en")
    ('24/11/2026 20:22:05', '2026-11-24 20:22:05')
    """
    time = datetime.fromisoformat(at)
    return time.strftime("%d/%m/%Y %H:%M:%S" if lang == "fr" else "%Y-%m-%d %H:%M:%S")


def outcome(decision: str, lang: str) -> str:
    """A decision as a badge."""
    return (
        f'<span class="cs-badge cs-{escape(decision)}">{outcome_icon(decision)}'  # type: ignore[arg-type]
        f"{escape(text(lang, f'decision.officer.{decision}'))}</span>"
    )


def _what(context: ModelContext, line: Line, payload: dict[str, Any]) -> str:
    """What an entry says, in a few words; never what a person typed, which is read in full only."""
    if line.payload is None:
        return escape(context.say("journal.erased"))
    if line.kind == DECISION:
        points = number(float(payload["points"]), context.lang, 1)
        told = escape(context.say("journal.points", points=points, source=str(payload.get("source", ""))))
        link = going("journal", None, decision=line.entry_id)
        return (
            f"{outcome(payload['decision'], context.lang)} <a {link}>{escape(context.say('journal.open'))}</a> {told}"
        )
    if line.kind == BATCH:
        return escape(context.say("journal.rows", rows=number(int(payload.get("rows", 0)), context.lang)))
    if line.kind == CONSULTATION:
        return escape(_consulted(context, payload))
    if line.kind == OVERRIDE and "outcome" in payload:
        link = going("journal", None, decision=str(payload.get("about", "")))
        return f"{outcome(payload['outcome'], context.lang)} <a {link}>{escape(context.say('journal.overridden'))}</a>"
    about = payload.get("about")
    return escape(context.say("journal.about", about=str(about))) if about else ""


def _consulted(context: ModelContext, payload: dict[str, Any]) -> str:
    """Where facts were shown, and of how many clients where they are several."""
    told = context.say("journal.page", page=str(payload.get("page", "")))
    count = payload.get("clients", payload.get("rows"))
    if count is None:
        return told
    return f"{told} · {context.say('journal.clients', count=number(int(count), context.lang))}"


def entry_html(context: ModelContext, decision_id: str, who: Identity) -> str:
    """One decision in full, and made again from its record."""
    title = context.say("journal.entry", decision=decision_id)
    try:
        context.recorder.consult_record(context.recorder.read(decision_id), who, page=JOURNAL)
        made = context.recorder.replay(decision_id)
    except ErasedError:
        return panel(title, f"<p>{escape(context.say('journal.erased'))}</p>", name="entry")
    except ClairscoreError:
        return f'<p class="cs-alert" role="alert">{escape(context.say("journal.unknown", decision=decision_id))}</p>'
    return panel(
        title,
        _same(context, made) + _fields(context, made) + _overrides(context, decision_id) + _values(context, made),
        name="entry",
    )


def _same(context: ModelContext, made: Replay) -> str:
    verdict = badge(
        "pass" if made.same else "fail", context.lang, context.say(f"journal.{'same' if made.same else 'differs'}")
    )
    return f'<p class="cs-sum-total" id="replayed" data-same="{str(made.same).lower()}">{verdict} {_headline(context, made)}</p>'


def _headline(context: ModelContext, made: Replay) -> str:
    lang, recorded = context.lang, made.recorded
    told = context.say(
        "journal.headline",
        points=number(recorded["points"], lang, 1),
        pd=percent(recorded["pd"], lang, 1),
        model=str(recorded["model"].get("version", "")),
    )
    return f"{outcome(recorded['decision'], lang)} {escape(told)}"


def _fields(context: ModelContext, made: Replay) -> str:
    """Each part of the record beside the same part made again."""
    columns = [
        Column(context.say("journal.part"), number=False),
        Column(context.say("journal.recorded"), number=False),
        Column(context.say("journal.again"), number=False, extra=True),
        Column("", number=False),
    ]
    rows: list[list[Cell]] = [
        [
            Html(f"<code>{escape(name)}</code>"),
            _plain(made.recorded[name]),
            _plain(made.again.get(name)),
            "=" if made.recorded[name] == made.again.get(name) else "≠",
        ]
        for name in made.recorded
        if name not in UNREAD
    ]
    return table(columns, rows, context.say("journal.recorded"), "record")


def _overrides(context: ModelContext, decision_id: str) -> str:
    """What people decided instead, and why."""
    items = "".join(
        f"<li>{outcome(one.outcome, context.lang)} {escape(when(one.at, context.lang))} {escape(one.by)}"
        f" {escape(one.reason)}</li>"
        for one in context.recorder.overrides_of(decision_id)
    )
    title = escape(context.say("journal.overrides"))
    return f'<h3>{title}</h3><ul class="cs-list" id="overrides">{items}</ul>' if items else ""


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value) or "–"
    return "–" if value is None or value == "" else str(value)


def _values(context: ModelContext, made: Replay) -> str:
    """The values that the decision rests on, as recorded."""
    lang = context.lang
    values = made.recorded["values"]
    columns = [
        Column(context.say("importance.variable"), number=False),
        Column(context.say("journal.value"), number=False),
    ]
    rows: list[list[Cell]] = [
        [
            DICTIONARY[name].label.say(lang) if name in DICTIONARY else Html(f"<code>{escape(name)}</code>"),
            say(DICTIONARY[name], value, lang) if name in DICTIONARY else _plain(value),
        ]
        for name, value in values.items()
    ]
    title = context.say("journal.values", values=len(rows))
    return f"<details><summary>{escape(title)}</summary>{table(columns, rows, title, 'values')}</details>"
