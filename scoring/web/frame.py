"""The frame around pages: which one is shown, for which client, and that the address says so."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import gradio as gr
from markupsafe import Markup

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


class Frame(ABC):
    """What the frame becomes when somebody goes somewhere.

    Attributes
    ----------
    title : key of the text that the window's title ends with
    column_classes : CSS classes of a page's column
    """

    title: ClassVar[str]
    column_classes: ClassVar[str] = ""

    def __init__(self, context: Any, pages: Sequence[Any], built: Sequence[Built]) -> None:
        self.context, self.pages, self.built, self.lang = context, pages, built, context.lang

    @abstractmethod
    def resolve(self, query: str) -> tuple[Place, str]:
        """Where a query leads, and a message where it does not lead to what it names."""

    @abstractmethod
    def title_of(self, place: Place) -> str:
        """The window's title."""

    @abstractmethod
    def bar_of(self, place: Place, request: gr.Request) -> Markup:
        """The bar of a place."""

    def draw(self, page: Any, built: Built, place: Place, request: gr.Request) -> Sequence[Any]:
        """Values of a page's outputs.

        Raises
        ------
        ClairscoreError
            When it can't be shown.
        """
        return built.draw(place, request)

    def show(self, query: str, request: gr.Request) -> list[Any]:
        """Values of bar, place, title and message, whether each page shows, and what is drawn."""
        place, message = self.resolve(query)
        drawn: list[Any] = []
        for page, built in zip(self.pages, self.built, strict=True):
            values: Sequence[Any] = [gr.skip()] * len(built.outputs)
            if place.page == page.NAME:
                try:
                    values = self.draw(page, built, place, request)
                except ClairscoreError as error:
                    message = error.say(self.lang) or text(self.lang, "error.page")
            drawn += values
        shown = [gr.update(visible=place.page == page.NAME) for page in self.pages]
        return [self.bar_of(place, request), place.address, self.title_of(place), notice(message), *shown, *drawn]


def build_frame(
    kind: type[Frame], make_context: Callable[[gr.Textbox], Any], pages: Sequence[Any], lang: str
) -> gr.Blocks:
    """Build pages in one language, in their frame.

    Parameters
    ----------
    make_context : what pages are built with, from the hidden box that becomes the address
    """
    with gr.Blocks(title=text(lang, kind.title), fill_width=True, analytics_enabled=False) as blocks:
        going = router()
        bar = gr.HTML(elem_id="bar", apply_default_css=False)
        message = gr.HTML(elem_id="message", apply_default_css=False)
        address = gr.Textbox(visible="hidden", elem_id="address", label="address", render=False)
        context = make_context(address)
        columns: list[gr.Column] = []
        built: list[Built] = []
        for page in pages:
            with gr.Column(visible=False, elem_id=f"page-{page.NAME}", elem_classes=kind.column_classes) as column:
                built.append(page.build(context))
            columns.append(column)
        # What the scripts that keep the address read; last, where empty boxes leave no gap.
        address.render()
        current = gr.Textbox(visible="hidden", elem_id="current", label="place")
        title = gr.Textbox(visible="hidden", elem_id="page-title", label="title")

        frame = kind(context, pages, built)
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


class OfficerFrame(Frame):
    """The officers' pages: of the portfolio, or of one client."""

    title = "page.title"

    def resolve(self, query: str) -> tuple[Place, str]:
        """Where a query leads: to the list, with a message, where the client or the page is none of ours."""
        try:
            place = read_place(query)
            if place.client is not None:
                self.context.service.portfolio.features_of(place.client)
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

    def title_of(self, place: Place) -> str:
        """The page, the client, the product."""
        title = text(self.lang, "page.title")
        if place.client is not None:
            title = f"{text(self.lang, 'page.decision.client', client=place.client)} · {title}"
        return title if place.page == CLIENTS else f"{text(self.lang, f'page.nav.{place.page}')} · {title}"

    def bar_of(self, place: Place, request: gr.Request) -> Markup:
        """The pages, and a search for a client."""
        service = self.context.service
        model = sees_model(request, synthetic=service.synthetic)
        return bar_html(service, self.pages, place, self.lang, model=model, who=identity_of(request))

    def draw(self, page: Page, built: Built, place: Place, request: gr.Request) -> Sequence[Any]:
        """Values of a page's outputs; that a client's facts are shown is recorded before."""
        if page.WANTS_CLIENT and place.client is not None:
            self.context.consult(place.client, request, page.NAME)
        return built.draw(place, request)


def build_pages(service: Service, recorder: Recorder, lang: str) -> gr.Blocks:
    """Build the officers' pages in one language."""
    return build_frame(OfficerFrame, lambda address: Context(service, recorder, lang, address), PAGES, lang)
