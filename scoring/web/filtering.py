"""Fields that narrow a list of clients, made from the dictionary: ranges for numbers, several choices for categories.

The rule: the fields and `scoring.filters` say the same, so that an address fills the fields and the fields make an
address. What an address says beyond the fields is kept while the fields change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import gradio as gr

from scoring.decision import OUTCOMES
from scoring.features import DICTIONARY
from scoring.filters import ROLES, Filters, Range, Role
from scoring.language import NO_BREAK_SPACE, number, text
from scoring.portfolio import Portfolio

DECISION, POINTS = "decision", "points"
MAIN = (DECISION, "contract_type", "age_years", "income_total", "credit_amount")
MORE = (
    "credit_per_annuity", "annuity", "years_employed", POINTS, "family_status", "housing", "occupation", "education",
    "income_type",
)  # fmt: skip
UNITS = {"years": "page.filters.years"}
NEW_ONLY: tuple[Role, ...] = ("new",)


@dataclass(frozen=True)
class Read:
    """What the fields say, and the names of the ranges that were turned round to be usable."""

    filters: Filters
    turned: tuple[str, ...] = ()


class FilterFields:
    """The fields, built where they stand on the page.

    Parameters
    ----------
    portfolio : whose codes are offered; fields for what it lacks are left out
    """

    def __init__(self, portfolio: Portfolio, lang: str) -> None:
        self.lang = lang
        self._portfolio = portfolio
        self._names: list[tuple[str, str]] = []
        self.inputs: list[Any] = []

    def build(self, names: Sequence[str]) -> None:
        """Make the fields of some names, one below the other."""
        for name in names:
            if name == DECISION:
                self._choices(name, text(self.lang, "page.clients.decision"), _outcomes(self.lang))
            elif name == POINTS:
                self._range(name, text(self.lang, "chart.points"), "")
            elif name in self._portfolio.features and DICTIONARY[name].unit == "category":
                feature = DICTIONARY[name]
                levels = [(words.say(self.lang), code) for code, words in feature.levels.items()]
                self._choices(name, feature.label.say(self.lang), levels)
            elif name in self._portfolio.features:
                feature = DICTIONARY[name]
                self._range(name, feature.label.say(self.lang), UNITS.get(feature.unit, ""))

    def build_new_only(self) -> None:
        """Make the box that leaves out the clients whose outcome is known."""
        label = text(self.lang, "page.clients.new")
        self._add("new", "", gr.Checkbox(True, label=label, elem_id="filter-new", elem_classes="cs-field"))

    def read(self, values: Sequence[Any], before: Filters) -> Read:
        """What the fields say, put over what was asked before; a range whose ends are swapped is turned round."""
        said: dict[str, dict[str, Any]] = {}
        for (name, part), value in zip(self._names, values, strict=True):
            said.setdefault(name, {})[part] = value
        ranges, turned = {}, []
        for name, parts in said.items():
            if "low" in parts:
                low, high = _finite(parts["low"]), _finite(parts["high"])
                if low is not None and high is not None and low > high:
                    low, high = high, low
                    turned.append(name)
                ranges[name] = Range(low, high)
        codes = {
            name: tuple(parts["codes"] or ()) for name, parts in said.items() if "codes" in parts and name != DECISION
        }
        filters = replace(
            before,
            roles=_roles(said["new"][""]) if "new" in said else before.roles,
            decisions=tuple(said.get(DECISION, {}).get("codes") or ()),
            points=ranges.pop(POINTS, before.points),
            numbers=_changed(before.numbers, ranges),
            codes=_changed(before.codes, codes),
        )
        return Read(filters, tuple(turned))

    def updates(self, filters: Filters) -> list[Any]:
        """The values of the fields that say these filters, in the order of `inputs`."""
        return [gr.update(value=self._value(name, part, filters)) for name, part in self._names]

    def _value(self, name: str, part: str, filters: Filters) -> Any:
        if name == "new":
            return filters.roles == NEW_ONLY
        if part == "codes":
            return list(filters.decisions if name == DECISION else filters.codes.get(name, ()))
        within = filters.points if name == POINTS else filters.numbers.get(name, Range())
        return within.low if part == "low" else within.high

    def _add(self, name: str, part: str, field: Any) -> None:
        self._names.append((name, part))
        self.inputs.append(field)

    def _choices(self, name: str, label: str, levels: list[tuple[str, str]]) -> None:
        field = gr.Dropdown(
            levels, value=[], multiselect=True, label=label, elem_id=f"filter-{name}", elem_classes="cs-field"
        )
        self._add(name, "codes", field)

    def _range(self, name: str, label: str, unit: str) -> None:
        label += f"{NO_BREAK_SPACE}({text(self.lang, unit)})" if unit else ""
        # The label stands once above both ends; each end's own is for whoever hears the page.
        gr.HTML(f'<p class="cs-range-label" aria-hidden="true">{escape(label)}</p>', apply_default_css=False)
        with gr.Row(elem_classes="cs-range"):
            for part in ("low", "high"):
                field = gr.Number(
                    label=text(self.lang, f"page.filters.{part}", label=label),
                    placeholder=text(self.lang, f"page.filters.{part}.hint"),
                    value=None,
                    elem_id=f"filter-{name}-{part}",
                    elem_classes="cs-field",
                    min_width=80,
                )
                self._add(name, part, field)


def turned_said(names: Sequence[str], filters: Filters, lang: str) -> str:
    """That ranges were turned round, and how they are read; nothing where none was."""
    return " ".join(_turned(name, filters.points if name == POINTS else filters.numbers[name], lang) for name in names)


def _turned(name: str, within: Range, lang: str) -> str:
    label = text(lang, "chart.points") if name == POINTS else DICTIONARY[name].label.say(lang)
    low, high = (number(bound or 0.0, lang) for bound in (within.low, within.high))
    return text(lang, "page.filters.turned", label=label, low=low, high=high)


def _outcomes(lang: str) -> list[tuple[str, str]]:
    return [(text(lang, f"decision.officer.{one}"), one) for one in OUTCOMES]


def _roles(new_only: object) -> tuple[Role, ...]:
    return NEW_ONLY if new_only else ROLES


def _finite(value: Any) -> float | None:
    if isinstance(value, int | float) and abs(value) < 1e15:
        return float(value)
    return None


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**before, **now}
    return {name: value for name, value in merged.items() if value}
