"""The form that narrows a list of clients, made from the dictionary: ranges for numbers, several choices for categories.

The rule: the form and `scoring.portfolio.filters` say the same, so that an address fills the form and the form makes an address.
What an address says beyond the form's fields is kept while they change.

Plain HTML rather than Gradio's fields: those raise their events as soon as they are on a page, and miss what is pasted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import count
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY
from scoring.i18n import NO_BREAK_SPACE, number, read_number, text
from scoring.model.decision import OUTCOMES
from scoring.portfolio.clients import Portfolio
from scoring.portfolio.filter_text import read_filters
from scoring.portfolio.filters import ROLES, Filters, Range, Role

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

_COLLECT = """
let pending = 0;
const count = (fold) => { fold.querySelector('b').textContent = fold.querySelectorAll(':checked').length || ''; };
// A form that is made again says what it says: what was ticked and typed since goes.
watch('value', () => {
  HTMLFormElement.prototype.reset.call(element.querySelector('form'));  // its button is called the same
  element.querySelectorAll('details[data-choices]').forEach(count);
});
const send = () => {
  const fields = {};
  for (const field of element.querySelectorAll('[data-field]')) {
    const name = field.dataset.field;
    if (field.type === 'checkbox') { (fields[name] ||= []); if (field.checked) fields[name].push(field.value); }
    else { (fields[name] ||= ['', ''])[Number(field.dataset.end)] = field.value; }
  }
  element.dispatchEvent(new CustomEvent('cs-told', {bubbles: true, detail: fields}));
};
element.addEventListener('input', (event) => {
  clearTimeout(pending);
  const fold = event.target.closest('details[data-choices]');
  if (fold) count(fold);
  pending = setTimeout(send, event.target.type === 'checkbox' ? 0 : 250);
});
element.addEventListener('submit', (event) => { event.preventDefault(); clearTimeout(pending); send(); });
element.addEventListener('click', (event) => { if (event.target.closest('[data-reset]')) trigger('clear', {}); });
"""


def form(value: str = "", **options: Any) -> gr.HTML:
    """The component of the form: tells its fields when something changes (see `scoring.web.form_values`), `clear` when all is to be cleared."""
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

    def said(self, lang: str) -> str:
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


def form_html(portfolio: Portfolio, filters: Filters, lang: str) -> str:
    """The form, filled with filters. Fields for what the portfolio lacks are left out; on a phone all of it is folded."""
    title = escape(text(lang, "page.filters.title"))
    new = _box(NEW, NEW, text(lang, "page.clients.new"), checked=filters.roles == NEW_ONLY)
    more = list(_fields(MORE, portfolio, filters, lang))
    narrowed = ' open=""' if any(_says(name, filters) for name in MORE) else ""
    return (
        f'<form class="cs-filters" autocomplete="off" data-made="{next(_MADE)}"><h2 class="cs-filters-head">{title}</h2>'
        f'<label class="cs-filters-fold"><input type="checkbox" id="show-filters">{title}</label>'
        f'<div class="cs-filters-body">{new}{"".join(_fields(MAIN, portfolio, filters, lang))}'
        f'<details class="cs-more-filters"{narrowed}><summary>{escape(text(lang, "page.filters.more"))}</summary>'
        f"{''.join(more)}</details>"
        f'<button type="button" class="cs-button" id="reset" data-reset>{escape(text(lang, "page.filters.reset"))}</button>'
        "</div></form>"
    )


def wide_form_html(portfolio: Portfolio, filters: Filters, lang: str, *, prefix: str) -> str:
    """The form as a fold over the page's whole width, of all clients; `prefix` begins the names of its fields."""
    title, reset = (escape(text(lang, f"page.filters.{one}")) for one in ("title", "reset"))
    opened = ' open=""' if any(_says(name, filters) for name in (*MAIN, *MORE)) else ""
    fields = "".join(_fields((*MAIN, *MORE), portfolio, filters, lang, prefix))
    return (
        f'<form class="cs-filters cs-filters-wide" autocomplete="off" data-made="{next(_MADE)}"><details{opened}><summary>{title}</summary>'
        f'<div class="cs-filters-body">{fields}</div>'
        f'<button type="button" class="cs-button" data-reset>{reset}</button></details></form>'
    )


