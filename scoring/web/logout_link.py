"""The way out, in the bar of whoever is logged in: their name to a mouse, a word to a screen reader, an icon on a phone."""

from markupsafe import Markup

from scoring.server.identity import ANONYMOUS, Identity
from scoring.web.templates import render


def leaving_html(who: Identity, lang: str) -> Markup:
    """A link to the page that logs out; nothing where nobody needed to log in."""
    return Markup() if who == ANONYMOUS else render("frame", "logout", lang=lang, identity=who)
