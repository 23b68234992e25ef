"""Numbers as each language writes them.

French: narrow no-break spaces between thousands, a decimal comma, a no-break space before ``%``.
English: commas and a point. The minus is the real one (U+2212) in both.
Numbers are rounded here to be shown, never to be used.
"""

import math
import re

from scoring.i18n.words import check_language

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
_NARROW = re.compile(r"[\u00a0\u2009\u202f\t]")
_SEPARATORS = re.compile("[ ,]")
_AMBIGUOUS = re.compile(r"[-+]?[1-9][0-9]{0,2}\.[0-9]{3}")
_TYPED = {
    lang: re.compile(
        rf"(?P<sign>[-+]?)(?P<whole>[0-9]+|[0-9]{{1,3}}(?:(?P<by>{by})[0-9]{{3}})(?:(?P=by)[0-9]{{3}})*)"
        rf"(?:{point}(?P<decimals>[0-9]+))?"
    )
    for lang, by, point in (("fr", " ", "[.,]"), ("en", "[ ,]", r"\."))
}


def number(value: float, lang: str, decimals: int = 0) -> str:
    """Write a number with its thousands separated and a fixed count of decimals.

    Raises
    ------
    ValueError
        When the value is not finite: a missing value has its own words, never ``nan``.

    Examples
    --------
    >>> number(310000, "en")
    '310,000'
    >>> number(-0.001, "en", 1)
    '0.0'
    """
    check_language(lang)
    if not math.isfinite(value):
        raise ValueError(f"a number to write must be finite; got value={value!r}. Say it is unknown")
    plain = f"{abs(value):,.{decimals}f}"
    if lang == "fr":
        plain = plain.replace(",", NARROW_SPACE).replace(".", ",")
    is_zero = not plain.strip("0,.")
    return plain if value >= 0 or is_zero else MINUS + plain


def percent(share: float, lang: str, decimals: int = 0) -> str:
    """Write a share of 1 as a percentage.

    >>> percent(0.125, "en", 1)
    '12.5%'
    >>> percent(0.12, "fr") == "12" + NO_BREAK_SPACE + "%"
    True
    """
    return number(100.0 * share, lang, decimals) + (NO_BREAK_SPACE if lang == "fr" else "") + "%"


def is_singular(value: float | str, lang: str) -> bool:
    """Whether a noun counted by ``value`` (a number, or one written by `number`) takes the singular.

    French: below 2, zero and fractions included (« 0 crédit », « 1,5 jour »). English: 1 only.

    >>> is_singular(0, "fr"), is_singular(0, "en"), is_singular("1,000", "en")
    (True, False, False)
    """
    size = abs(_read(value, lang) if isinstance(value, str) else value)
    return size < 2 if check_language(lang) == "fr" else size == 1


def read_number(typed: str, lang: str) -> float:
    """A number as somebody types it.

    Thousands may be separated by spaces, in English by commas too; decimals follow a point, in French a comma too.

    Raises
    ------
    ValueError
        When it is no number, or one that could be two: ``200.000`` is 200 to some and 200,000 to others.

    >>> read_number(" 200 000,5 ", "fr"), read_number("200,000.5", "en")
    (200000.5, 200000.5)
    """
    plain = _NARROW.sub(" ", typed.strip()).replace(MINUS, "-")
    found = _TYPED[check_language(lang)].fullmatch(plain)
    if found is None:
        raise ValueError(f"a number must be written as one; got {typed!r}")
    whole, decimals = _SEPARATORS.sub("", found["whole"]), found["decimals"] or "0"
    written = f"{found['sign']}{whole}.{decimals}"
    if whole == found["whole"] and is_ambiguous(written):
        raise ValueError(f"a number must be one number; got {typed!r}, where three digits may be decimals or thousands")
    return float(written)


def is_ambiguous(written: str) -> bool:
    """Whether a number with a point could have its thousands there: one to three digits, the point, three digits.

    >>> is_ambiguous("200.000"), is_ambiguous("0.125"), is_ambiguous("200000"), is_ambiguous("12.3450")
    (True, False, False, False)
    """
    return _AMBIGUOUS.fullmatch(written) is not None


def _read(written: str, lang: str) -> float:
    plain = written.replace(MINUS, "-").replace(NARROW_SPACE, "").replace(NO_BREAK_SPACE, "")
    plain = plain.replace(",", ".") if lang == "fr" else plain.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        raise ValueError(f"a counted value must be a number; got {written!r}") from None
