"""The dictionary of features: what each is, where it comes from, its declared direction, who uses it; searchable."""

from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY, GROUPS, Feature
from scoring.data.features.declaration import Direction
from scoring.i18n import number, percent
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import address, head, html
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

    def filtered(typed: str | None, chosen: str, only: bool, at: str) -> Any:
        if not at:
            return gr.skip()
        sought = read_place(at).query.get("feature", "")
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


def dictionary_html(context: ModelContext, typed: str, group: str, only: bool, sought: str) -> Markup:
    """The entries found; the one that is sought is open."""
    shown = found(context, typed, group, only)
    return context.render(
        "dictionary",
        count=context.say("dictionary.found", shown=len(shown), all=len(DICTIONARY)),
        entries=[_entry(context, feature, feature.name == sought) for feature in shown],
    )


def _searched(feature: Feature, lang: str) -> str:
    return f"{feature.name} {feature.label.say(lang)} {feature.explanation.say(lang)} {feature.table}".casefold()


def _is_used(context: ModelContext, name: str) -> bool:
    return any(name in model.features for model in context.reports.models.values())


def _entry(context: ModelContext, feature: Feature, is_open: bool) -> dict[str, Any]:
    say = context.say
    models = [kind for kind, model in context.reports.models.items() if feature.name in model.features]
    marks = [name for name in ("sensitive", "actionable") if getattr(feature, name)]
    return {
        "feature": feature,
        "is_open": is_open,
        "chips": [*(say(f"short.{kind}") for kind in models), *(say(f"dictionary.{name}") for name in marks)],
        "facts": _facts(context, feature),
        "shape": address("shapes", term=feature.name) if models else "",
    }


def _facts(context: ModelContext, feature: Feature) -> dict[str, str]:
    """What is known of a feature, by the text that names it."""
    say, lang, reports = context.say, context.lang, context.reports
    selection = reports.evaluation.selection
    iv = selection.information_values.get(feature.name)
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
    removed = next((step.removed[feature.name] for step in selection.steps if feature.name in step.removed), None)
    if removed is not None:
        facts["removed"] = removed if isinstance(removed, str) else removed.say(lang)
    return facts
