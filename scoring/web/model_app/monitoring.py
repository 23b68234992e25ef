"""The Watch page: the light and the advice, what stands out and where, the figures behind it, and how soon it would show.

The rule: it shows what ``python -m training watch`` wrote; nothing is measured here, and no client is in it.
"""

from html import escape
from typing import Any

import gradio as gr

from scoring.i18n import number, text
from scoring.reports.evaluation import Said
from scoring.reports.monitoring_document import COMMAND, SECTIONS, Light, Section, Signal, Watch
from scoring.reports.validation import Verdict
from scoring.web.charts import charts
from scoring.web.model_app.checks_html import badge
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.detection_delay import shock_html
from scoring.web.model_app.monitoring_figures import figures_of
from scoring.web.model_app.parts import absent, body, folded, head, panel
from scoring.web.page import Built, Place

NAME = "watch"
SECTION = "controls"
_VERDICTS: dict[Light, Verdict] = {"green": "pass", "amber": "warn", "red": "fail", "none": "not_applicable"}


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="watch")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [watch_html(context)]

    return Built([part], draw)


def watch_html(context: ModelContext) -> str:
    """The whole page."""
    say, lang = context.say, context.lang
    report = context.reports.watch
    top = head(say("watch.title"), say("watch.lead"))
    if report is None:
        return body(top + absent(lang, say("watch.what"), COMMAND) + shock_html(context))
    sections = "".join(_section(context, report, section) for section in SECTIONS)
    return body(top + _light(context, report) + sections + shock_html(context) + _rules(context, report))


def light_badge(light: Light, lang: str) -> str:
    """A light as a sign and its words: never by colour alone."""
    return badge(_VERDICTS[light], lang, text(lang, f"monitoring.light.{light}"))


def _light(context: ModelContext, report: Watch) -> str:
    say, lang, watched = context.say, context.lang, report.watched
    told = say(
        "watch.facts",
        clients=number(watched.clients, lang),
        labelled=number(watched.labelled, lang),
        defaulters=number(watched.defaulters, lang),
        model=say(f"kind.{report.model.serves}"),
        version=report.model.version,
        compared=number(report.model.compared_with, lang),
        made=report.made,
    )
    notes = "".join(f'<p class="cs-lead">{escape(one.say(lang))}</p>' for one in watched.notes)
    synthetic = f'<p class="cs-lead">{escape(say("watch.synthetic"))}</p>' if watched.synthetic else ""
    return (
        f'<section class="cs-panel cs-watch" id="light" data-light="{report.light}">{light_badge(report.light, lang)}'
        f"<h2>{escape(report.advice.says.say(lang))}</h2>{_list(report.advice.because, lang)}"
        f'<p class="cs-lead">{escape(told)}</p>{notes}{synthetic}{_against(report, lang)}</section>'
    )


def _against(report: Watch, lang: str) -> str:
    """Everything that stands out, each with the way to where it is told."""
    if not report.signals:
        return ""
    items = "".join(
        f'<li>{light_badge(one.level, lang)}<span><a href="#signal-{at}" data-to="signal-{at}">'
        f"{escape(text(lang, f'monitoring.section.{one.section}'))}</a> {escape(one.says.say(lang))}</span></li>"
        for at, one in enumerate(report.signals)
    )
    return f'<ul class="cs-against">{items}</ul>'


def _list(said: tuple[Said, ...], lang: str) -> str:
    items = "".join(f"<li>{escape(one.say(lang))}</li>" for one in said)
    return f'<ul class="cs-list">{items}</ul>' if items else ""


def _section(context: ModelContext, report: Watch, section: Section) -> str:
    """A part of the page: its signals, then its figures; nothing where it has neither."""
    lang = context.lang
    found = [(at, one) for at, one in enumerate(report.signals) if one.section == section]
    signals = "".join(_signal(at, one, lang) for at, one in found)
    calm = "" if found else f"<p>{light_badge('none' if report.light == 'none' else 'green', lang)}</p>"
    figures = figures_of(context, report, section)
    if not figures and not found:
        return ""
    checks = f'<div class="cs-checks">{signals}</div>' if signals else calm
    return panel(text(lang, f"monitoring.section.{section}"), checks + figures, name=f"watch-{section}")


def _signal(at: int, one: Signal, lang: str) -> str:
    entries = "".join(
        f"<div><dt>{escape(text(lang, f'monitoring.page.{name}'))}</dt><dd>{escape(said.say(lang))}</dd></div>"
        for name, said in (("cause", one.cause), ("action", one.action))
    )
    return (
        f'<article class="cs-check" id="signal-{at}" data-kind="{escape(one.kind)}" data-level="{one.level}"><header>'
        f"{light_badge(one.level, lang)}<h3>{escape(one.says.say(lang))}</h3></header><dl>{entries}</dl></article>"
    )


def _rules(context: ModelContext, report: Watch) -> str:
    lang = context.lang
    title = text(lang, "monitoring.page.rules")
    return f'<section class="cs-panel">{folded(title, _list(report.rules, lang), "watch-rules")}</section>'
