"""The bar above every page: the product's name, the pages, the languages, and that the clients are synthetic."""

from collections.abc import Sequence
from html import escape

from scoring.language import LANGUAGES, text
from scoring.service import Service
from scoring.web.links import going
from scoring.web.page import CLIENTS, Page, Place

NAMES = {"fr": "Français", "en": "English"}


def bar_html(service: Service, pages: Sequence[Page], place: Place, lang: str) -> str:
    """The bar of a place: its links keep the client; pages about a client are there once one is chosen."""
    query = f"?{place.address}" if place.address else ""
    languages = "".join(
        f'<a href="../{one}/{escape(query)}" lang="{one}" hreflang="{one}"{_here(one == lang)}>'
        f'<span class="cs-long">{NAMES[one]}</span><abbr class="cs-short" title="{NAMES[one]}">{one.upper()}</abbr></a>'
        for one in LANGUAGES
    )
    shown = [page.NAME for page in pages if place.client is not None or not page.WANTS_CLIENT]
    links = "".join(
        f'<a {going(Place(name, place.client))} data-back="{name}" data-page="{name}"{_here(name == place.page)}>'
        f"{escape(text(lang, f'page.nav.{name}'))}</a>"
        for name in shown
    )
    notice = ""
    if service.synthetic:
        notice = f'<p id="synthetic" class="cs-notice">{escape(text(lang, "page.synthetic"))}</p>'
    return (
        f'<div class="cs-bar"><a class="cs-brand" {going(Place(CLIENTS))}>'
        f'<span aria-hidden="true" class="cs-logo"></span>Clairscore</a>'
        f'<nav class="cs-pages" aria-label="{escape(text(lang, "page.nav"))}">{links}</nav>'
        f'<nav class="cs-languages" aria-label="{escape(text(lang, "page.languages"))}">{languages}</nav></div>{notice}'
    )


def _here(is_here: bool) -> str:
    return ' aria-current="page"' if is_here else ""
