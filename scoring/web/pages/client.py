"""The client view: turned to the client, large and simple, with nothing internal on it."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.explain.counterfactuals.wording import offer_lines, title
from scoring.explain.reasons import Reason
from scoring.i18n import text
from scoring.service import Assessment, Service
from scoring.web.decision_summary import chance_html, level_sentence
from scoring.web.gauge import gauge_svg
from scoring.web.page import CLIENT_VIEW, Built, Context, Place
from scoring.web.templates import render

NAME = CLIENT_VIEW
WANTS_CLIENT = True
IN_BAR = False
MOST_REASONS = 3
"""Reasons each way; a person who listens keeps no more in mind."""


def build(context: Context) -> Built:
    """The page as one piece of HTML, drawn for the client who is gone to."""
    page = gr.HTML(apply_default_css=False)

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        return [client_html(context.service, context.service.assess(place.client or 0), context.lang)]

    return Built([page], draw)


def client_html(service: Service, assessment: Assessment, lang: str) -> Markup:
    """The whole view of one client."""
    decision, explanation = assessment.decision, assessment.explanation
    reasons = {
        effect: [" ".join(_sentences(one, lang)) for one in found[:MOST_REASONS]]
        for effect, found in (("against", explanation.against), ("for", explanation.in_favour))
    }
    return render(
        "client",
        "page",
        lang=lang,
        outcome=decision.outcome,
        gauge=gauge_svg(decision, service.model.scale.pdo, lang),
        sentence=level_sentence(decision, lang),
        reasons=reasons.items(),
        change=_change(service, assessment, lang),
        chance=chance_html(service, decision, lang),
    )


def _change(service: Service, assessment: Assessment, lang: str) -> dict[str, Any] | None:
    """What would change the decision, or how far it holds; nothing where the request cannot be simulated."""
    try:
        offers = service.offers(assessment)
    except InputError:
        return None
    lines = offer_lines(offers, assessment.decision.threshold_points, lang)
    if not (offers.choices or offers.room):
        lines = lines[:1]  # how many requests were tried, and how near they came, is the officer's to tell
    return {"title": title(offers, lang), "lines": [line.text for line in lines]}


def _sentences(reason: Reason, lang: str) -> Iterator[str]:
    yield reason.fact(lang)
    if reason.effect == "against" and DICTIONARY[reason.feature].actionable:
        yield text(lang, "page.client.can_change")
