"""The explore page: ready questions, filters that all charts share, four linked charts, what to do with who is picked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import gradio as gr
from markupsafe import Markup

from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.i18n import number, text
from scoring.portfolio.columns import Columns
from scoring.portfolio.filter_text import write_filters
from scoring.portfolio.filters import ROLES, Filters, Range
from scoring.portfolio.queries import Measure
from scoring.web.charts import charts, figure_html
from scoring.web.explore.figures import clients_of, figures
from scoring.web.explore.picking import masks_of, picked_by, pictured
from scoring.web.explore.view import CHARTS, SHOWS, Chart, View, facts_for, read_view
from scoring.web.fact_forms import choices_html, chooser
from scoring.web.filter_selection import SELECTION, Selection, narrowed, selection_words
from scoring.web.filtering import form, read_form, wide_form_html
from scoring.web.links import carried
from scoring.web.page import CLIENTS, QUICK, Built, Context, Place, form_of, heading, here, read_place
from scoring.web.templates import render, script

NAME = "explore"
WANTS_CLIENT = False
IN_BAR = True
PANELS: Mapping[Chart, tuple[str, ...]] = {
    "top": ("top",),
    "plane": ("x", "y"),
    "kinds": ("kind",),
    "squares": ("across", "up"),
}
TRANSACTIONS = "card_drawings_sum"


@dataclass(frozen=True)
class Question:
    """A ready question, one click away: its name in the texts, what the page shows for it, and the chart that answers."""

    key: str
    view: View
    answer: str


QUESTIONS: tuple[Question, ...] = (
    Question("transactions", View(top="card_drawings_sum"), "top"),
    Question("payments", View(top="installments_count", kind="income_type"), "top"),
    Question("debt", View(top="bureau_active_debt_sum", x="bureau_active_debt_sum", y="income_total"), "top"),
    Question("asked", View(top="credit_per_income", x="income_total", y="credit_amount"), "plane"),
    Question("age", View(top="income_total", x="age_years", y="income_total", kind="education"), "plane"),
    Question(
        "earners", View(across="income_total", up="credit_amount", show="difficulties", kind="income_total"), "squares"
    ),
    Question("declined", View(kind="occupation", chosen=Selection(Filters(decisions=("decline",)))), "kinds"),
    Question(
        "pensioners",
        View(
            top="credit_amount",
            x="income_total",
            y="credit_amount",
            kind="housing",
            chosen=Selection(
                Filters(
                    decisions=("decline",),
                    numbers={"credit_amount": Range(None, 200_000.0)},
                    codes={"income_type": ("Pensioner",)},
                )
            ),
        ),
        "top",
    ),
)
"""In the order of the buttons; the first is the one that everybody asks."""


def usable(question: Question, columns: Columns) -> bool:
    """Whether the portfolio holds the facts that a question is about."""
    return read_view(question.view.query, columns) == question.view


def questions_html(columns: Columns, view: View, client: int | None, lang: str) -> Markup:
    """The questions as links that look like buttons; the one that is shown is said to be."""
    questions = [
        (one.key, Place(NAME, client, _query(one)), view.unpicked() == one.view)
        for one in QUESTIONS
        if usable(one, columns)
    ]
    return render("explore", "questions", lang=lang, questions=questions)


def _query(question: Question) -> dict[str, str]:
    """The address of a question; the first names its quantity, so that its address says what it asks."""
    query = question.view.query
    return query or {"top": question.view.top}


def group_of(view: View) -> Selection:
    """Those who are shown, as filters that other pages read."""
    return Selection(narrowed(view.chosen.filters, view.picked.filters))


def group_query(view: View) -> str:
    """What the compare page's address says of those who are shown; all of them where nobody is left out."""
    words = group_of(view).words
    return urlencode({"group": SELECTION, **words} if words else {"group": "all"})


