"""A list of facts that somebody makes: each chosen one can be taken away, and all others stand in a list to add one from.

The rule: hundreds of choices belong to the page and not to Gradio, which copies those of its own lists at every event.
The list travels as a part's value, so that whoever is quick with two is not answered for the first alone.
"""

from collections.abc import Sequence
from html import escape
from itertools import count

import gradio as gr

from scoring.data.features import DICTIONARY, GROUPS
from scoring.i18n import text

_MADE = count()
"""Tells a list from the one before, even where both say the same: a person has taken away from that one since."""

_SENT = """
const list = () => document.querySelector('form.cs-fact-list');
const send = (names) => { props.value = names.join(','); trigger('input'); };
const chosen = () => [...list().querySelectorAll('[data-take]')].map((one) => one.dataset.take);
document.addEventListener('click', (event) => {
  const take = event.target.closest && event.target.closest('form.cs-fact-list [data-take]');
  if (!take) return;
  take.closest('li').remove();
  list().querySelector('select').focus();
  send(chosen());
});
document.addEventListener('change', (event) => {
  if (event.target.matches('form.cs-fact-list select') && event.target.value) send([...chosen(), event.target.value]);
});
document.addEventListener('submit', (event) => { if (event.target.matches('form.cs-fact-list')) event.preventDefault(); });
"""
_SHOWN = """
let kept = false;
element.addEventListener('focusin', () => { kept = true; });
element.addEventListener('focusout', (event) => { if (event.relatedTarget) kept = false; });
watch('value', () => { if (kept) element.querySelector('select')?.focus(); });
"""


def sent() -> gr.HTML:
    """Raises `input` with the facts' names, joined by commas, as its value; one a page."""
    return gr.HTML(
        "", html_template="<span hidden></span>", js_on_load=_SENT, apply_default_css=False, elem_classes="cs-carried"
    )


def shown() -> gr.HTML:
    """Holds the HTML of `facts_list_html`."""
    return gr.HTML(js_on_load=_SHOWN, apply_default_css=False, elem_id="compare-facts")


def facts_list_html(chosen: Sequence[str], offered: Sequence[str], lang: str, *, most: int) -> str:
    """The facts chosen, in their order, and the list of those offered beyond them."""
    chips = "".join(_chip(name, lang) for name in chosen)
    full = len(chosen) >= most
    add = text(lang, "page.compare.facts.add")
    first = text(lang, "page.compare.facts.full", most=most) if full else add
    held: dict[str, list[str]] = {group: [] for group in GROUPS}
    for name in offered:
        if name not in chosen:
            feature = DICTIONARY[name]
            held[feature.group].append(f'<option value="{escape(name)}">{escape(feature.label.say(lang))}</option>')
    groups = "".join(
        f'<optgroup label="{escape(GROUPS[group].say(lang))}">{"".join(options)}</optgroup>'
        for group, options in held.items()
        if options
    )
    label = escape(text(lang, "page.compare.facts", most=most))
    return (
        f'<form class="cs-fact-list" autocomplete="off" data-made="{next(_MADE)}"><p id="compare-facts-label">{label}</p>'
        f'<ul aria-labelledby="compare-facts-label">{chips}</ul>'
        f'<select aria-label="{escape(add)}"{" disabled" if full else ""}>'
        f'<option value="">{escape(first)}</option>{groups}</select></form>'
    )


def _chip(name: str, lang: str) -> str:
    label = DICTIONARY[name].label.say(lang)
    take = escape(text(lang, "page.compare.facts.take", label=label))
    return (
        f'<li><span>{escape(label)}</span><button type="button" data-take="{escape(name)}" aria-label="{take}" '
        f'title="{take}"><span aria-hidden="true">×</span></button></li>'
    )
