"""Which of our languages a caller prefers, from an ``Accept-Language`` header (RFC 9110, 12.5.4)."""

from scoring.i18n.words import DEFAULT, LANGUAGES

COOKIE = "clairscore_language"
"""The cookie that remembers the language somebody chose."""


def preferred(accept_language: str) -> str:
    """Return the language with the highest weight; the default where it names none of ours.

    >>> preferred("en-GB,en;q=0.9,fr;q=0.8"), preferred("de"), preferred("en;q=0.2, fr;q=0.7")
    ('en', 'fr', 'fr')
    """
    best, best_weight = DEFAULT, 0.0
    for part in accept_language.split(","):
        name, _, parameter = part.strip().partition(";")
        weight = _weight(parameter.strip())
        for lang in LANGUAGES:
            if name.lower().split("-")[0] == lang and weight > best_weight:
                best, best_weight = lang, weight
    return best


def _weight(parameter: str) -> float:
    if not parameter:
        return 1.0
    try:
        return min(max(float(parameter.removeprefix("q=")), 0.0), 1.0)
    except ValueError:
        return 0.0
