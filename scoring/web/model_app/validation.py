"""The validation page: how many checks hold, what speaks against us, every check by its question."""

from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.i18n import number
from scoring.reports.validation import COMMAND, VERDICTS
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import html
from scoring.web.page import Built, Place

NAME = "validation"
SECTION = "controls"


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = html(elem_id="validation")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [validation_html(context)]

    return Built([part], draw)


def validation_html(context: ModelContext) -> Markup:
    """The whole page."""
    say, lang, report = context.say, context.lang, context.reports.validation
    summary, is_stale = "", False
    if report is not None:
        found = report.summary
        is_stale = found.models.get(context.reports.serves) != context.service.model.model_version
        summary = say(
            "validation.summary",
            kind=say(f"kind.{found.serves}"),
            version=found.models.get(found.serves, ""),
            train=number(found.train, lang),
            test=number(found.test, lang),
            bad=number(found.positives, lang),
        )
    return context.render(
        "validation", report=report, verdicts=VERDICTS, summary=summary, is_stale=is_stale, command=COMMAND
    )
