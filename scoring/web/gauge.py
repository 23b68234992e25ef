"""The score gauge: a half arc from 400 to 700 points, drawn as SVG.

Segments are cut at the threshold − 1, 0, + 1 and + 2 doublings of the odds, as the five levels are. Colours come from
the page's variables, so that the light and the dark palette need no second picture.
"""

import math
from itertools import pairwise

from markupsafe import Markup

from scoring.i18n import number, text
from scoring.model.decision import Decision
from scoring.web.templates import render

LOW, HIGH = 400.0, 700.0
RADIUS, STROKE, GAP = 140.0, 18.0, 2.0
CENTRE_X, CENTRE_Y = 190.0, 178.0
"""As `templates/parts.html` places the texts."""
BAND_RADIUS = RADIUS + STROKE / 2 + 7


def gauge_svg(decision: Decision, pdo: float, lang: str) -> Markup:
    """Draw one client's gauge; its label says in words what it shows."""
    at = decision.threshold_points
    cuts = [LOW, *(_within(at + step * pdo) for step in (-1, 0, 1, 2)), HIGH]
    points, threshold = number(decision.points, lang), number(at, lang)
    tick_x, tick_y = _on_arc(_within(at), BAND_RADIUS + 14)
    anchor = "middle" if abs(tick_x - CENTRE_X) < 30 else ("start" if tick_x > CENTRE_X else "end")
    return render(
        "parts",
        "gauge",
        lang=lang,
        decision=decision,
        label=text(lang, "gauge.label", points=points, threshold=threshold, level=decision.level),
        limit=text(lang, "gauge.asked", threshold=threshold),
        segments=[
            (level, _arc(low, high, RADIUS, gap=GAP))
            for level, (low, high) in enumerate(pairwise(cuts), start=1)
            if high > low
        ],
        band=_arc(_within(decision.low_points), _within(decision.high_points), BAND_RADIUS),
        tick=_tick(_within(at)),
        marker=_marker(_within(decision.points)),
        end={"x": f"{tick_x:.1f}", "y": f"{tick_y:.1f}", "anchor": anchor},
    )


def _within(points: float) -> float:
    return min(max(points, LOW), HIGH)


def _angle(points: float) -> float:
    return math.pi * (1.0 - (points - LOW) / (HIGH - LOW))


def _on_arc(points: float, radius: float) -> tuple[float, float]:
    angle = _angle(points)
    return CENTRE_X + radius * math.cos(angle), CENTRE_Y - radius * math.sin(angle)


def _arc(low: float, high: float, radius: float, *, gap: float = 0.0) -> str:
    """A path from one value to another, shortened by half the gap (in pixels) at either end."""
    shorten = gap / 2 / radius / math.pi * (HIGH - LOW)
    start_x, start_y = _on_arc(low + shorten, radius)
    end_x, end_y = _on_arc(high - shorten, radius)
    return f"M{start_x:.2f} {start_y:.2f}A{radius:g} {radius:g} 0 0 1 {end_x:.2f} {end_y:.2f}"


def _tick(points: float) -> str:
    inner_x, inner_y = _on_arc(points, RADIUS - STROKE / 2 - 4)
    outer_x, outer_y = _on_arc(points, BAND_RADIUS + 5)
    return f"M{inner_x:.2f} {inner_y:.2f}L{outer_x:.2f} {outer_y:.2f}"


def _marker(points: float) -> str:
    """A triangle inside the arc that points at the value."""
    tip = _on_arc(points, RADIUS - STROKE / 2 - 2)
    angle, base, half = _angle(points), RADIUS - STROKE / 2 - 20, 8.0
    across = (math.sin(angle) * half, math.cos(angle) * half)
    middle_x, middle_y = _on_arc(points, base)
    return (
        f"M{tip[0]:.2f} {tip[1]:.2f}L{middle_x + across[0]:.2f} {middle_y + across[1]:.2f}"
        f"L{middle_x - across[0]:.2f} {middle_y - across[1]:.2f}Z"
    )
