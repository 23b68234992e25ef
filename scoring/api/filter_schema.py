"""The filters of a list as the documentation shows them: each feature of the application, with what it may be."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from scoring.data.features import DICTIONARY, Feature
from scoring.model.decision import OUTCOMES
from scoring.portfolio.filter_text import LEVELS, MISSING, NUMBER
from scoring.portfolio.filters import ROLES

DESCRIBING: Mapping[str, Feature] = {
    name: feature for name, feature in DICTIONARY.items() if feature.table == "application"
}
"""Features of the application itself; those of histories can be filtered by and listed too."""
_RANGE = r"^(-?\d{1,12}(\.\d{1,2})?\.\.|\.\.-?\d{1,12}(\.\d{1,2})?|-?\d{1,12})$"


def filter_parameters() -> list[dict[str, Any]]:
    """The documented filters: the client's own facts, and every feature of the application."""
    own = {
        NUMBER: ("the first digits of the client's number", "^[0-9]{1,18}$", "1000"),
        "role": (f"among {', '.join(ROLES)}; several with | between", _among(ROLES), "new"),
        "decision": (f"among {', '.join(OUTCOMES)}", _among(OUTCOMES), "review|decline"),
        "level": ("among 1 to 5", _among([str(level) for level in LEVELS]), "4|5"),
        "points": ("a range", _RANGE, "500..600"),
    }
    ranges = {
        name: (f"{feature.label.say('en')} ({feature.unit}): LOW..HIGH, LOW.. or ..HIGH", _RANGE, "1..")
        for name, feature in DESCRIBING.items()
        if feature.kind == "number"
    }
    codes = {
        name: (
            f"{feature.label.say('en')}: among {', '.join(feature.levels)}; {MISSING} for none",
            _among([*feature.levels, MISSING]),
            next(iter(feature.levels)),
        )
        for name, feature in DESCRIBING.items()
        if feature.kind == "category"
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": about,
            "schema": {"type": "string", "pattern": pattern},
            "example": example,
        }
        for name, (about, pattern, example) in {**own, **ranges, **codes}.items()
    ]


def _among(words: Sequence[str]) -> str:
    """The pattern of one or several words with | between."""
    one = "|".join(re.escape(word).replace("\\ ", " ").replace("\\-", "-") for word in words)
    return rf"^({one})(\|({one}))*$"
