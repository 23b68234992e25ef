"""The sum behind a score: a waterfall from the usual client to this one, every term, and what is missing.

The waterfall is the middle column of a table, so that a screen reader hears the same figures that the bars show, and a phone keeps them readable. The two
ends are points on the scale and not bars, which would have to begin at zero.
"""

from typing import Any

from markupsafe import Markup

from scoring.data.features import DICTIONARY, GROUPS, say
from scoring.explain.reasons import Explanation
from scoring.i18n import number, text
from scoring.model.additive_model import term_key
from scoring.model.decision import Decision
from scoring.service import Assessment, Service
from scoring.web.links import link
from scoring.web.templates import render

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


def waterfall_html(explanation: Explanation, decision: Decision, lang: str) -> Markup:
    """The reference, one bar for each group of features, and the client's points, which they add up to."""
    running = [explanation.reference_points]
    for step in explanation.steps:
        running.append(running[-1] + step.points)
    low = min(*running, decision.points, decision.threshold_points)
    high = max(*running, decision.points, decision.threshold_points)
    room = max(high - low, 1.0)
    left, scale = low - ROOM * room, 100.0 / ((1.0 + 2.0 * ROOM) * room)

    def percent(points: float) -> str:
        """A place on the scale, in percent of the picture's width."""
        return f"{(points - left) * scale:.2f}"

    def end(label: str, points: float, mark: str, kind: str = "") -> dict[str, str]:
        style = f"left:{percent(points)}%"
        shown = number(points, lang, 2)
        return {
            "label": label,
            "start": "",
            "mark": mark,
            "style": style,
            "points": shown,
            "kind": f"cs-row-total{kind}",
        }

    first = end(text(lang, "chart.reference"), explanation.reference_points, "cs-mark cs-mark-reference")
    rows: list[dict[str, str]] = [first]
    for step, before, after in zip(explanation.steps, running, running[1:], strict=False):
        kind = "against" if step.points < 0 else "for"
        width = max(abs(after - before) * scale, THINNEST)
        rows.append(
            {
                "label": GROUPS[step.group].say(lang),
                "start": percent(before),
                "mark": f"cs-step cs-step-{kind}",
                "style": f"left:{percent(min(before, after))}%;width:{width:.2f}%",
                "points": signed(step.points, lang, 2),
                "kind": f"cs-row-{kind}",
            }
        )
    last = end(text(lang, "chart.client"), decision.points, "cs-mark cs-mark-client", " cs-row-client")
    rows.append(last | {"start": percent(running[-1])})
    limit_name = text(lang, "gauge.asked", threshold=number(decision.threshold_points, lang))
    return render(
        "decision", "waterfall", lang=lang, limit=percent(decision.threshold_points), limit_name=limit_name, rows=rows
    )


def signed(points: float, lang: str, decimals: int) -> str:
    """Points with their sign, also above 0.

    >>> signed(2.5, "en", 1), signed(-2.5, "fr", 1)
    ('+2.5', '−2,5')
    """
    shown = number(points, lang, decimals)
    return shown if points < 0 else f"+{shown}"


def terms_html(service: Service, assessment: Assessment, lang: str, *, linked: bool = False) -> Markup:
    """The reference, every term's points, largest first, and the client's points, which they add up to.

    Parameters
    ----------
    linked : whether each line leads to the line of the model's table that its points come from
    """
    model, scored, facts = service.model, assessment.scored, assessment.facts
    rows: list[dict[str, Any]] = []
    for term, contribution, usual in zip(model.terms, scored.contributions, model.reference.contributions, strict=True):
        points = model.scale.points_of_change(contribution - usual)
        names, entries = term_key(term.features), [DICTIONARY[name] for name in term.features]
        row = {
            "term": names,
            "exact": points,
            "points": signed(points, lang, 2),
            "label": " × ".join(entry.label.say(lang) for entry in entries),
            "meaning": " ".join(entry.explanation.say(lang) for entry in entries),
            "value": " × ".join(say(entry, facts[entry.name], lang) for entry in entries),
            "origin": "",
        }
        if linked and assessment.client_id is not None:
            row["origin"] = link(lang, "points", assessment.client_id, term=names)
        rows.append(row)
    rows.sort(key=lambda row: -abs(row["exact"]))
    return render(
        "decision",
        "terms",
        lang=lang,
        rows=rows,
        reference=number(assessment.explanation.reference_points, lang, 2),
        points=number(assessment.decision.points, lang, 2),
    )


def missing_html(assessment: Assessment, lang: str) -> Markup:
    """What the model would use and does not have; nothing where nothing is missing."""
    if not assessment.missing:
        return Markup()
    return render(
        "decision", "missing", lang=lang, labels=[DICTIONARY[name].label.say(lang) for name in assessment.missing]
    )