def selection_html(view: View, client: int | None, sizes: tuple[int, int], message: str, lang: str) -> Markup:
    """How many are shown, and the ways to their list and to a file."""
    chosen, picked = sizes
    if not picked:
        count = text(lang, "explore.nobody")
    elif view.origin is None:
        count = text(lang, "explore.count", count=number(chosen, lang))
    else:
        count = text(lang, "explore.count.picked", count=number(picked, lang), all=number(chosen, lang))
    group = group_of(view)
    # The list leaves out known outcomes where nothing is said of them.
    everyone = replace(group.filters, roles=group.filters.roles or ROLES)
    facts = ",".join(dict.fromkeys([view.top, view.x, view.y, view.kind, view.across, view.up]))
    return render(
        "explore",
        "shown",
        lang=lang,
        message=message,
        picked=picked,
        count=count,
        list=Place(CLIENTS, client, write_filters(everyone)),
        export=f"../{lang}/clients.csv?{urlencode({**group.words, 'facts': facts})}",
        chosen=[
            ("", selection_words(view.chosen, lang)),
            (text(lang, "explore.picked"), selection_words(view.picked, lang)),
        ],
    )


def build(context: Context) -> Built:
    """Questions, filters beside the charts, and what to do with those who are picked."""
    return _Explore(context).build()


