"""The decision page: who, what is proposed, why, and the sum behind it. Everything shown comes from the service."""

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY, say
from scoring.i18n import text
from scoring.service import Assessment, Service
from scoring.web import dossier
from scoring.web.cards import reasons_html
from scoring.web.decision_summary import place_html, verdict_html
from scoring.web.letters import letter_html
from scoring.web.links import going
from scoring.web.offers import SIMULATE, what_would_change_html
from scoring.web.page import CLIENT_VIEW, DECISION, Built, Context, Place
from scoring.web.page_identity import sees_model
from scoring.web.term_table import missing_html, terms_html
from scoring.web.waterfall import finding, waterfall_html

NAME = DECISION
WANTS_CLIENT = True
IN_BAR = True
CLIENT = ("age_years", "family_status", "years_employed", "occupation", "housing", "income_total")
REQUEST = ("credit_amount", "annuity", "credit_per_annuity")
"""Features that say who the client is, and what they ask for, in reading order."""
SHORTER = {"credit_per_annuity": "page.identity.payments"}
"""Labels that say, beside the others, more briefly what the dictionary says."""


def build(context: Context) -> Built:
    """The page as one piece of HTML, drawn for the client who is gone to; below it, the client's file."""
    page = gr.HTML(apply_default_css=False)
    file = dossier.build(context)

    def draw(place: Place, request: gr.Request) -> list[Any]:
        assessment = context.service.assess(place.client or 0)
        linked = sees_model(request, synthetic=context.service.synthetic)
        return [decision_html(context.service, assessment, context.lang, linked=linked), *file.draw(place, request)]

    return Built([page, *file.outputs], draw)


def decision_html(service: Service, assessment: Assessment, lang: str, *, linked: bool = False) -> str:
    """The whole page of one client, as HTML with every value escaped; `linked` to the model's table, line by line."""
    decision, explanation, model = assessment.decision, assessment.explanation, service.model
    return (
        f'<article class="cs-decision">{_identity(assessment, lang)}'
        f'<div class="cs-columns cs-first"><div class="cs-panel cs-left">'
        f'<section id="verdict">{verdict_html(service, decision, lang)}</section>'
        f'<section id="place">{place_html(service, decision, lang)}</section></div>'
        f'<section class="cs-panel cs-why" id="why">{_why_head(lang)}'
        f'<div class="cs-reason-columns">{reasons_html(model, explanation.against, "against", lang)}'
        f"{reasons_html(model, explanation.in_favour, 'for', lang)}</div></section></div>"
        f'<div class="cs-columns cs-next">{what_would_change_html(service, assessment, lang)}'
        f'<div class="cs-panel cs-do">{_actions(assessment, lang)}{letter_html(assessment.client_id, lang)}</div></div>'
        f'<section id="waterfall" class="cs-panel"><p class="cs-eyebrow">{escape(text(lang, "page.decision.sum"))}</p>'
        f"<h2>{escape(finding(explanation, decision, lang))}</h2>"
        f'<p class="cs-lead">{escape(text(lang, "page.decision.sum.lead"))}</p>'
        f"{waterfall_html(explanation, decision, lang)}{terms_html(service, assessment, lang, linked=linked)}"
        f"{missing_html(assessment, lang)}</section></article>"
    )


def _actions(assessment: Assessment, lang: str) -> str:
    """What can be done now; on a phone, a bar at the foot of the screen."""
    view, simulate = (going(Place(page, assessment.client_id)) for page in (CLIENT_VIEW, SIMULATE))
    return (
        f'<nav id="actions" class="cs-actions" aria-label="{escape(text(lang, "page.decision.actions"))}">'
        f'<a class="cs-button cs-button-main" {view}>{escape(text(lang, "page.decision.client_view"))}</a>'
        f'<a class="cs-button" {simulate}>{escape(text(lang, "page.nav.simulate"))}</a>'
        f'<a class="cs-button" href="#dossier">{escape(text(lang, "page.dossier.title"))}</a></nav>'
    )


def _why_head(lang: str) -> str:
    """The heading of the reasons, with the key to their small pictures."""
    return (
        f'<div class="cs-why-head"><h2>{escape(text(lang, "page.decision.why"))}</h2><p class="cs-key" aria-hidden="true">'
        f"<span><i></i>{escape(text(lang, 'chart.shape.client'))}</span>"
        f"<span><b></b>{escape(text(lang, 'chart.shape.usual'))}</span>"
        f"<span>{escape(text(lang, 'chart.shape.up'))}</span></p></div>"
    )


def _identity(assessment: Assessment, lang: str) -> str:
    title = text(lang, "page.decision.client", client=assessment.client_id)
    return (
        f'<header id="identity" class="cs-identity"><h1>{escape(title)}</h1>'
        f'<div class="cs-identity-scroll" tabindex="0" role="region" '
        f'aria-label="{escape(text(lang, "page.decision.identity"))}">'
        f"{_facts(assessment, CLIENT, lang)}{_facts(assessment, REQUEST, lang)}</div></header>"
    )


def _facts(assessment: Assessment, names: Sequence[str], lang: str) -> str:
    facts = "".join(
        f"<div><dt>{escape(_label(name, lang))}</dt>"
        f"<dd>{escape(say(DICTIONARY[name], assessment.facts[name], lang))}</dd></div>"
        for name in names
        if assessment.facts.get(name) is not None
    )
    return f"<dl>{facts}</dl>" if facts else ""


def _label(name: str, lang: str) -> str:
    return text(lang, SHORTER[name]) if name in SHORTER else DICTIONARY[name].label.say(lang)
