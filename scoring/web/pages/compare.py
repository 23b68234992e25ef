"""The compare page: a group in words that can be changed, then each chosen fact with the client's place in the group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.i18n import number, text
from scoring.portfolio.peers import CRITERIA, KINDS, USUAL, Group, Paid, Peers, group_words, out_of_100, paid_words
from scoring.service import Service
from scoring.web.charts import Figure, charts, figure_html
from scoring.web.decision_summary import Count, dots_svg
from scoring.web.fact_forms import fact_list, fact_list_html, fact_list_sender
from scoring.web.filter_selection import SELECTION, read_selection, selection_words
from scoring.web.page import QUICK, Built, Context, Place, here, notice, read_place
from scoring.web.percentile_figures import along_figure, standing_figure
from scoring.web.templates import render

NAME = "compare"
WANTS_CLIENT = True
IN_BAR = True
FACTS = ("income_total", "credit_amount", "annuity_per_income", "years_employed", "age_years", "occupation")
"""Compared where nobody has chosen."""
MOST_FACTS = 9


@dataclass(frozen=True)
class Wanted:
    """What is compared: the client, with whom, by which facts.

    Attributes
    ----------
    selection : the words of the filters that made a selection on the Explore page; empty where there is none
    """

    client: int
    kind: str
    criteria: tuple[str, ...] = USUAL
    facts: tuple[str, ...] = FACTS
    selection: Mapping[str, str] | None = None

    @property
    def place(self) -> Place:
        """Where this is found again; what is usual is left out of the address."""
        query: dict[str, str] = {}
        if self.kind != KINDS[1]:
            query["group"] = self.kind
        if self.criteria != USUAL:
            query["criteria"] = ",".join(self.criteria)
        if self.facts != FACTS:
            query["facts"] = ",".join(self.facts)
        return Place(NAME, self.client, {**query, **(self.selection or {})})


def read_wanted(place: Place) -> Wanted:
    """What an address asks for; what it can't mean is left out."""
    query = dict(place.query)
    kind = query.pop("group", "")
    criteria, facts = query.pop("criteria", None), query.pop("facts", None)
    kinds = (*KINDS, SELECTION) if query else KINDS
    return Wanted(
        client=place.client or 0,
        kind=kind if kind in kinds else KINDS[1],
        criteria=USUAL if criteria is None else tuple(one for one in criteria.split(",") if one in CRITERIA),
        facts=FACTS if facts is None else _facts(facts),
        selection=query or None,
    )


def _facts(names: str) -> tuple[str, ...]:
    """The facts named, each once."""
    return tuple(dict.fromkeys(one for one in names.split(",") if one in DICTIONARY))[:MOST_FACTS]


def build(context: Context) -> Built:
    """The group's controls, the sentences about it, and the facts."""
    service, lang, say = context.service, context.lang, context.say
    at = here()
    title = gr.HTML(apply_default_css=False)
    with gr.Column(elem_id="compare-group", elem_classes="cs-panel"):
        kind = gr.Radio(
            _kinds(lang, selection=True),
            label=say("page.compare.with"),
            elem_id="compare-kind",
            elem_classes="cs-field cs-chips",
        )
        group_part = gr.HTML(elem_id="compare-told", apply_default_css=False)
        # All that can ever be offered: what a page sends back is held against these after a restart of the service.
        criteria = gr.CheckboxGroup(
            [(DICTIONARY[name].label.say(lang), name) for name in CRITERIA],
            label=say("page.compare.criteria"),
            elem_id="compare-criteria",
            elem_classes="cs-field cs-chips",
        )
    listed, facts = fact_list(), fact_list_sender()
    shown = charts(elem_id="compare-shown")

    def drawn(wanted: Wanted, request: gr.Request) -> list[Any]:
        group, problem = group_of(service, wanted, lang)
        sentences = group_html(service.peers, group, wanted, problem, lang)
        facts = facts_html(service.peers, group, wanted, lang)
        context.consult(wanted.client, request, NAME)
        return [wanted.place.address, sentences, facts]

    def with_others(address: str, kind: str, criteria: Sequence[str], request: gr.Request) -> list[Any]:
        chosen = tuple(name for name in CRITERIA if name in criteria)
        now = replace(read_wanted(read_place(address)), kind=kind, criteria=chosen)
        return [*drawn(now, request), gr.update(visible=kind == KINDS[1]), now.place.address]

    def by_others(address: str, names: str, request: gr.Request) -> list[Any]:
        now = replace(read_wanted(read_place(address)), facts=_facts(names))
        return [*drawn(now, request), listing(now), now.place.address]

    def listing(wanted: Wanted) -> str:
        return fact_list_html(wanted.facts, offered_facts(service), lang, most=MOST_FACTS)

    changes: dict[str, Any] = {"trigger_mode": "always_last", **QUICK}
    for changed in (kind, criteria):
        changed.input(with_others, [at, kind, criteria], [at, group_part, shown, criteria, context.address], **changes)
    facts.input(by_others, [at, facts], [at, group_part, shown, listed, context.address], **changes)

    def draw(place: Place, request: gr.Request) -> list[Any]:
        wanted = read_wanted(place)
        offered = [
            (DICTIONARY[one.feature].label.say(lang), one.feature) for one in service.peers.offered(wanted.client)
        ]
        names = {name for _, name in offered}
        return [
            *drawn(wanted, request),
            render("parts", "heading", title=say("page.compare.title", client=wanted.client)),
            gr.update(choices=_kinds(lang, selection=wanted.selection is not None), value=wanted.kind),
            gr.update(
                choices=offered,
                value=[name for name in wanted.criteria if name in names],
                visible=wanted.kind == KINDS[1],
            ),
            listing(wanted),
        ]

    return Built([at, group_part, shown, title, kind, criteria, listed], draw)


