"""Reasons as cards: what is known, the usual value, the points, and the shape of the term."""

from html import escape

from scoring.data.features import DICTIONARY, say
from scoring.explain.reasons import Effect, Reason
from scoring.i18n import text
from scoring.model.additive_model import AdditiveModel
from scoring.web.icons import effect_icon
from scoring.web.term_sparkline import shape_svg
from scoring.web.waterfall import signed

SHOWN = 3


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
    return (
        f'<section id="reasons-{effect}" class="cs-reasons cs-reasons-{effect}">'
        f"<h3>{effect_icon(effect)}{escape(title)}</h3>{body}</section>"
    )


def _card(model: AdditiveModel, reason: Reason, lang: str) -> str:
    """One card. A screen reader hears the whole sentence; the parts are for the eye."""
    feature = DICTIONARY[reason.feature]
    note = f'<p class="cs-card-note">{escape(text(lang, "reason.external"))}</p>' if reason.is_external_score else ""
    return (
        f'<li class="cs-card cs-card-{reason.effect}" data-feature="{escape(reason.feature)}" '
        f'data-points="{reason.points!r}"><span class="cs-visually-hidden">{escape(reason.sentence(lang))}</span>'
        f'<div class="cs-card-body" aria-hidden="true" title="{escape(feature.explanation.say(lang))}">'
        f'<p class="cs-card-label">{escape(feature.label.say(lang))}</p>'
        f'<p class="cs-card-points">{escape(signed(reason.points, lang, 0))}</p>'
        f'<p class="cs-card-value">{_value(reason, lang)}</p>'
        f"{shape_svg(model, reason.feature, reason.value, reason.usual)}{note}</div></li>"
    )


def _value(reason: Reason, lang: str) -> str:
    """The client's value, large, and the usual one beside it, muted."""
    feature = DICTIONARY[reason.feature]
    value, usual = say(feature, reason.value, lang), say(feature, reason.usual, lang)
    if reason.is_unknown:
        value = text(lang, "page.decision.unknown")
    compared = (
        text(lang, "page.decision.as_usual") if value == usual else text(lang, "page.decision.usual", usual=usual)
    )
    kind = ' class="cs-long-value"' if len(value) > 16 else ""
    return f"<span{kind}>{escape(value)}</span> <small>{escape(compared)}</small>"
