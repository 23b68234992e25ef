"""The way from the usual client to this one: a table whose middle column is a waterfall of bars.

A table, so that a screen reader hears the same figures that the bars show, and a phone keeps them readable. The two
ends are points on the scale and not bars, which would have to begin at zero.
"""

from html import escape

from scoring.data.features import GROUPS
from scoring.explain.reasons import Explanation
from scoring.i18n import number, text
from scoring.model.decision import Decision

ROOM = 0.06
"""Share of the way left free at either end."""
THINNEST = 0.4
"""Width in percent that even the smallest bar has."""


def finding(explanation: Explanation, decision: Decision, lang: str) -> str:
    """What the picture shows, in a sentence: how far from the usual client, and what counts most."""
    distance = decision.points - explanation.reference_points
    if not explanation.steps or round(distance) == 0:
        return text(lang, "chart.finding.same")
    side = "below" if distance < 0 else "above"
    same_way = [step for step in explanation.steps if step.points * distance > 0]
    group = GROUPS[(same_way or list(explanation.steps))[0].group]
    return text(lang, f"chart.finding.{side}", points=round(abs(distance)), group=group.say(lang))


def waterfall_html(explanation: Explanation, decision: Decision, lang: str) -> str:
    """The reference, one bar for each group of features, and the client's points, which they add up to."""
    track = _Track(explanation, decision)
    rows = [
        _row(
            text(lang, "chart.reference"),
            track.mark(explanation.reference_points, "reference"),
            number(explanation.reference_points, lang, 2),
            "cs-row-total",
        )
    ]
    running = explanation.reference_points
    for step in explanation.steps:
        kind = "against" if step.points < 0 else "for"
        rows.append(
            _row(
                GROUPS[step.group].say(lang),
                track.link(running) + track.bar(running, running + step.points, kind),
                signed(step.points, lang, 2),
                f"cs-row-{kind}",
            )
        )
        running += step.points
    rows.append(
        _row(
            text(lang, "chart.client"),
            track.link(running) + track.mark(decision.points, "client"),
            number(decision.points, lang, 2),
            "cs-row-total cs-row-client",
        )
    )
    asked = escape(text(lang, "gauge.asked", threshold=number(decision.threshold_points, lang)))
    head = (
        f'<th role="columnheader" scope="col">{escape(text(lang, "chart.group"))}</th>'
        f'<td role="cell" class="cs-track-head" aria-hidden="true"><div><span class="cs-limit-name" '
        f'style="left:{track.place(decision.threshold_points):.2f}%">{asked}</span>'
        f'<span class="cs-limit" style="left:{track.place(decision.threshold_points):.2f}%"></span></div></td>'
        f'<th role="columnheader" scope="col" class="cs-num">{escape(text(lang, "chart.points"))}</th>'
    )
    # The roles are spelled out because a phone's layout takes the table's display away from its rows.
    return (
        f'<table class="cs-waterfall" role="table"><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{"".join(rows)}</tbody></table>'
    )


def signed(points: float, lang: str, decimals: int) -> str:
    """Points with their sign, also above 0.

    >>> signed(2.5, "en", 1), signed(-2.5, "fr", 1)
    ('+2.5', '−2,5')
    """
    shown = number(points, lang, decimals)
    return shown if points < 0 else f"+{shown}"


class _Track:
    """Places on the scale, in percent of the picture's width."""

    def __init__(self, explanation: Explanation, decision: Decision) -> None:
        running = [explanation.reference_points]
        for step in explanation.steps:
            running.append(running[-1] + step.points)
        low = min(*running, decision.points, decision.threshold_points)
        high = max(*running, decision.points, decision.threshold_points)
        room = max(high - low, 1.0)
        self._left = low - ROOM * room
        self._scale = 100.0 / ((1.0 + 2.0 * ROOM) * room)
        self._limit = f'<span class="cs-limit" style="left:{self.place(decision.threshold_points):.2f}%"></span>'

    def place(self, points: float) -> float:
        return (points - self._left) * self._scale

    def bar(self, start: float, end: float, kind: str) -> str:
        left, width = min(self.place(start), self.place(end)), abs(self.place(end) - self.place(start))
        style = f"left:{left:.2f}%;width:{max(width, THINNEST):.2f}%"
        return f'{self._limit}<span class="cs-step cs-step-{kind}" style="{style}"></span>'

    def mark(self, points: float, kind: str) -> str:
        return f'{self._limit}<span class="cs-mark cs-mark-{kind}" style="left:{self.place(points):.2f}%"></span>'

    def link(self, points: float) -> str:
        """The thin line down from the end of the step before."""
        return f'<span class="cs-link" style="left:{self.place(points):.2f}%"></span>'


def _row(label: str, track: str, points: str, kind: str) -> str:
    return (
        f'<tr role="row" class="{kind}"><th role="rowheader" scope="row">{escape(label)}</th>'
        f'<td role="cell" class="cs-track" aria-hidden="true"><div>{track}</div></td>'
        f'<td role="cell" class="cs-num">{escape(points)}</td></tr>'
    )