def _kinds(lang: str, *, selection: bool) -> list[tuple[str, str]]:
    kinds = (KINDS[1], KINDS[2], KINDS[0], *((SELECTION,) if selection else ()))
    return [(text(lang, f"page.compare.group.{one}"), one) for one in kinds]


def offered_facts(service: Service) -> tuple[str, ...]:
    """Every fact that describes clients."""
    return tuple(service.peers.columns.features)


def group_of(service: Service, wanted: Wanted, lang: str) -> tuple[Group, str]:
    """The group that is compared with, and what was wrong with the selection, if anything."""
    peers = service.peers
    if wanted.kind == "similar":
        return peers.similar(wanted.client, wanted.criteria), ""
    if wanted.kind == "nearest":
        return peers.nearest(wanted.client), ""
    if wanted.kind == SELECTION and wanted.selection:
        try:
            selected = read_selection(wanted.selection)
            members = service.portfolio.matching(selected.filters).to_numpy().copy()
        except InputError:
            return peers.everyone(wanted.client), text(lang, "page.compare.unreadable")
        return peers.selected(members, sensitive=selected.sensitive, client_id=wanted.client), ""
    return peers.everyone(wanted.client), ""


def group_html(peers: Peers, group: Group, wanted: Wanted, problem: str, lang: str) -> Markup:
    """Who is in the group and how many of them paid; where that can't be said, what would widen the group."""
    if problem:
        return notice(problem)
    if not group.size:
        return notice(text(lang, "page.compare.empty"), role="status")
    paid = peers.paid(group)
    criteria = [one.words(lang) for one in group.chosen]
    if wanted.kind == SELECTION and wanted.selection:
        criteria = selection_words(read_selection(wanted.selection), lang)
    return render(
        "compare",
        "group",
        lang=lang,
        size=group.size,
        dots=dots_svg(Count(100, 100 - out_of_100(paid.share), 0)) if isinstance(paid, Paid) else "",
        sentence=group_words(group, lang),
        paid=paid_words(paid, lang),
        criteria=criteria,
        wider=_wider(peers, group, lang) if paid == "few" else [],
    )


def _wider(peers: Peers, group: Group, lang: str) -> list[str]:
    """What could be left out of the criteria to have more members."""
    sizes = sorted(peers.widened(group).items(), key=lambda one: -one[1])
    return [
        text(lang, "page.compare.widen.one", label=DICTIONARY[name].label.say(lang), size=number(size, lang))
        for name, size in sizes[:3]
        if size > group.size
    ]


def facts_html(peers: Peers, group: Group, wanted: Wanted, lang: str) -> Markup:
    """A panel for each fact: where the client stands, and, a click away, difficulties along it."""
    held = set(peers.columns.features)
    names = [name for name in wanted.facts if name in held]
    if not names:
        return render("parts", "nothing", sentence=text(lang, "page.compare.none"))
    if not group.size:
        return Markup()
    panels = [_panel(peers, group, name, wanted.client, lang) for name in names]
    return render("compare", "facts", lang=lang, panels=panels)


def _panel(peers: Peers, group: Group, feature: str, client_id: int, lang: str) -> dict[str, str]:
    along = along_figure(peers, group, feature, peers.columns.value(peers.columns.place_of(client_id), feature), lang)
    return {
        "name": feature,
        "label": DICTIONARY[feature].label.say(lang),
        "standing": figure_html(standing_figure(peers, group, feature, client_id, lang), lang, level=2),
        "reason": "" if isinstance(along, Figure) else along,
        "along": figure_html(along, lang) if isinstance(along, Figure) else "",
    }