def _fields(
    names: Sequence[str], portfolio: Portfolio, filters: Filters, lang: str, prefix: str = "filter"
) -> Iterator[str]:
    for name in names:
        if name == DECISION:
            levels = [(str(one), text(lang, f"decision.officer.{one}")) for one in OUTCOMES]
            yield _choices(name, text(lang, "page.clients.decision"), levels, filters.decisions)
        elif name == POINTS:
            yield _range(name, text(lang, "chart.points"), filters.points, lang, prefix)
        elif name not in portfolio.features:
            continue
        elif _is_choice(name):
            feature = DICTIONARY[name]
            levels = [(code, words.say(lang)) for code, words in feature.levels.items()]
            yield _choices(name, feature.label.say(lang), levels, filters.codes.get(name, ()))
        else:
            unit = UNITS.get(DICTIONARY[name].unit)
            label = _label(name, lang) + (f"{NO_BREAK_SPACE}({text(lang, unit)})" if unit else "")
            yield _range(name, label, _range_of(filters, name), lang, prefix)


def _range(name: str, label: str, within: Range, lang: str, prefix: str) -> str:
    ends = "".join(
        f'<input type="text" inputmode="decimal" data-field="{name}" data-end="{end}" id="{prefix}-{name}-{part}" '
        f'aria-label="{escape(text(lang, f"page.filters.{part}", label=label))}" value="{escape(_said(bound, lang))}" '
        f'placeholder="{escape(text(lang, f"page.filters.{part}.hint"))}">'
        for end, (part, bound) in enumerate((("low", within.low), ("high", within.high)))
    )
    return f'<fieldset class="cs-range"><legend>{escape(label)}</legend><div>{ends}</div></fieldset>'


def _choices(name: str, label: str, levels: Sequence[tuple[str, str]], chosen: Sequence[str | None]) -> str:
    boxes = "".join(_box(name, code, words, checked=code in chosen) for code, words in levels)
    if len(levels) <= MOST_OPEN:
        return f'<fieldset class="cs-options"><legend>{escape(label)}</legend>{boxes}</fieldset>'
    some = str(len(chosen)) if chosen else ""
    return (
        f'<details class="cs-options" data-choices><summary>{escape(label)}<b>{some}</b></summary>'
        f'<div role="group" aria-label="{escape(label)}">{boxes}</div></details>'
    )


def _box(name: str, code: str, words: str, *, checked: bool) -> str:
    state = ' checked=""' if checked else ""
    return (
        f'<label class="cs-box"><input type="checkbox" data-field="{name}" value="{escape(code)}"{state}>'
        f"<span>{escape(words)}</span></label>"
    )


def _is_choice(name: str) -> bool:
    return name in DICTIONARY and DICTIONARY[name].unit == "category"


def _says(name: str, filters: Filters) -> bool:
    if name == DECISION:
        return bool(filters.decisions)
    return bool(filters.codes.get(name)) if _is_choice(name) else bool(_range_of(filters, name))


def _decisions(given: Sequence[str]) -> tuple[Any, ...]:
    return read_filters({DECISION: "|".join(given)}).decisions if given else ()


def _turned(name: str, within: Range, lang: str) -> str:
    low, high = (_said(bound, lang) for bound in (within.low, within.high))
    return text(lang, "page.filters.turned", label=_label(name, lang), low=low, high=high)


def _label(name: str, lang: str) -> str:
    return text(lang, "chart.points") if name == POINTS else DICTIONARY[name].label.say(lang)


def _said(bound: float | None, lang: str) -> str:
    return "" if bound is None else number(bound, lang, 0 if float(bound).is_integer() else 2)


def _range_of(filters: Filters, name: str) -> Range:
    return filters.points if name == POINTS else filters.numbers.get(name, Range())


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**before, **now}
    return {name: value for name, value in merged.items() if value}
