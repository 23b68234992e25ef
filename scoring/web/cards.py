"""Reasons as cards: what is known, the usual value, the points, and the shape of the term."""

from html import escape

from scoring.data.features import DICTIONARY, say
from scoring.explain.reasons import Effect, Reason
from scoring.i18n import text
from scoring.model.additive_model import AdditiveModel, NumberAxis, Term
from scoring.model.additive_model.lookup import AxisLookup, Value
from scoring.web.icons import effect_icon
from scoring.web.waterfall import signed

# A term's shape as a 96 × 32 picture: points over the bins, the client's place as a dot, the usual one as a tick.

WIDTH, HEIGHT, MARGIN = 96.0, 32.0, 4.0


def shape_svg(model: AdditiveModel, feature: str, value: Value, usual: Value) -> str:
    """Draw the shape of a feature's own term, up is more points; nothing where it has none or is missing."""
    term = next((term for term in model.terms if term.features == (feature,)), None)
    if term is None:
        return ""
    axis = term.axes[0]
    bins = axis.cells - 2
    client, typical = (AxisLookup(axis).cell(one) for one in (value, usual))
    if bins < 2 or not 1 <= client <= bins:
        return ""
    heights = _heights(term)
    step = (WIDTH - 2 * MARGIN) / bins

    def x(cell: int) -> float:
        return MARGIN + (cell - 0.5) * step

    if isinstance(axis, NumberAxis):
        path = "".join(
            f"{'M' if cell == 1 else 'L'}{MARGIN + (cell - 1) * step:.1f} {heights[cell]:.1f}"
            f"H{MARGIN + cell * step:.1f}"
            for cell in range(1, bins + 1)
        )
    else:
        path = "".join(
            f"M{x(cell) - step * 0.35:.1f} {heights[cell]:.1f}h{step * 0.7:.1f}" for cell in range(1, bins + 1)
        )
    tick = ""
    if 1 <= typical <= bins:
        tick = f'<path class="cs-shape-usual" d="M{x(typical):.1f} {HEIGHT - 6:.0f}v6"/>'
    return (
        f'<svg class="cs-shape" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" width="96" height="32" aria-hidden="true">'
        f'<path class="cs-shape-line" d="{path}"/>{tick}'
        f'<circle class="cs-shape-client" cx="{x(client):.1f}" cy="{heights[client]:.1f}" r="3.5"/></svg>'
    )


def _heights(term: Term) -> dict[int, float]:
    """The height of each cell in the picture; lower log-odds, so more points, are higher up."""
    cells = range(1, term.axes[0].cells - 1)
    scores = [term.scores[cell] for cell in cells]
    low, high = min(scores), max(scores)
    room = HEIGHT - 2 * MARGIN - 4
    return {
        cell: MARGIN + (room / 2 if high == low else (score - low) / (high - low) * room)
        for cell, score in zip(cells, scores, strict=True)
    }


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
