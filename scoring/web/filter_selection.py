"""A selection of clients: filters that were chosen on a page, in an address, and in words.

The rule: a selection is filters and nothing else, so that an address holds it; no selection is made by a client's number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from scoring.data.features import DICTIONARY, say
from scoring.i18n import number, text
from scoring.portfolio.filter_text import NUMBER, read_filters, write_filters
from scoring.portfolio.filters import ROLES, Filters, Range

SELECTION = "selection"
"""The group of the compare page that a selection makes."""
_One = TypeVar("_One")


@dataclass(frozen=True)
class Selection:
    """Filters, and what follows from them."""

    filters: Filters

    @property
    def sensitive(self) -> bool:
        """Whether they choose people by what no outcome is shown along."""
        return any(DICTIONARY[name].sensitive for name in self.filters.features)

    @property
    def words(self) -> dict[str, str]:
        """As an address holds it."""
        return write_filters(self.filters)


def read_selection(words: Mapping[str, str]) -> Selection:
    """The selection that an address holds.

    Raises
    ------
    InputError
        When a word of it is no filter.
    """
    filters = read_filters({name: value for name, value in words.items() if name != NUMBER})
    if set(filters.roles) == set(ROLES):
        filters = replace(filters, roles=())
    return Selection(filters)


def narrowed(filters: Filters, by: Filters) -> Filters:
    """The filters of those whom both leave; meant for filters that leave somebody together."""
    return replace(
        filters,
        roles=_among(filters.roles, by.roles),
        decisions=_among(filters.decisions, by.decisions),
        levels=_among(filters.levels, by.levels),
        points=_within(filters.points, by.points),
        numbers={
            name: _within(filters.numbers.get(name, Range()), by.numbers.get(name, Range()))
            for name in dict.fromkeys([*filters.numbers, *by.numbers])
        },
        codes={
            name: _among(filters.codes.get(name, ()), by.codes.get(name, ()))
            for name in dict.fromkeys([*filters.codes, *by.codes])
        },
    )


def _among(one: tuple[_One, ...], other: tuple[_One, ...]) -> tuple[_One, ...]:
    if not (one and other):
        return one or other
    return tuple(each for each in one if each in other) or other


def _within(one: Range, other: Range) -> Range:
    lows = [bound for bound in (one.low, other.low) if bound is not None]
    highs = [bound for bound in (one.high, other.high) if bound is not None]
    return Range(max(lows, default=None), min(highs, default=None))


def selection_words(selection: Selection, lang: str) -> list[str]:
    """The filters in words, each by itself."""
    filters = selection.filters
    criteria = []
    for key, chosen in (("role", filters.roles), ("decision", filters.decisions)):
        prefix = "selection.role" if key == "role" else "decision.officer"
        if chosen:
            names = ", ".join(text(lang, f"{prefix}.{one}") for one in chosen)
            criteria.append(text(lang, "peers.criterion.same", label=text(lang, f"selection.{key}"), value=names))
    if filters.levels:
        names = ", ".join(map(str, filters.levels))
        criteria.append(text(lang, "peers.criterion.same", label=text(lang, "selection.level"), value=names))
    if filters.points:
        low, high = (None if one is None else number(one, lang) for one in (filters.points.low, filters.points.high))
        criteria.append(_range_words(text(lang, "chart.points"), low, high, lang))
    for name, within in filters.numbers.items():
        feature = DICTIONARY[name]
        low, high = (None if one is None else say(feature, one, lang) for one in (within.low, within.high))
        criteria.append(_range_words(feature.label.say(lang), low, high, lang))
    for name, codes in filters.codes.items():
        feature = DICTIONARY[name]
        names = ", ".join(say(feature, code, lang) for code in codes)
        criteria.append(text(lang, "peers.criterion.same", label=feature.label.say(lang), value=names))
    return criteria


def _range_words(label: str, low: str | None, high: str | None, lang: str) -> str:
    if low is not None and high is not None:
        if low == high:
            return text(lang, "peers.criterion.same", label=label, value=low)
        return text(lang, "peers.criterion.between", label=label, low=low, high=high)
    if low is not None:
        return text(lang, "selection.from", label=label, low=low)
    return text(lang, "selection.upto", label=label, high=high or "")
