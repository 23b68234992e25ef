"""Lists to choose a fact from: plain ones of the browser, in the groups of facts.

The rule: hundreds of choices belong to the page and not to Gradio, which copies those of its own lists at every event.
"""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import count
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY, GROUPS

_MADE = count()
"""Tells a list from the one before, even where both say the same: a person has chosen in that one since."""

_CHOOSE = """
watch('value', () => { HTMLFormElement.prototype.reset.call(element.querySelector('form')); });
element.addEventListener('change', () => {
  const chosen = [...document.querySelectorAll('form.cs-choose select')].map((one) => [one.name, one.value]);
  element.dispatchEvent(new CustomEvent('cs-told', {bubbles: true, detail: Object.fromEntries(chosen)}));
});
element.addEventListener('submit', (event) => event.preventDefault());
"""


def chooser(value: str = "", **options: Any) -> gr.HTML:
    """Holds the HTML of `choices_html`; tells what is chosen in every list of the page (see `scoring.web.form_values`)."""
    return gr.HTML(value, js_on_load=_CHOOSE, apply_default_css=False, **options)


def choices_html(lists: Mapping[str, tuple[str, Sequence[str], str]], lang: str) -> str:
    """Lists side by side: for each name its label, the facts that can be chosen, and the one that is."""
    fields = "".join(_field(name, *said, lang) for name, said in lists.items())
    return f'<form class="cs-choose" autocomplete="off" data-made="{next(_MADE)}">{fields}</form>'


def _field(name: str, label: str, facts: Sequence[str], chosen: str, lang: str) -> str:
    held: dict[str, list[str]] = {group: [] for group in GROUPS}
    for fact in facts:
        feature = DICTIONARY[fact]
        state = ' selected=""' if fact == chosen else ""
        held[feature.group].append(f'<option value="{escape(fact)}"{state}>{escape(feature.label.say(lang))}</option>')
    groups = "".join(
        f'<optgroup label="{escape(GROUPS[group].say(lang))}">{"".join(options)}</optgroup>'
        for group, options in held.items()
        if options
    )
    return (
        f'<label class="cs-choice"><span>{escape(label)}</span><select name="{escape(name)}" id="choose-{escape(name)}">'
        f"{groups}</select></label>"
    )
