"""The client view: turned to the client, large and simple, with nothing internal on it."""

from collections.abc import Iterator
from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.explain.counterfactuals.wording import title, told
from scoring.explain.reasons import Effect, Reason
from scoring.i18n import text
from scoring.service import Assessment, Service
from scoring.web.decision_summary import chance_html, level_sentence
from scoring.web.gauge import gauge_svg
from scoring.web.icons import effect_icon, outcome_icon
from scoring.web.page import CLIENT_VIEW, Built, Context, Place

NAME = CLIENT_VIEW
WANTS_CLIENT = True
IN_BAR = False
TOLD = 3
"""Reasons each way; a person who listens keeps no more in mind."""


def build(context: Context) -> Built:
    """The page as one piece of HTML, drawn for the client who is gone to."""
    page = gr.HTML(apply_default_css=False)

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        return [client_html(context.service, context.service.assess(place.client or 0), context.lang)]

    return Built([page], draw)


def client_html(service: Service, assessment: Assessment, lang: str) -> str:
    """The whole view of one client, as HTML with every value escaped."""
    decision, explanation = assessment.decision, assessment.explanation
    outcome = decision.outcome
    rights = "".join(f"<li>{escape(text(lang, f'page.client.right.{one}'))}</li>" for one in ("review", "why", "ours"))
    return (
        f'<article class="cs-client"><h1>{escape(text(lang, "page.client.title"))}</h1>'
        f'<div class="cs-columns"><section class="cs-panel">'
        f'<div id="client-decision" class="cs-verdict cs-{outcome}" data-decision="{outcome}">{outcome_icon(outcome)}'
        f"<h2>{escape(text(lang, f'decision.client.{outcome}'))}</h2></div>"
        f"{gauge_svg(decision, service.model.scale.pdo, lang)}"
        f'<p class="cs-sentence">{escape(level_sentence(decision, lang))}</p></section>'
        f'<section class="cs-panel cs-told">{_told(explanation.against, "against", lang)}'
        f"{_told(explanation.in_favour, 'for', lang)}{_change(service, assessment, lang)}</section></div>"
        f'<section class="cs-panel cs-client-chance">{chance_html(service, decision, lang)}</section>'
        f'<section class="cs-panel cs-rights"><h2>{escape(text(lang, "page.client.rights"))}</h2><ul>{rights}</ul></section>'
        "</article>"
    )


def _told(reasons: tuple[Reason, ...], effect: Effect, lang: str) -> str:
    """What weighs, or what helps, as sentences that are read aloud; without points."""
    if not reasons:
        return ""
    lines = "".join(
        f"<li>{' '.join(escape(sentence) for sentence in _sentences(one, lang))}</li>" for one in reasons[:TOLD]
    )
    return (
        f'<section class="cs-told-{effect}"><h2>{effect_icon(effect)}{escape(text(lang, f"heading.{effect}"))}</h2>'
        f"<ul>{lines}</ul></section>"
    )


def _change(service: Service, assessment: Assessment, lang: str) -> str:
    """What would change the decision, or how far it holds; nothing where the request cannot be simulated."""
    try:
        offers = service.offers(assessment)
    except InputError:
        return ""
    lines = told(offers, assessment.decision.threshold_points, lang)
    if not (offers.choices or offers.room):
        lines = lines[:1]  # how many requests were tried, and how near they came, is the officer's to tell
    items = "".join(f"<li>{escape(line.text)}</li>" for line in lines)
    return f'<section class="cs-told-change"><h2>{escape(title(offers, lang))}</h2><ul>{items}</ul></section>'


def _sentences(reason: Reason, lang: str) -> Iterator[str]:
    yield reason.fact(lang)
    if reason.effect == "against" and DICTIONARY[reason.feature].actionable:
        yield text(lang, "page.client.can_change")
