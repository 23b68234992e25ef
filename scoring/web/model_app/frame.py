"""The frame around the model app's pages: which page is shown, and that the address says so."""

from collections.abc import Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.audit.audited_decisions import Recorder
from scoring.errors import UnknownClientError
from scoring.i18n import LANGUAGES, text
from scoring.reports.brief import SLUGS
from scoring.reports.folder import ReportsNow
from scoring.server.identity import ANONYMOUS, Identity
from scoring.service import Service
from scoring.web.frame import Frame, build_frame
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
from scoring.web.model_app.parts import FIRST, address
from scoring.web.navigation_bar import NAMES, logout_html
from scoring.web.page import CLIENTS, DECISION, NotANumber, Place, identity_of, read_place

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


class ModelFrame(Frame):
    """The model app's pages, with the points of one client or none."""

    title = "model.title"
    column_classes = "cs-model-page"

    def resolve(self, query: str) -> tuple[Place, str]:
        """Where a query leads: to the first page where it names none; a client is one of the portfolio, or no one."""
        try:
            place = read_place(query)
        except NotANumber:
            return Place(FIRST), text(self.lang, "error.not_a_number")
        name = FIRST if place.page in (CLIENTS, DECISION) else place.page
        if all(name != page.NAME for page in self.pages):
            return Place(FIRST), text(self.lang, "model.error.page")
        try:
            if place.client is not None:
                self.context.service.portfolio.features_of(place.client)
        except UnknownClientError:
            return Place(name, None, place.query), text(self.lang, "error.unknown_client", client=str(place.client))
        return Place(name, place.client, place.query), ""

    def title_of(self, place: Place) -> str:
        """The page, the product."""
        return title_of(place, self.lang)

    def bar_of(self, place: Place, request: gr.Request) -> Markup:
        """The sections, and the pages of the one that is open."""
        return bar_html(self.context, self.pages, place, identity_of(request))


def build_model_app(service: Service, recorder: Recorder, reports: ReportsNow, lang: str) -> gr.Blocks:
    """Build the model app in one language."""
    return build_frame(
        ModelFrame, lambda address: ModelContext(service, recorder, reports, lang, address), MODEL_PAGES, lang
    )
