"""A moment as each language writes it."""

from datetime import datetime, tzinfo

from scoring.i18n.numbers import NO_BREAK_SPACE
from scoring.i18n.words import check_language

_MONTHS_IN_FULL = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(iso: str, lang: str, zone: tzinfo | None = None) -> str:
    """The day of a moment of ISO 8601, as a letter writes it; by default in the machine's own time zone.

    Raises
    ------
    ValueError
        When it is no such moment, or the language is none of ours.

    >>> from datetime import UTC
    >>> day("2026-08-01T20:42:08+00:00", "fr", UTC), day("2026-08-24T20:42:08+00:00", "en", UTC)
    ('1er août 2026', '24 August 2026')
    """
    at = datetime.fromisoformat(iso).astimezone(zone)
    month = _MONTHS_IN_FULL[check_language(lang)][at.month - 1]
    return f"{'1er' if at.day == 1 and lang == 'fr' else at.day} {month} {at.year}"


def moment(iso: str, lang: str, zone: tzinfo | None = None) -> str:
    """A moment of ISO 8601 as day and minute, in a time zone: by default the machine's own.

    Raises
    ------
    ValueError
        When it is no such moment, or the language is none of ours.

    >>> from datetime import UTC
    >>> moment("2026-11-24T20:42:08.123456+00:00", "fr", UTC).replace(NO_BREAK_SPACE, "_")
    '24/11/2026 à_20_h_42'
    >>> moment("2026-11-24T20:42:08.123456+00:00", "en", UTC)
    '24 Nov 2026, 20:42'
    """
    at = datetime.fromisoformat(iso).astimezone(zone)
    if check_language(lang) == "fr":
        return f"{at:%d/%m/%Y} à{NO_BREAK_SPACE}{at:%H}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{at:%M}"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M}"
