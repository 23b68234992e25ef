"""The frame around the officers' pages: which page is shown, for which client, and that the address says so."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from scoring.audit.audited_decisions import Recorder
from scoring.errors import ClairscoreError, UnknownClientError
from scoring.i18n import text
from scoring.service import Service
from scoring.web.links import router
from scoring.web.navigation_bar import bar_html
from scoring.web.page import (
    CLIENTS,
    QUICK,
    Built,
    Context,
    NotANumber,
    Page,
    Place,
    identity_of,
    notice,
    read_place,
    sees_model,
)
from scoring.web.pages import PAGES
from scoring.web.templates import script

# The address follows the place; going back or forward opens what it names (see the script of the page's head).
_FOLLOW_PLACE = script("follow_place")
_FOLLOW_FILTERS = script("follow_filters")


def build_pages(service: Service, recorder: Recorder, lang: str, pages: Sequence[Page] = PAGES) -> gr.Blocks:
    """Build the officers' pages in one language."""
    with gr.Blocks(title=text(lang, "page.title"), fill_width=True, analytics_enabled=False) as blocks:
        going = router()
        bar = gr.HTML(elem_id="bar", apply_default_css=False)
        message = gr.HTML(elem_id="message", apply_default_css=False)
        address = gr.Textbox(visible="hidden", elem_id="address", label="address", render=False)
        context = Context(service, recorder, lang, address)
        columns: list[gr.Column] = []
        built: list[Built] = []
        for page in pages:
            with gr.Column(visible=False, elem_id=f"page-{page.NAME}") as column:
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
        # Once the place is in the address, what keeps the address starts from it.
        settle: dict[str, Any] = {"fn": None, "inputs": current, "outputs": address, "js": "(place) => place"}
        settle["api_visibility"] = "private"
        blocks.load(arrive, None, outputs, **QUICK).then(**follow).then(**settle)
        going.input(go, going, outputs, trigger_mode="always_last", **QUICK).then(**follow).then(**settle)
        address.change(None, address, js=_FOLLOW_FILTERS, api_visibility="private")
    return blocks


class _Frame:
    """What the frame becomes when somebody goes somewhere."""

    def __init__(self, context: Context, pages: Sequence[Page], built: Sequence[Built]) -> None:
        self.context, self.service, self.lang = context, context.service, context.lang
        self.pages, self.built = pages, built

    def show(self, query: str, request: gr.Request) -> list[Any]:
        """Values of bar, place, title and message, whether each page shows, and what is drawn."""
        place, message = self._place(query)
        if place.client is None:
            title = text(self.lang, "page.title")
        else:
            title = f"{text(self.lang, 'page.decision.client', client=place.client)} · {text(self.lang, 'page.title')}"
        if place.page != CLIENTS:
            title = f"{text(self.lang, f'page.nav.{place.page}')} · {title}"
        drawn: list[Any] = []
        for page, built in zip(self.pages, self.built, strict=True):
            values: Sequence[Any] = [gr.skip()] * len(built.outputs)
            if place.page == page.NAME:
                try:
                    if page.WANTS_CLIENT and place.client is not None:
                        self.context.consult(place.client, request, page.NAME)
                    values = built.draw(place, request)
                except ClairscoreError as error:
                    message = error.say(self.lang) or text(self.lang, "error.page")
            drawn += values
        shown = [gr.update(visible=place.page == page.NAME) for page in self.pages]
        model = sees_model(request, synthetic=self.service.synthetic)
        bar = bar_html(self.service, self.pages, place, self.lang, model=model, who=identity_of(request))
        return [bar, place.address, title, notice(message), *shown, *drawn]

    def _place(self, query: str) -> tuple[Place, str]:
        """Where a query leads: to the list, with a message, where the client or the page is none of ours."""
        try:
            place = read_place(query)
            if place.client is not None:
                self.service.portfolio.features_of(place.client)
        except NotANumber:
            return Place(CLIENTS), text(self.lang, "error.not_a_number")
        except UnknownClientError:
            return Place(CLIENTS), text(self.lang, "error.unknown_client", client=str(place.client))
        page = next((one for one in self.pages if place.page == one.NAME), None)
        if page is None:
            return Place(CLIENTS, place.client), text(self.lang, "error.unknown_page")
        if page.WANTS_CLIENT and place.client is None:
            return Place(CLIENTS), text(self.lang, "error.choose_client")
        return place, ""
