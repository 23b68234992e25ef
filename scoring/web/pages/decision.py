"""The decision page: who, what is proposed, why, and the sum behind it. Everything shown comes from the service."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY, say
from scoring.service import Assessment, Service
from scoring.web import client_history
from scoring.web.cards import reasons_html
from scoring.web.decision_summary import place_html, verdict_html
from scoring.web.links import letter_html
from scoring.web.offers import SIMULATE, what_would_change_html
from scoring.web.page import CLIENT_VIEW, DECISION, Built, Context, Place, sees_model, short_label
from scoring.web.templates import render
from scoring.web.waterfall import finding, missing_html, terms_html, waterfall_html

NAME = DECISION
WANTS_CLIENT = True
IN_BAR = True
CLIENT = ("age_years", "family_status", "years_employed", "occupation", "housing", "income_total")
REQUEST = ("credit_amount", "annuity", "credit_per_annuity")
"""Features that say who the client is, and what they ask for, in reading order."""


def build(context: Context) -> Built:
    """The page as one piece of HTML, drawn for the client who is gone to; below it, the client's file."""
    page = gr.HTML(apply_default_css=False)
    file = client_history.build(context)

    def draw(place: Place, request: gr.Request) -> list[Any]:
        assessment = context.service.assess(place.client or 0)
        linked = sees_model(request, synthetic=context.service.synthetic)
        return [decision_html(context.service, assessment, context.lang, linked=linked), *file.draw(place, request)]

    return Built([page, *file.outputs], draw)


def decision_html(service: Service, assessment: Assessment, lang: str, *, linked: bool = False) -> Markup:
    """The whole page of one client; `linked` to the model's table, line by line."""
    decision, explanation, model = assessment.decision, assessment.explanation, service.model
    client = assessment.client_id
    return render(
        "decision",
        "page",
        lang=lang,
        identity={"client": client, "facts": [_facts(assessment, names, lang) for names in (CLIENT, REQUEST)]},
        verdict=verdict_html(service, decision, lang),
        place=place_html(service, decision, lang),
        against=reasons_html(model, explanation.against, "against", lang),
        in_favour=reasons_html(model, explanation.in_favour, "for", lang),
        change=what_would_change_html(service, assessment, lang),
        actions={"client_view": Place(CLIENT_VIEW, client), "simulate": Place(SIMULATE, client)},
        letters=letter_html(client, lang),
        finding=finding(explanation, decision, lang),
        waterfall=waterfall_html(explanation, decision, lang),
        terms=terms_html(service, assessment, lang, linked=linked),
        missing=missing_html(assessment, lang),
    )


def _facts(assessment: Assessment, names: Sequence[str], lang: str) -> list[tuple[str, str]]:
    """Labels and values of the facts that are known."""
    return [
        (short_label(name, lang), say(DICTIONARY[name], assessment.facts[name], lang))
        for name in names
        if assessment.facts.get(name) is not None
    ]
