"""The form that narrows a list of clients, made from the dictionary: ranges for numbers, several choices for categories.

The rule: the form and `scoring.portfolio.filters` say the same, so that an address fills the form and the form makes an address.
What an address says beyond the form's fields is kept while they change.

Plain HTML rather than Gradio's fields: those raise their events as soon as they are on a page, and miss what is pasted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.i18n import NO_BREAK_SPACE, number, read_number, text
from scoring.model.decision import OUTCOMES
from scoring.portfolio.clients import Portfolio
from scoring.portfolio.filter_text import read_filters
from scoring.portfolio.filters import ROLES, Filters, Range, Role
from scoring.web.templates import render, script

DECISION, POINTS, NEW = "decision", "points", "new"
MAIN = (DECISION, "contract_type", "age_years", "income_total", "credit_amount")
MORE = (
    "credit_per_annuity", "annuity", "years_employed", POINTS, "family_status", "housing", "occupation", "education",
    "income_type",
)  # fmt: skip
UNITS = {"years": "page.filters.years"}
NEW_ONLY: tuple[Role, ...] = ("new",)
MOST_OPEN = 3
"""Choices that stand open; more are folded under their label."""
_MADE = count()
"""Tells a form from the one before, even where both say the same: a person has changed that one since."""

_COLLECT = script("filter_form")


def form(value: str = "", **options: Any) -> gr.HTML:
    """The component of the form: tells its fields when something changes (see `scoring.web.links`), `clear` when all is to be cleared."""
    return gr.HTML(value, js_on_load=_COLLECT, apply_default_css=False, **options)


@dataclass(frozen=True)
class Read:
    """What a form says.

    Attributes
    ----------
    turned : names of the ranges that were turned round to be usable
    unread : names of the ranges where something else than a number was typed; they filter nothing
    """

    filters: Filters
    turned: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    def message(self, lang: str) -> str:
        """What an officer should know of it; nothing where all is as it was typed."""
        turned = (_turned(name, _range_of(self.filters, name), lang) for name in self.turned)
        unread = (text(lang, "page.filters.no_number", label=_label(name, lang)) for name in self.unread)
        return " ".join((*turned, *unread))


def read_form(fields: Mapping[str, Any], before: Filters, lang: str) -> Read:
    """What a form's fields say, put over what was asked before.

    Raises
    ------
    InputError
        When the fields are none of the form's: a page never sends such.
    """
    ranges: dict[str, Range] = {}
    codes: dict[str, tuple[str | None, ...]] = {}
    turned, unread = [], []
    for name, given in fields.items():
        if name in (NEW, DECISION) or name not in (*MAIN, *MORE):
            continue
        if _is_choice(name):
            codes[name] = read_filters({name: "|".join(given)}).codes[name] if given else ()
            continue
        try:
            low, high = (read_number(str(end), lang) if str(end).strip() else None for end in given)
        except ValueError:
            unread.append(name)
            low = high = None
        if low is not None and high is not None and low > high:
            low, high = high, low
            turned.append(name)
        ranges[name] = Range(low, high)
    decisions = fields.get(DECISION)
    filters = replace(
        before,
        roles=before.roles if NEW not in fields else NEW_ONLY if fields[NEW] else ROLES,
        decisions=before.decisions if decisions is None else _decisions(decisions),
        points=ranges.pop(POINTS, before.points),
        numbers=_changed(before.numbers, ranges),
        codes=_changed(before.codes, codes),
    )
    return Read(filters, tuple(turned), tuple(unread))


def form_html(portfolio: Portfolio, filters: Filters, lang: str) -> Markup:
    """The form, filled with filters; fields for what the portfolio lacks are left out."""
    return render(
        "clients",
        "filters",
        lang=lang,
        made=next(_MADE),
        new={"words": text(lang, "page.clients.new"), "checked": filters.roles == NEW_ONLY},
        main=list(_fields(MAIN, portfolio, filters, lang)),
        more=list(_fields(MORE, portfolio, filters, lang)),
        narrowed=any(_narrows(name, filters) for name in MORE),
    )


def wide_form_html(portfolio: Portfolio, filters: Filters, lang: str, *, prefix: str) -> Markup:
    """The form as a fold over the page's whole width, of all clients; `prefix` begins the names of its fields."""
    names = (*MAIN, *MORE)
    return render(
        "clients",
        "wide_filters",
        lang=lang,
        made=next(_MADE),
        fields=list(_fields(names, portfolio, filters, lang)),
        narrowed=any(_narrows(name, filters) for name in names),
        prefix=prefix,
    )


def _fields(names: Sequence[str], portfolio: Portfolio, filters: Filters, lang: str) -> Iterator[dict[str, Any]]:
    for name in names:
        if name == DECISION:
            levels: dict[str, str] = {one: text(lang, f"decision.officer.{one}") for one in OUTCOMES}
            yield _choices(name, text(lang, "page.clients.decision"), levels, filters.decisions)
        elif name == POINTS:
            yield _range(name, text(lang, "chart.points"), filters.points, lang)
        elif name not in portfolio.features:
            continue
        elif _is_choice(name):
            levels = {code: words.say(lang) for code, words in DICTIONARY[name].levels.items()}
            yield _choices(name, _label(name, lang), levels, filters.codes.get(name, ()))
        else:
            unit = UNITS.get(DICTIONARY[name].unit)
            label = _label(name, lang) + (f"{NO_BREAK_SPACE}({text(lang, unit)})" if unit else "")
            yield _range(name, label, _range_of(filters, name), lang)


def _range(name: str, label: str, within: Range, lang: str) -> dict[str, Any]:
    ends = [("low", _bound_text(within.low, lang)), ("high", _bound_text(within.high, lang))]
    return {"name": name, "label": label, "ends": ends}


def _choices(name: str, label: str, levels: Mapping[Any, str], chosen: Sequence[str | None]) -> dict[str, Any]:
    boxes = [(code, words, code in chosen) for code, words in levels.items()]
    count = sum(checked for _, _, checked in boxes)
    return {"name": name, "label": label, "ends": (), "boxes": boxes, "chosen": count, "folded": len(boxes) > MOST_OPEN}


def _is_choice(name: str) -> bool:
    return name in DICTIONARY and DICTIONARY[name].unit == "category"


def _narrows(name: str, filters: Filters) -> bool:
    if name == DECISION:
        return bool(filters.decisions)
    return bool(filters.codes.get(name)) if _is_choice(name) else bool(_range_of(filters, name))


def _decisions(given: Sequence[str]) -> tuple[Any, ...]:
    return read_filters({DECISION: "|".join(given)}).decisions if given else ()


def _turned(name: str, within: Range, lang: str) -> str:
    low, high = (_bound_text(bound, lang) for bound in (within.low, within.high))
    return text(lang, "page.filters.turned", label=_label(name, lang), low=low, high=high)


def _label(name: str, lang: str) -> str:
    return text(lang, "chart.points") if name == POINTS else DICTIONARY[name].label.say(lang)


def _bound_text(bound: float | None, lang: str) -> str:
    return "" if bound is None else number(bound, lang, 0 if float(bound).is_integer() else 2)


def _range_of(filters: Filters, name: str) -> Range:
    return filters.points if name == POINTS else filters.numbers.get(name, Range())


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**before, **now}
    return {name: value for name, value in merged.items() if value}
