"""Forms of facts: lists to choose one from, and a list that somebody makes, taking facts away and adding others.

The rule: hundreds of choices belong to the page and not to Gradio, which copies those of its own lists at every event.
"""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY, GROUPS
from scoring.web.links import carrier
from scoring.web.templates import render, script

_MADE = count()
"""Tells a form from the one before, even where both say the same: a person has changed that one since."""


def chooser(value: str = "", **options: Any) -> gr.HTML:
    """Holds the HTML of `choices_html`; tells what is chosen in every list of the page (see `scoring.web.links`)."""
    return gr.HTML(value, js_on_load=script("fact_choice"), apply_default_css=False, **options)


def choices_html(lists: Mapping[str, tuple[str, Sequence[str], str]], lang: str) -> Markup:
    """Lists side by side: for each name its label, the facts that can be chosen, and the one that is."""
    shown = [
        {"name": name, "label": label, "groups": _grouped(facts, lang), "chosen": chosen}
        for name, (label, facts, chosen) in lists.items()
    ]
    return render("compare", "fact_choices", made=next(_MADE), lists=shown)


def fact_list_sender() -> gr.HTML:
    """Raises `input` with the facts' names, joined by commas, as its value; one a page."""
    return carrier(script("fact_list"), elem_classes="cs-carried")


def fact_list() -> gr.HTML:
    """Holds the HTML of `fact_list_html`."""
    return gr.HTML(js_on_load=script("fact_list_focus"), apply_default_css=False, elem_id="compare-facts")


def fact_list_html(chosen: Sequence[str], offered: Sequence[str], lang: str, *, most: int) -> Markup:
    """The facts chosen, in their order, and the list of those offered beyond them."""
    return render(
        "compare",
        "fact_list",
        lang=lang,
        made=next(_MADE),
        chosen=[(name, DICTIONARY[name].label.say(lang)) for name in chosen],
        groups=_grouped([name for name in offered if name not in chosen], lang),
        most=most,
    )


def _grouped(facts: Sequence[str], lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Names and labels of facts, by the label of the group that holds them."""
    held: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    for name in facts:
        held[DICTIONARY[name].group].append((name, DICTIONARY[name].label.say(lang)))
    return [(GROUPS[group].say(lang), named) for group, named in held.items()]
