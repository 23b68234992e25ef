"""The validation page: how many checks hold, what speaks against us, every check by its question."""

from html import escape
from typing import Any

import gradio as gr

from scoring.i18n import number
from scoring.reports.validation import COMMAND, VERDICTS, Validation
from scoring.web.model_app.checks_html import badge, checks_html
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.disagreements import limits_html
from scoring.web.model_app.parts import absent, body, head, html, panel
from scoring.web.page import Built, Place

NAME = "validation"
SECTION = "controls"


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = html(elem_id="validation")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [validation_html(context)]

    return Built([part], draw)


def validation_html(context: ModelContext) -> str:
    """The whole page."""
    say, lang = context.say, context.lang
    report = context.reports.validation
    top = head(say("validation.title"), say("validation.lead"))
    if report is None:
        return body(top + absent(lang, say("validation.what"), COMMAND))
    families = "".join(
        panel(words.say(lang), checks_html(report.of_family(name), lang), name=f"family-{name}")
        for name, words in report.families.items()
        if report.of_family(name)
    )
    limits = limits_html(context, report.limits)
    return body(top + _counts(context, report) + _against(context, report) + limits + families)


def _counts(context: ModelContext, report: Validation) -> str:
    say, lang, summary = context.say, context.lang, report.summary
    shown = "".join(
        f'<div data-verdict="{verdict}"><dt>{badge(verdict, lang)}</dt><dd>{number(report.counts.get(verdict, 0), lang)}'
        "</dd></div>"
        for verdict in VERDICTS
    )
    told = say(
        "validation.summary",
        kind=say(f"kind.{summary.serves}"),
        version=summary.models.get(summary.serves, ""),
        train=number(summary.train, lang),
        test=number(summary.test, lang),
        bad=number(summary.positives, lang),
    )
    stale = ""
    if summary.models.get(context.reports.serves) != context.service.model.model_version:
        stale = absent(lang, say("validation.stale"), COMMAND)
    quick = f'<p class="cs-lead">{escape(say("validation.quick"))}</p>' if summary.quick else ""
    return (
        f'<section class="cs-panel">{stale}<dl class="cs-tiles cs-counts">{shown}</dl>'
        f'<p class="cs-lead">{escape(told)}</p>{quick}</section>'
    )


def _against(context: ModelContext, report: Validation) -> str:
    say, lang = context.say, context.lang
    if not report.against_us:
        return panel(say("validation.against"), f"<p>{escape(say('validation.nothing'))}</p>", name="against")
    items = "".join(
        f'<li>{badge(check.verdict, lang)}<span><a href="#check-{escape(check.id)}" data-to="check-{escape(check.id)}">'
        f"{escape(check.question.say(lang))}{_of(context, check.model)}</a> "
        f"{escape(check.finding.say(lang))}</span></li>"
        for check in report.against_us
    )
    return panel(
        say("validation.against"), f'<ul class="cs-against">{items}</ul>', say("validation.against.lead"), "against"
    )


def _of(context: ModelContext, model: str) -> str:
    return f" ({escape(context.say(f'short.{model}'))})" if model else ""
