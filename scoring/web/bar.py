"""The bar above every page: the product's name, the pages, the languages, and that the clients are synthetic."""

from html import escape

from scoring.language import LANGUAGES, text
from scoring.service import Service

NAMES = {"fr": "Français", "en": "English"}


def bar_html(service: Service, lang: str, client: str) -> str:
    """The bar of the page of one client, or of the list where `client` is empty; its links keep the client."""
    query = f"?client={client}" if client else ""
    languages = "".join(
        f'<a href="../{one}/{query}" lang="{one}" hreflang="{one}"{_here(one == lang)}>'
        f'<span class="cs-long">{NAMES[one]}</span><abbr class="cs-short" title="{NAMES[one]}">{one.upper()}</abbr></a>'
        for one in LANGUAGES
    )
    pages = f'<a href="./" data-client=""{_here(not client)}>{escape(text(lang, "page.nav.clients"))}</a>'
    if client:
        pages += (
            f'<a href="?client={client}" data-client="{client}" aria-current="page">'
            f"{escape(text(lang, 'page.nav.decision'))}</a>"
        )
    notice = ""
    if service.synthetic:
        notice = f'<p id="synthetic" class="cs-notice">{escape(text(lang, "page.synthetic"))}</p>'
    return (
        f'<div class="cs-bar"><a class="cs-brand" href="./" data-client="">'
        f'<span aria-hidden="true" class="cs-logo"></span>Clairscore</a>'
        f'<nav aria-label="{escape(text(lang, "page.nav"))}">{pages}</nav>'
        f'<nav class="cs-languages" aria-label="{escape(text(lang, "page.languages"))}">{languages}</nav></div>{notice}'
    )


def _here(is_here: bool) -> str:
    return ' aria-current="page"' if is_here else ""
