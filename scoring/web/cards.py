"""Reasons as cards: what is known, the usual value, the points, and the shape of the term."""

from html import escape

from scoring.additive_model import AdditiveModel
from scoring.features import DICTIONARY, say
from scoring.language import text
from scoring.reasons import Effect, Reason
from scoring.web.shape import shape_svg
from scoring.web.waterfall import signed

SHOWN = 3
ICONS: dict[Effect, str] = {"against": "▾", "for": "▴"}


def reasons_html(model: AdditiveModel, reasons: tuple[Reason, ...], effect: Effect, lang: str) -> str:
    """A titled list of cards, three shown and the rest a click away."""
    title = text(lang, f"heading.{effect}")
    cards = [_card(model, reason, lang) for reason in reasons]
    if not cards:
        body = f'<p class="cs-none">{escape(text(lang, f"page.decision.none.{effect}"))}</p>'
    else:
        body = f'<ul class="cs-cards">{"".join(cards[:SHOWN])}</ul>'
    if len(cards) > SHOWN:
        body += (
            f'<details class="cs-more"><summary>{escape(text(lang, "page.decision.more"))}</summary>'
            f'<ul class="cs-cards">{"".join(cards[SHOWN:])}</ul></details>'
        )
    return f'<section id="reasons-{effect}" class="cs-reasons cs-reasons-{effect}"><h3>{escape(title)}</h3>{body}</section>'


def _card(model: AdditiveModel, reason: Reason, lang: str) -> str:
    feature = DICTIONARY[reason.feature]
    value = say(feature, reason.value, lang)
    usual = text(lang, "page.decision.usual", usual=say(feature, reason.usual, lang))
    external = (
        f'<p class="cs-note">{escape(text(lang, "reason.external"))}</p>' if feature.group == "external_scores" else ""
    )
    return (
        f'<li class="cs-card cs-card-{reason.effect}" data-feature="{escape(reason.feature)}" '
        f'data-points="{reason.points!r}"><span class="cs-visually-hidden">{escape(reason.sentence(lang))}</span>'
        f'<div aria-hidden="true" class="cs-card-body" title="{escape(feature.explanation.say(lang))}">'
        f'<p class="cs-card-label"><span class="cs-icon">{ICONS[reason.effect]}</span>{escape(feature.label.say(lang))}</p>'
        f'<p class="cs-card-value">{escape(value)}</p><p class="cs-card-usual">{escape(usual)}</p>{external}</div>'
        f'<div class="cs-card-side" aria-hidden="true"><span class="cs-card-points">{escape(signed(reason.points, lang, 0))}'
        f"</span>{shape_svg(model, reason.feature, reason.value, reason.usual)}</div></li>"
    )
