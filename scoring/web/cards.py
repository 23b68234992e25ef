"""Reasons as cards: what is known, the usual value, the points, and the shape of the term."""

from typing import Any

from markupsafe import Markup

from scoring.data.features import DICTIONARY, say
from scoring.explain.reasons import Effect, Reason
from scoring.i18n import text
from scoring.model.additive_model import AdditiveModel, NumberAxis, Term
from scoring.model.additive_model.lookup import AxisLookup, Value
from scoring.web.templates import render
from scoring.web.waterfall import signed

# A term's shape as a 96 × 32 picture: points over the bins, the client's place as a dot, the usual one as a tick.

WIDTH, HEIGHT, MARGIN = 96.0, 32.0, 4.0


def shape_svg(model: AdditiveModel, feature: str, value: Value, usual: Value) -> Markup:
    """Draw the shape of a feature's own term, up is more points; nothing where it has none or is missing."""
    term = next((term for term in model.terms if term.features == (feature,)), None)
    if term is None:
        return Markup()
    axis = term.axes[0]
    bins = axis.cells - 2
    client, typical = (AxisLookup(axis).cell(one) for one in (value, usual))
    if bins < 2 or not 1 <= client <= bins:
        return Markup()
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
        tick = f"M{x(typical):.1f} {HEIGHT - 6:.0f}v6"
    return render("decision", "shape", line=path, usual=tick, x=f"{x(client):.1f}", y=f"{heights[client]:.1f}")


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


def reasons_html(model: AdditiveModel, reasons: tuple[Reason, ...], effect: Effect, lang: str) -> Markup:
    """A titled list of cards, three shown and the rest a click away."""
    cards = [_card(model, reason, lang) for reason in reasons]
    return render("decision", "reasons", lang=lang, effect=effect, shown=cards[:SHOWN], folded=cards[SHOWN:])


def _card(model: AdditiveModel, reason: Reason, lang: str) -> dict[str, Any]:
    feature = DICTIONARY[reason.feature]
    value, usual = say(feature, reason.value, lang), say(feature, reason.usual, lang)
    if reason.is_unknown:
        value = text(lang, "page.decision.unknown")
    same = value == usual
    return {
        "reason": reason,
        "sentence": reason.sentence(lang),
        "explanation": feature.explanation.say(lang),
        "label": feature.label.say(lang),
        "points": signed(reason.points, lang, 0),
        "value": value,
        "compared": text(lang, "page.decision.as_usual") if same else text(lang, "page.decision.usual", usual=usual),
        "shape": shape_svg(model, reason.feature, reason.value, reason.usual),
    }
