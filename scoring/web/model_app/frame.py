"""The frame around the model app's pages: which page is shown, and that the address says so."""

from collections.abc import Sequence
from html import escape
from typing import Any

import gradio as gr

from scoring.audit.audited_decisions import Recorder
from scoring.errors import ClairscoreError, UnknownClientError
from scoring.i18n import LANGUAGES, text
from scoring.reports.brief import SLUGS
from scoring.reports.folder import ReportsNow
from scoring.server.identity import ANONYMOUS, Identity
from scoring.service import Service
from scoring.web.links import router
from scoring.web.logout_link import leaving_html
from scoring.web.model_app.context import ModelContext, ModelPage
from scoring.web.model_app.place import FIRST, going
from scoring.web.navigation_bar import NAMES
from scoring.web.page import CLIENTS, DECISION, QUICK, Built, NotANumber, Place, read_place
from scoring.web.page_identity import identity_of

# The bar of the model app: its sections, the pages of the section, the way to the clients, the languages.


def bar_html(context: ModelContext, pages: Sequence[ModelPage], place: Place, who: Identity = ANONYMOUS) -> str:
    """The bar of a place; a section's link opens its first page, and the client is kept."""
    lang = context.lang
    firsts = {page.SECTION: page for page in reversed(pages)}
    here = next(page.SECTION for page in pages if place.page == page.NAME)
    sections = "".join(
        f'<a {going(firsts[name].NAME, place.client)} data-back="{firsts[name].NAME}" data-page="{name}"'
        f"{_here(name == here)}>{escape(context.say(f'nav.{name}'))}</a>"
        for name in dict.fromkeys(page.SECTION for page in pages)
    )
    query = escape(f"?{place.address}")
    languages = "".join(
        f'<a href="../../{one}/{SLUGS[one]}/{query}" lang="{one}" hreflang="{one}"{_here(one == lang)}>'
        f'<span class="cs-long">{NAMES[one]}</span><abbr class="cs-short" title="{NAMES[one]}">{one.upper()}</abbr></a>'
        for one in LANGUAGES
    )
    clients = f"../?client={place.client}" if place.client is not None else "../"
    notice = ""
    if context.service.synthetic:
        notice = f'<p id="synthetic" class="cs-notice">{escape(text(lang, "page.synthetic"))}</p>'
    return (
        f'<div class="cs-bar"><a class="cs-brand" {going(FIRST, place.client)}>'
        f'<span aria-hidden="true" class="cs-logo"></span><span>Clairscore'
        f"<small>{escape(context.say('name'))}</small></span></a>"
        f'<nav class="cs-pages" aria-label="{escape(text(lang, "page.nav"))}">{sections}</nav>'
        f'<a class="cs-elsewhere" href="{clients}">{escape(context.say("nav.clients"))}</a>'
        f'<nav class="cs-languages" aria-label="{escape(text(lang, "page.languages"))}">{languages}</nav>{leaving_html(who, lang)}</div>'
        f"{notice}{_pages_of(context, [page for page in pages if here == page.SECTION], place)}"
    )


def title_of(place: Place, lang: str) -> str:
    """The window's title."""
    return f"{text(lang, f'model.page.{place.page}')} · {text(lang, 'model.title')}"


def _pages_of(context: ModelContext, pages: Sequence[ModelPage], place: Place) -> str:
    """The pages of a section that has several."""
    if len(pages) < 2:
        return ""
    links = "".join(
        f'<a {going(page.NAME, place.client)} data-back="{page.NAME}" data-page="{page.NAME}"'
        f"{_here(place.page == page.NAME)}>{escape(context.say(f'page.{page.NAME}'))}</a>"
        for page in pages
    )
    return f'<nav class="cs-subpages" aria-label="{escape(context.say("nav.pages"))}"><div>{links}</div></nav>'


def _here(is_here: bool) -> str:
    return ' aria-current="page"' if is_here else ""


# As in the officers' pages; what is marked as sought is brought into view, and a link may point inside the page.
_FOLLOW_PLACE = """
(place, title) => {
  if (location.search.replace(/^\\?/, '') !== place) history.pushState(null, '', place ? '?' + place : location.pathname);
  document.title = title;
  window.scrollTo(0, 0);
  // What was drawn is there two frames later.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const sought = document.querySelector('[data-sought]');
    if (sought) sought.scrollIntoView({block: 'center'});
    document.body.dataset.shown = place;
  }));
  if (window.clairscoreOpened) {
    const heading = document.querySelector('h1');
    if (heading) { heading.tabIndex = -1; heading.focus({preventScroll: true}); }
  } else {
    document.addEventListener('click', (event) => {
      const link = event.target.closest && event.target.closest('[data-to]');
      const there = link && document.getElementById(link.dataset.to);
      if (!there) return;
      event.preventDefault();
      there.scrollIntoView({block: 'center'});
      there.tabIndex = -1;
      there.focus({preventScroll: true});
    });
  }
  window.clairscoreOpened = true;
}
"""
_FOLLOW_FILTERS = """
(address) => {
  history.replaceState(null, '', address ? '?' + address : location.pathname);
  window.clairscore.remember(address);
}
"""


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
        alert = f'<p class="cs-alert" role="alert">{escape(message)}</p>' if message else ""
        shown = [gr.update(visible=place.page == page.NAME) for page in self.pages]
        title = title_of(place, self.context.lang)
        bar = bar_html(self.context, self.pages, place, identity_of(request))
        return [bar, place.address, title, alert, *shown, *drawn]

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
