"""Numbers as each language writes them.

French: narrow no-break spaces between thousands, a decimal comma, a no-break space before ``%``.
English: commas and a point. The minus is the real one (U+2212) in both.
Numbers are rounded here to be shown, never to be used.
"""

import math

from scoring.language.words import check_language

NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"


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
    """A number as somebody types it: spaces anywhere, in French a comma or a point before the decimals.

    Raises
    ------
    ValueError
        When it is no number, or not a finite one.

    >>> read_number(" 200 000,5 ", "fr"), read_number("200,000.5", "en")
    (200000.5, 200000.5)
    """
    value = _read("".join(typed.split()), check_language(lang))
    if not math.isfinite(value):
        raise ValueError(f"a number must be finite; got {typed!r}")
    return value


def _read(written: str, lang: str) -> float:
    plain = written.replace(MINUS, "-").replace(NARROW_SPACE, "").replace(NO_BREAK_SPACE, "")
    plain = plain.replace(",", ".") if lang == "fr" else plain.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        raise ValueError(f"a counted value must be a number; got {written!r}") from None
