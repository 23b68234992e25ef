"""The score gauge: a half arc from 400 to 700 points, drawn as SVG.

Segments are cut at the threshold − 1, 0, + 1 and + 2 doublings of the odds, as the five levels are. Colours come from
the page's variables, so that the light and the dark palette need no second picture.
"""

import math
from html import escape
from itertools import pairwise

from scoring.i18n import number, text
from scoring.model.decision import Decision

LOW, HIGH = 400.0, 700.0
RADIUS, STROKE, GAP = 140.0, 18.0, 2.0
CENTRE_X, CENTRE_Y = 190.0, 178.0
BAND_RADIUS = RADIUS + STROKE / 2 + 7


def gauge_svg(decision: Decision, pdo: float, lang: str) -> str:
    """Draw one client's gauge; its label says in words what it shows."""
    at = decision.threshold_points
    cuts = [LOW, *(_within(at + step * pdo) for step in (-1, 0, 1, 2)), HIGH]
    segments = "".join(
        f'<path class="cs-seg cs-seg-{level}" d="{_arc(low, high, RADIUS, gap=GAP)}"/>'
        for level, (low, high) in enumerate(pairwise(cuts), start=1)
        if high > low
    )
    points = number(decision.points, lang)
    label = text(lang, "gauge.label", points=points, threshold=number(at, lang), level=decision.level)
    band = _arc(_within(decision.low_points), _within(decision.high_points), BAND_RADIUS)
    tick_x, tick_y = _on_arc(_within(at), BAND_RADIUS + 14)
    anchor = "middle" if abs(tick_x - CENTRE_X) < 30 else ("start" if tick_x > CENTRE_X else "end")
    return (
        f'<svg id="gauge" class="cs-gauge" viewBox="0 -12 380 216" role="img" aria-label="{escape(label)}" '
        f'data-points="{decision.points!r}">'
        f'<g aria-hidden="true">{segments}<path class="cs-band" d="{band}"/>'
        f'<path class="cs-tick" d="{_tick(_within(at))}"/>'
        f'<path class="cs-marker" d="{_marker(_within(decision.points))}"/>'
        f'<text class="cs-tick-label" x="{tick_x:.1f}" y="{tick_y:.1f}" text-anchor="{anchor}">'
        f"{escape(text(lang, 'gauge.asked', threshold=number(at, lang)))}</text>"
        f'<text class="cs-end" x="{CENTRE_X - RADIUS:.0f}" y="{CENTRE_Y + 22:.0f}" text-anchor="middle">≤ 400</text>'
        f'<text class="cs-end" x="{CENTRE_X + RADIUS:.0f}" y="{CENTRE_Y + 22:.0f}" text-anchor="middle">≥ 700</text>'
        f'<text class="cs-score" x="{CENTRE_X:.0f}" y="{CENTRE_Y - 18:.0f}" text-anchor="middle">{points}</text>'
        f'<text class="cs-score-unit" x="{CENTRE_X:.0f}" y="{CENTRE_Y + 6:.0f}" text-anchor="middle">'
        f"{escape(text(lang, 'gauge.unit'))}</text></g></svg>"
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
