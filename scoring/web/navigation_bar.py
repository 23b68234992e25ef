"""The bar above every page: the product's name, the pages, the languages, and that the clients are synthetic."""

from collections.abc import Sequence

from markupsafe import Markup

from scoring.i18n import LANGUAGES
from scoring.reports.brief import SLUGS
from scoring.server.identity import ANONYMOUS, Identity
from scoring.service import Service
from scoring.web.page import CLIENT_VIEW, CLIENTS, DECISION, Page, Place
from scoring.web.templates import render

NAMES = {"fr": "Français", "en": "English"}


def logout_html(who: Identity, lang: str) -> Markup:
    """A link to the page that logs out; nothing where nobody needed to log in."""
    return Markup() if who == ANONYMOUS else render("frame", "logout", lang=lang, identity=who)


def bar_html(
    service: Service,
    pages: Sequence[Page],
    place: Place,
    lang: str,
    *,
    model: bool = False,
    who: Identity = ANONYMOUS,
) -> Markup:
    """The bar of a place: its links keep the client; pages about a client are there once one is chosen.

    With `model`, it also leads to the model's own pages.
    """
    query = f"?{place.address}" if place.address else ""
    turned = place.page == CLIENT_VIEW
    shown = (
        []
        if turned
        else [
            (page.NAME, Place(page.NAME, place.client), place.page == page.NAME)
            for page in pages
            if page.IN_BAR and (place.client is not None or not page.WANTS_CLIENT)
        ]
    )
    return render(
        "frame",
        "bar",
        lang=lang,
        home=Place(CLIENTS),
        back=Place(DECISION, place.client) if turned else None,
        links=shown,
        find=not turned and place.page != CLIENTS,
        model=f"{SLUGS[lang]}/" if model and not turned else "",
        languages=[(one, NAMES[one], f"../{one}/{query}") for one in LANGUAGES],
        logout="" if turned else logout_html(who, lang),
        synthetic=service.synthetic,
    )
