"""The way from the usual client to this one: a table whose middle column is a waterfall of bars.

A table, so that a screen reader hears the same figures that the bars show, and a phone keeps them readable.
"""

from html import escape

from scoring.decision import Decision
from scoring.features import GROUPS
from scoring.language import number, text
from scoring.reasons import Explanation


def waterfall_html(explanation: Explanation, decision: Decision, lang: str) -> str:
    """The reference, one bar for each group of features, and the client's points, which they add up to."""
    running = [explanation.reference_points]
    for step in explanation.steps:
        running.append(running[-1] + step.points)
    low = min(*running, decision.points, decision.threshold_points)
    high = max(*running, decision.points, decision.threshold_points)
    room = max(high - low, 1.0)
    left, scale = low - 0.06 * room, 100.0 / (1.12 * room)

    def place(points: float) -> float:
        return (points - left) * scale

    def bar(start: float, end: float, kind: str) -> str:
        first, width = min(place(start), place(end)), max(abs(place(end) - place(start)), 0.6)
        return f'<span class="cs-step cs-step-{kind}" style="left:{first:.2f}%;width:{width:.2f}%"></span>'

    limit = f'<span class="cs-limit" style="left:{place(decision.threshold_points):.2f}%"></span>'
    rows = [
        _row(
            text(lang, "chart.reference"),
            limit + bar(left, explanation.reference_points, "total"),
            number(explanation.reference_points, lang, 2),
            "cs-row-total",
        )
    ]
    for step, start in zip(explanation.steps, running, strict=False):
        kind = "against" if step.points < 0 else "for"
        rows.append(
            _row(
                GROUPS[step.group].say(lang),
                limit + bar(start, start + step.points, kind),
                signed(step.points, lang, 2),
                f"cs-row-{kind}",
            )
        )
    rows.append(
        _row(
            text(lang, "chart.client"),
            limit + bar(left, decision.points, "client"),
            number(decision.points, lang, 2),
            "cs-row-total",
        )
    )
    head = (
        f'<th scope="col">{escape(text(lang, "chart.group"))}</th><th scope="col" class="cs-track-head">'
        f'<span class="cs-limit-name" style="left:{place(decision.threshold_points):.2f}%">{escape(text(lang, "gauge.asked", threshold=number(decision.threshold_points, lang)))}'
        f'</span></th><th scope="col" class="cs-num">{escape(text(lang, "chart.points"))}</th>'
    )
    return f'<table class="cs-waterfall"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def signed(points: float, lang: str, decimals: int) -> str:
    """Points with their sign, also above 0."""
    shown = number(points, lang, decimals)
    return shown if points < 0 else f"+{shown}"


def _row(label: str, track: str, points: str, kind: str) -> str:
    return (
        f'<tr class="{kind}"><th scope="row">{escape(label)}</th>'
        f'<td class="cs-track" aria-hidden="true"><div>{track}</div></td><td class="cs-num">{escape(points)}</td></tr>'
    )
