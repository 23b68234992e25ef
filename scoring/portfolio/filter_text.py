"""Filters written as the words of an address or a query, and read back: one form for pages and API.

    number=12   role=new|test   decision=accept   level=4|5   points=500..600
    age_years=30..40   income_total=100000..   housing=Rented apartment|~

The rule: what is not a filter is refused, never passed over; ``~`` stands for a missing value. Numbers are plain:
digits, a point before decimals, nothing between thousands; ``200.000``, which could be 200 or 200,000, is refused.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.i18n import Said, is_ambiguous, shown
from scoring.model.decision import OUTCOMES
from scoring.portfolio.filters import ROLES, Filters, Range

NUMBER, MISSING, BETWEEN, AND = "number", "~", "..", "|"
LEVELS = (1, 2, 3, 4, 5)
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?", re.IGNORECASE)


def write_filters(filters: Filters) -> dict[str, str]:
    """The words of filters, nothing for what filters nothing.

    >>> write_filters(Filters(decisions=("accept",), numbers={"age_years": Range(30, None)}))
    {'decision': 'accept', 'age_years': '30..'}
    """
    params: dict[str, str] = {
        NUMBER: filters.starts_with,
        "role": AND.join(filters.roles),
        "decision": AND.join(filters.decisions),
        "level": AND.join(map(str, filters.levels)),
        "points": _range_said(filters.points),
        **{name: _range_said(within) for name, within in filters.numbers.items()},
        **{
            name: AND.join(MISSING if code is None else code for code in codes) for name, codes in filters.codes.items()
        },
    }
    return {name: words for name, words in params.items() if words}


def read_filters(params: Mapping[str, str]) -> Filters:
    """Filters from their words.

    Raises
    ------
    InputError
        When a word is no filter, or says what can't be filtered by.

    >>> read_filters({"role": "new", "age_years": "..40"}).numbers
    {'age_years': Range(low=None, high=40.0)}
    >>> read_filters({"age": "30"})
    Traceback (most recent call last):
    scoring.errors.InputError: A filter must be number, role, decision, level, points or a feature of the dictionary; \
got age. Correct its name.
    """
    digits, numbers, codes = "", {}, {}
    among: dict[str, Sequence[Any]] = {}
    points = Range()
    for name, words in params.items():
        if name == NUMBER:
            digits = _digits(words)
        elif name in _AMONG:
            among[name] = _read_among(name, words)
        elif name == "points":
            points = _read_range(name, words)
        elif name not in DICTIONARY:
            raise InputError(Said("problem.said.filter", found=shown(name)))
        elif DICTIONARY[name].unit == "category":
            codes[name] = _read_codes(name, words)
        else:
            numbers[name] = _read_range(name, words)
    return Filters(
        starts_with=digits,
        roles=tuple(among.get("role", ())),
        decisions=tuple(among.get("decision", ())),
        levels=tuple(among.get("level", ())),
        points=points,
        numbers=numbers,
        codes=codes,
    )


_AMONG: Mapping[str, tuple[Sequence[Any], Callable[[str], Any]]] = {
    "role": (ROLES, str),
    "decision": (OUTCOMES, str),
    "level": (LEVELS, int),
}


def _digits(words: str) -> str:
    if not (words.isascii() and words.isdigit()):
        raise InputError(Said("problem.said.filter-digits", name=NUMBER, found=shown(words)))
    return words


def _read_among(name: str, words: str) -> tuple[Any, ...]:
    known, kind = _AMONG[name]
    params = {str(one): one for one in known}
    given = words.split(AND)
    unknown = [one for one in given if one not in params]
    if unknown:
        raise InputError(Said("problem.said.filter-among", name=name, known=", ".join(params), found=shown(unknown[0])))
    return tuple(dict.fromkeys(kind(one) for one in given))


def _read_codes(name: str, words: str) -> tuple[str | None, ...]:
    known = DICTIONARY[name].levels
    given = words.split(AND)
    unknown = [one for one in given if one != MISSING and one not in known]
    if unknown:
        raise InputError(
            Said("problem.said.filter-codes", name=name, known=", ".join(known), none=MISSING, found=shown(unknown[0]))
        )
    return tuple(dict.fromkeys(None if one == MISSING else one for one in given))


def _read_range(name: str, words: str) -> Range:
    low, between, high = words.partition(BETWEEN)
    try:
        found = Range(_bound(low), _bound(high if between else low))
    except ValueError:
        raise InputError(Said("problem.said.filter-range", name=name, found=shown(words))) from None
    if found.low is not None and found.high is not None and found.low > found.high:
        raise InputError(Said("problem.said.filter-order", name=name, found=shown(words)))
    return found


def _bound(words: str) -> float | None:
    words = words.strip()
    if not words:
        return None
    number = float(words) if _NUMBER.fullmatch(words) else math.nan
    if not math.isfinite(number) or is_ambiguous(words):
        raise ValueError(words)
    return number


def _range_said(within: Range) -> str:
    if not within:
        return ""
    return f"{_number_said(within.low)}{BETWEEN}{_number_said(within.high)}"


def _number_said(bound: float | None) -> str:
    if bound is None:
        return ""
    written = repr(float(bound)).removesuffix(".0")
    return f"{written}0" if is_ambiguous(written) else written
