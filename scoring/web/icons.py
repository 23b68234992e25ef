"""Signs drawn as SVG, because fonts draw ✓ and ◐ each in their own way. All are decoration: the word stands beside.

Decisions: a tick, a half-filled circle, a dash. Effects: a triangle that points down or up.
"""

from collections.abc import Mapping

from scoring.explain.reasons import Effect
from scoring.model.decision import Outcome

_OUTCOMES: Mapping[Outcome, str] = {
    "accept": '<path class="cs-icon-line" d="M4.5 12.5l5 5L19.5 7"/>',
    "review": '<circle class="cs-icon-line cs-icon-thin" cx="12" cy="12" r="8.5"/><path d="M12 3.5a8.5 8.5 0 0 0 0 17z"/>',
    "decline": '<path class="cs-icon-line" d="M5 12h14"/>',
}
_EFFECTS: Mapping[Effect, str] = {
    "against": '<path d="M3 7h18L12 19z"/>',
    "for": '<path d="M3 17h18L12 5z"/>',
}


def outcome_icon(outcome: Outcome) -> str:
    """The sign of a decision, in the colour of the text around it."""
    return _icon(_OUTCOMES[outcome])


def effect_icon(effect: Effect) -> str:
    """The sign of a reason's effect, in the colour of the text around it."""
    return _icon(_EFFECTS[effect])


def _icon(drawing: str) -> str:
    return f'<svg class="cs-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{drawing}</svg>'
