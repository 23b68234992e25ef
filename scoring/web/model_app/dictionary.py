"""The dictionary of features: what each is, where it comes from, its declared direction, who uses it; searchable."""

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from scoring.data.features import DICTIONARY, GROUPS, Feature
from scoring.data.features.declaration import Direction
from scoring.i18n import number, percent
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import body, head, html
from scoring.web.model_app.place import going
from scoring.web.page import QUICK, Built, Place, here, read_place

NAME = "dictionary"
SECTION = "controls"
ALL = ""
DIRECTIONS = {Direction.RAISES: "raises", Direction.LOWERS: "lowers", Direction.FREE: "free"}


def build(context: ModelContext) -> Built:
    """Search, group, and whether the models use it."""
    say = context.say
    html(head(say("dictionary.title"), say("dictionary.lead", features=len(DICTIONARY))))
    with gr.Row(elem_id="dictionary-tools", elem_classes="cs-panel cs-controls"):
        search = gr.Textbox(
            label=say("points.search"), placeholder=say("points.search.hint"), elem_id="dictionary-search", max_lines=1
        )
        group = gr.Dropdown(
            [(say("dictionary.all"), ALL), *((words.say(context.lang), name) for name, words in GROUPS.items())],
            value=ALL,
            label=say("dictionary.group"),
            elem_id="dictionary-group",
            filterable=False,
        )
        used = gr.Checkbox(True, label=say("dictionary.used"), elem_id="dictionary-used")
    part = html(elem_id="dictionary")
    place_at = here()

    def filtered(typed: str | None, chosen: str, only: bool, said: str) -> Any:
        if not said:
            return gr.skip()
        sought = read_place(said).query.get("feature", "")
        return dictionary_html(context, typed or "", chosen, only, sought)

    for changed in (search.change, group.change, used.change):
        changed(filtered, [search, group, used, place_at], part, trigger_mode="always_last", **QUICK)

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        sought = place.query.get("feature", "")
        only = sought not in DICTIONARY or _is_used(context, sought)
        return [place.address, dictionary_html(context, "", ALL, only, sought), "", ALL, only]

    return Built([place_at, part, search, group, used], draw)


def found(context: ModelContext, typed: str, group: str, only: bool) -> list[Feature]:
    """The features whose words hold each of those typed, in the order of the matrix."""
    words = typed.casefold().split()
    return [
        feature
        for feature in DICTIONARY.values()
        if (not group or feature.group == group)
        and (not only or _is_used(context, feature.name))
        and all(word in _searched(feature, context.lang) for word in words)
    ]


def dictionary_html(context: ModelContext, typed: str, group: str, only: bool, sought: str) -> str:
    """The entries found; the one asked for is open."""
    say = context.say
    shown = found(context, typed, group, only)
    told = say("dictionary.found", shown=len(shown), all=len(DICTIONARY))
    if not shown:
        return f'<p class="cs-none" role="status">{escape(say("points.none"))}</p>'
    entries = "".join(_entry(context, feature, feature.name == sought) for feature in shown)
    return body(f'<p class="cs-count" role="status">{escape(told)}</p><div class="cs-entries">{entries}</div>')


def _searched(feature: Feature, lang: str) -> str:
    said = f"{feature.name} {feature.label.say(lang)} {feature.explanation.say(lang)} {feature.table}"
    return said.casefold()


def _is_used(context: ModelContext, name: str) -> bool:
    return any(name in model.features for model in context.reports.models.values())


def _entry(context: ModelContext, feature: Feature, is_open: bool) -> str:
    say, lang = context.say, context.lang
    models = [kind for kind, model in context.reports.models.items() if feature.name in model.features]
    chips = [say(f"short.{kind}") for kind in models]
    chips += [say(f"dictionary.{name}") for name in ("sensitive", "actionable") if getattr(feature, name)]
    tags = "".join(f"<span>{escape(chip)}</span>" for chip in chips)
    return (
        f'<details class="cs-entry" id="feature-{escape(feature.name)}"{" open data-sought" if is_open else ""}>'
        f"<summary><strong>{escape(feature.label.say(lang))}</strong> <code>{escape(feature.name)}</code>"
        f'<span class="cs-chips">{tags}</span><small>{escape(feature.explanation.say(lang))}</small></summary>'
        f"<dl>{_facts(context, feature, models)}</dl>{_levels(feature, lang)}</details>"
    )


def _facts(context: ModelContext, feature: Feature, models: Sequence[str]) -> str:
    say, lang, reports = context.say, context.lang, context.reports
    iv = reports.evaluation.selection.information_values.get(feature.name)
    shares = reports.missing.get(feature.name, {})
    facts = {
        "group": GROUPS[feature.group].say(lang),
        "table": feature.table,
        "unit": say(f"dictionary.unit.{feature.unit}"),
        "direction": say(f"shapes.direction.{DIRECTIONS[feature.direction]}"),
        "iv": "–" if iv is None else number(iv, lang, 3),
        "missing": percent(max(shares.values()), lang, 1) if shares else "–",
        "absence": feature.absence.say(lang) if feature.absence is not None else say("dictionary.unknown"),
    }
    said = "".join(
        f"<div><dt>{escape(say(f'dictionary.{name}'))}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts.items()
    )
    removed = next(
        (step.removed[feature.name] for step in reports.evaluation.selection.steps if feature.name in step.removed),
        None,
    )
    if removed is not None:
        reason = removed if isinstance(removed, str) else removed.say(lang)
        said += f"<div><dt>{escape(say('dictionary.removed'))}</dt><dd>{escape(reason)}</dd></div>"
    if models:
        link = f"<a {going('shapes', None, term=feature.name)}>{escape(say('dictionary.shape'))}</a>"
        said += f"<div><dt>{escape(say('dictionary.see'))}</dt><dd>{link}</dd></div>"
    return said


def _levels(feature: Feature, lang: str) -> str:
    """The words of a category's codes."""
    if not feature.levels:
        return ""
    items = "".join(
        f"<li><code>{escape(code)}</code> {escape(words.say(lang))}</li>" for code, words in feature.levels.items()
    )
    return f'<ul class="cs-list cs-columns-2">{items}</ul>'
