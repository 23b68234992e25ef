"""The bar above every page: the product's name, the pages, the languages, and that the clients are synthetic."""

from collections.abc import Sequence
from html import escape

from scoring.i18n import LANGUAGES, text
from scoring.reports.brief import SLUGS
from scoring.server.identity import ANONYMOUS, Identity
from scoring.service import Service
from scoring.web.links import going
from scoring.web.logout_link import leaving_html
from scoring.web.page import CLIENT_VIEW, CLIENTS, DECISION, Page, Place

NAMES = {"fr": "Français", "en": "English"}


def bar_html(
    service: Service,
    pages: Sequence[Page],
    place: Place,
    lang: str,
    *,
    model: bool = False,
    who: Identity = ANONYMOUS,
) -> str:
    """The bar of a place: its links keep the client; pages about a client are there once one is chosen.

    With `model`, it also leads to the model's own pages. Where the screen is turned to the client, the bar holds the way back and nothing else.
    """
    query = f"?{place.address}" if place.address else ""
    languages = "".join(
        f'<a href="../{one}/{escape(query)}" lang="{one}" hreflang="{one}"{_here(one == lang)}>'
        f'<span class="cs-long">{NAMES[one]}</span><abbr class="cs-short" title="{NAMES[one]}">{one.upper()}</abbr></a>'
        for one in LANGUAGES
    )
    if place.page == CLIENT_VIEW:
        back = going(Place(DECISION, place.client))
        links, find = f'<a class="cs-back" {back}>{escape(text(lang, "page.client.back"))}</a>', ""
        leave = ""
    else:
        leave = leaving_html(who, lang)
        links, find = _links(pages, place, lang), "" if place.page == CLIENTS else _find(lang)
        if model:
            links += f'<a class="cs-elsewhere" href="{SLUGS[lang]}/">{escape(text(lang, "page.nav.model"))}</a>'
    notice = ""
    if service.synthetic:
        notice = f'<p id="synthetic" class="cs-notice">{escape(text(lang, "page.synthetic"))}</p>'
    return (
        f'<div class="cs-bar"><a class="cs-brand" aria-label="Clairscore" {going(Place(CLIENTS))}>'
        f'<span aria-hidden="true" class="cs-logo"></span><span class="cs-name">Clairscore</span></a>'
        f'<nav class="cs-pages" aria-label="{escape(text(lang, "page.nav"))}">{links}</nav>{find}'
        f'<nav class="cs-languages" aria-label="{escape(text(lang, "page.languages"))}">{languages}</nav>{leave}</div>{notice}'
    )


def _links(pages: Sequence[Page], place: Place, lang: str) -> str:
    shown = [page for page in pages if page.IN_BAR and (place.client is not None or not page.WANTS_CLIENT)]
    return "".join(
        f'<a {going(Place(page.NAME, place.client))} data-back="{page.NAME}" data-page="{page.NAME}"'
        f"{_here(place.page == page.NAME)}>{escape(text(lang, f'page.nav.{page.NAME}'))}</a>"
        for page in shown
    )


def _find(lang: str) -> str:
    """A search for a client's number, from any page (see `scoring.web.links`)."""
    label = escape(text(lang, "page.find"))
    return (
        f'<form class="cs-find" role="search" data-find><label class="cs-visually-hidden" for="cs-find">{label}</label>'
        f'<input id="cs-find" name="client" inputmode="numeric" autocomplete="off" placeholder="{label}"></form>'
    )


def _here(is_here: bool) -> str:
    return ' aria-current="page"' if is_here else ""
