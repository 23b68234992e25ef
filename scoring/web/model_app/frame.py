"""The frame around the model app's pages: which page is shown, and that the address says so."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.audit.audited_decisions import Recorder
from scoring.errors import ClairscoreError, UnknownClientError
from scoring.i18n import LANGUAGES, text
from scoring.reports.brief import SLUGS
from scoring.reports.folder import ReportsNow
from scoring.server.identity import ANONYMOUS, Identity
from scoring.service import Service
from scoring.web.links import router
from scoring.web.model_app import (
    costs,
    curves,
    data,
    dictionary,
    experiments,
    explanation_fidelity,
    fairness,
    importance,
    journal,
    monitoring,
    points,
    problems,
    results,
    shapes,
    simplicity,
    tour,
    validation,
)
from scoring.web.model_app.context import ModelContext, ModelPage
from scoring.web.model_app.parts import FIRST, address, alert
from scoring.web.navigation_bar import NAMES, logout_html
from scoring.web.page import CLIENTS, DECISION, QUICK, Built, NotANumber, Place, identity_of, read_place
from scoring.web.templates import script

MODEL_PAGES: tuple[ModelPage, ...] = (
    tour,
    results,
    costs,
    curves,
    shapes,
    importance,
    simplicity,
    explanation_fidelity,
    experiments,
    points,
    validation,
    fairness,
    monitoring,
    problems,
    data,
    dictionary,
    journal,
)
"""The pages in the order of the bar and of each section."""


def bar_html(context: ModelContext, pages: Sequence[ModelPage], place: Place, who: Identity = ANONYMOUS) -> Markup:
    """The bar of a place; a section's link opens its first page, and the client stays the same."""
    say, client = context.say, place.client
    section = next(page.SECTION for page in pages if place.page == page.NAME)
    firsts = {page.SECTION: page.NAME for page in reversed(pages)}
    return context.render(
        "bar",
        home=address(FIRST, client),
        sections=[
            _link(firsts[name], name, say(f"nav.{name}"), client, is_here=name == section)
            for name in dict.fromkeys(page.SECTION for page in pages)
        ],
        pages=[
            _link(page.NAME, page.NAME, say(f"page.{page.NAME}"), client, is_here=place.page == page.NAME)
            for page in pages
            if section == page.SECTION
        ],
        clients=f"../?client={client}" if client is not None else "../",
        languages=[
            {"lang": one, "name": NAMES[one], "href": f"../../{one}/{SLUGS[one]}/?{place.address}"} for one in LANGUAGES
        ],
        leave=logout_html(who, context.lang),
        is_synthetic=context.service.synthetic,
    )


def _link(first: str, name: str, label: str, client: int | None, *, is_here: bool) -> dict[str, Any]:
    return {"address": address(first, client), "back": first, "name": name, "label": label, "is_here": is_here}


def title_of(place: Place, lang: str) -> str:
    """The window's title."""
    return f"{text(lang, f'model.page.{place.page}')} · {text(lang, 'model.title')}"


# As in the officers' pages; what is marked as sought is brought into view, and a link may point inside the page.
_FOLLOW_PLACE = script("model_app/follow_place")
_FOLLOW_FILTERS = script("model_app/follow_filters")


def build_model_app(
    service: Service, recorder: Recorder, reports: ReportsNow, lang: str, pages: Sequence[ModelPage]
) -> gr.Blocks:
    """Build the model app in one language."""
    with gr.Blocks(title=text(lang, "model.title"), fill_width=True, analytics_enabled=False) as blocks:
        going = router()
        bar = gr.HTML(elem_id="bar", apply_default_css=False)
        message = gr.HTML(elem_id="message", apply_default_css=False)
        address = gr.Textbox(visible="hidden", elem_id="address", label="address", render=False)
        context = ModelContext(service, recorder, reports, lang, address)
        columns: list[gr.Column] = []
        built: list[Built] = []
        for page in pages:
            with gr.Column(visible=False, elem_id=f"page-{page.NAME}", elem_classes="cs-model-page") as column:
                built.append(page.build(context))
            columns.append(column)
        # What the scripts that keep the address read; last, where empty boxes leave no gap.
        address.render()
        current = gr.Textbox(visible="hidden", elem_id="current", label="place")
        title = gr.Textbox(visible="hidden", elem_id="page-title", label="title")

        frame = _Frame(context, pages, built)
        outputs = [bar, current, title, message, *columns, *(one for page in built for one in page.outputs)]

        def go(where: str, request: gr.Request) -> list[Any]:
            return frame.show(where, request)

        def arrive(request: gr.Request) -> list[Any]:
            return frame.show(str(request.query_params), request)

        follow: dict[str, Any] = {"fn": None, "inputs": [current, title], "js": _FOLLOW_PLACE}
        follow["api_visibility"] = "private"
        blocks.load(arrive, None, outputs, **QUICK).then(**follow)
        going.input(go, going, outputs, trigger_mode="always_last", **QUICK).then(**follow)
        address.change(None, address, js=_FOLLOW_FILTERS, api_visibility="private")
    return blocks


class _Frame:
    """What the frame becomes when somebody goes somewhere."""

    def __init__(self, context: ModelContext, pages: Sequence[ModelPage], built: Sequence[Built]) -> None:
        self.context, self.pages, self.built = context, pages, built

    def show(self, query: str, request: gr.Request) -> list[Any]:
        """Values of bar, place, title and message, whether each page shows, and what is drawn."""
        place, message = self._place(query)
        drawn: list[Any] = []
        for page, built in zip(self.pages, self.built, strict=True):
            values: Sequence[Any] = [gr.skip()] * len(built.outputs)
            if place.page == page.NAME:
                try:
                    values = built.draw(place, request)
                except ClairscoreError as error:
                    message = error.say(self.context.lang) or text(self.context.lang, "error.page")
            drawn += values
        shown = [gr.update(visible=place.page == page.NAME) for page in self.pages]
        title = title_of(place, self.context.lang)
        bar = bar_html(self.context, self.pages, place, identity_of(request))
        return [bar, place.address, title, alert(message) if message else "", *shown, *drawn]

    def _place(self, query: str) -> tuple[Place, str]:
        """Where a query leads: to the first page where it names none; a client is one of the portfolio, or no one."""
        lang = self.context.lang
        try:
            place = read_place(query)
        except NotANumber:
            return Place(FIRST), text(lang, "error.not_a_number")
        name = FIRST if place.page in (CLIENTS, DECISION) else place.page
        if all(name != page.NAME for page in self.pages):
            return Place(FIRST), text(lang, "model.error.page")
        try:
            if place.client is not None:
                self.context.service.portfolio.features_of(place.client)
        except UnknownClientError:
            return Place(name, None, place.query), text(lang, "error.unknown_client", client=str(place.client))
        return Place(name, place.client, place.query), ""
