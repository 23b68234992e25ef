"""The bar of the model app: its sections, the pages of the section, the way to the clients, the languages."""

from collections.abc import Sequence
from html import escape

from scoring.i18n import LANGUAGES, text
from scoring.reports.brief import SLUGS
from scoring.server.identity import ANONYMOUS, Identity
from scoring.web.logout_link import leaving_html
from scoring.web.model_app.context import ModelContext, ModelPage
from scoring.web.model_app.place import FIRST, going
from scoring.web.navigation_bar import NAMES
from scoring.web.page import Place


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