class _Explore:
    """The page's parts, and what they become.

    What is shown is kept as an address, in the page and not on the server, which may be started again under it.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.address, self.service, self.lang, self.say = context.address, context.service, context.lang, context.say

    @property
    def columns(self) -> Columns:
        """The clients' columns, of the artefacts that serve now."""
        return self.service.peers.columns

    def build(self) -> Built:
        say = self.say
        heading(say("explore.title"), say("explore.lead"))
        self.here = here()
        self.questions = gr.HTML(apply_default_css=False)
        with gr.Column(elem_id="explore-group", elem_classes="cs-panel"):
            self._selection()
            self.form, self.filled = form(elem_id="explore-filters"), carried("#explore-filters")
        with gr.Row(elem_id="explore-grid"):
            self._panels()
        self.answer = [self.here, self.questions, self.selection, self.unpick, self.group, *self.parts]
        self._listen()
        return Built([*self.answer, self.client, self.measure, *self.choosers, self.form], self.draw)

    def _selection(self) -> None:
        """How many are shown, and what can be done with them."""
        self.selection = gr.HTML(elem_id="explore-whom", apply_default_css=False)
        with gr.Row(elem_id="explore-do"):
            self.unpick = self._button("unpick", visible=False)
            self.client = gr.Textbox(
                label=self.say("explore.compare.client"),
                elem_id="explore-client",
                elem_classes="cs-field",
                max_lines=1,
                scale=0,
            )
            self.compare = self._button("compare")
            self.group = gr.Textbox(visible="hidden", label="group")

    def _button(self, name: str, *, visible: bool = True) -> gr.Button:
        label, plain = self.say(f"explore.{name}"), "cs-plain"
        return gr.Button(label, elem_id=f"explore-{name}", elem_classes=plain, scale=0, visible=visible)

    def _panels(self) -> None:
        """The four charts: what each shows is chosen above it."""
        self.choosers, self.parts, self.chosen = [], [], carried("#explore-grid")
        for chart in CHARTS:
            with gr.Column(elem_id=f"explore-{chart}", elem_classes="cs-panel", min_width=280):
                self.choosers.append(chooser())
                if chart == "squares":
                    self.measure = gr.Radio(
                        [(self.say(f"explore.show.{one}"), one) for one in SHOWS],
                        value=SHOWS[0],
                        label=self.say("explore.choose.show"),
                        elem_id="explore-choose-show",
                        elem_classes="cs-field cs-chips",
                    )
                self.parts.append(charts(elem_id=f"explore-part-{chart}"))

    def _listen(self) -> None:
        answers = [*self.answer, self.address]
        self.chosen.input(self.choose, [self.here, self.chosen], answers, trigger_mode="always_last", **QUICK)
        self.measure.input(self.show, [self.here, self.measure], answers, trigger_mode="always_last", **QUICK)
        self.filled.input(self.filter, [self.here, self.filled], answers, trigger_mode="always_last", **QUICK)
        self.form.clear(self.clear, self.here, [*answers, self.form], **QUICK)
        for part in self.parts:
            part.select(self.pick, self.here, answers, **QUICK)
        self.unpick.click(self.take_back, self.here, answers, **QUICK)
        go: dict[str, Any] = {"fn": None, "inputs": [self.client, self.group], "js": script("compare_shown")}
        self.compare.click(**go, api_visibility="private")
        self.client.submit(**go, api_visibility="private")

    def choose(self, here: str, chosen: str, request: gr.Request) -> list[Any]:
        """Other quantities in charts; what was picked in such a chart is taken back."""
        before, client = self._read(here)
        facts = facts_for(self.columns)
        others: dict[str, Any] = {
            name: fact
            for name, fact in form_of(chosen).items()
            if fact in facts.get(name, ()) and fact != getattr(before, name)
        }
        if not others:
            return [gr.skip()] * (len(self.answer) + 1)
        view = replace(before, **others)
        if before.origin is not None and not others.keys().isdisjoint(PANELS[before.origin]):
            view = view.unpicked()
        return self._answered(view, client, request)

    def show(self, here: str, measure: Measure, request: gr.Request) -> list[Any]:
        """Another share in the squares."""
        before, client = self._read(here)
        return self._answered(replace(before, show=measure), client, request)

    def filter(self, here: str, fields: str, request: gr.Request) -> list[Any]:
        """Other filters; what was picked among those before is taken back."""
        before, client = self._read(here)
        read = read_form(form_of(fields), before.chosen.filters, self.lang)
        view = replace(before.unpicked(), chosen=Selection(read.filters))
        return self._answered(view, client, request, read.message(self.lang))

    def pick(self, here: str, event: gr.EventData, request: gr.Request) -> list[Any]:
        """Pick those who were clicked or drawn around; a second time takes them back."""
        before, client = self._read(here)
        chart = next((one for one in CHARTS if one == event.figure), None)
        picked = picked_by(self.service, before, chart, event) if chart else None
        view = before.unpicked()
        if picked is not None and picked != before.picked.filters:
            view = replace(view, picked=Selection(picked), origin=chart)
        return self._answered(view, client, request)

    def take_back(self, here: str, request: gr.Request) -> list[Any]:
        """Take back what was picked."""
        before, client = self._read(here)
        return self._answered(before.unpicked(), client, request)

    def clear(self, here: str, request: gr.Request) -> list[Any]:
        """Take back the filters and what was picked."""
        before, client = self._read(here)
        view = replace(before.unpicked(), chosen=Selection(Filters()))
        return [*self._answered(view, client, request), self._filled(view)]

    def draw(self, place: Place, request: gr.Request) -> list[Any]:
        """The page as an address asks for it."""
        message = ""
        try:
            view = read_view(place.query, self.columns)
            masks_of(self.service, view)
        except InputError:
            view, message = read_view({}, self.columns), self.say("explore.unread")
        return [
            *self._shown(view, place.client, request, message),
            str(place.client or ""),
            view.show,
            *self._lists(view),
            self._filled(view),
        ]

    def _filled(self, view: View) -> str:
        return wide_form_html(self.service.portfolio, view.chosen.filters, self.lang, prefix=NAME)

    def _read(self, here: str) -> tuple[View, int | None]:
        place = read_place(here)
        return read_view(place.query, self.columns), place.client

    def _answered(self, view: View, client: int | None, request: gr.Request, message: str = "") -> list[Any]:
        shown = self._shown(view, client, request, message)
        return [*shown, shown[0]]

    def _shown(self, view: View, client: int | None, request: gr.Request, message: str) -> list[Any]:
        masks = masks_of(self.service, view)
        drawn = figures(self.columns, view, client, masks, self.lang)
        named = clients_of(self.columns, view, client, masks)
        if named:
            self.context.consult(named, request, NAME, filters=view.query, facts=(view.top, view.x, view.y))
        html = [figure_html(figure, self.lang, level=2) for figure in drawn]
        html[0] += render("explore", "meaning", sentence=self._meaning(view.top))
        return [
            Place(NAME, client, view.query).address,
            questions_html(self.columns, view, client, self.lang),
            selection_html(view, client, pictured(masks), message, self.lang),
            gr.update(visible=view.origin is not None),
            group_query(view),
            *html,
        ]

    def _meaning(self, feature: str) -> str:
        """What is counted, exactly."""
        if feature == TRANSACTIONS:
            return self.say("explore.transactions")
        return DICTIONARY[feature].explanation.say(self.lang)

    def _lists(self, view: View) -> list[str]:
        """Above each chart, what it can show."""
        facts = facts_for(self.columns)
        return [
            choices_html(
                {
                    name: (self.say(f"explore.choose.{name}"), facts[name], getattr(view, name))
                    for name in PANELS[chart]
                },
                self.lang,
            )
            for chart in CHARTS
        ]
