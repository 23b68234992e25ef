"""The way out, in the bar of whoever is logged in: their name to a mouse or a screen reader, a word, an icon on a phone."""

from html import escape

from scoring.i18n import text
from scoring.server.identity import ANONYMOUS, Identity

_DOOR = (
    '<svg class="cs-icon cs-short" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
    '<path class="cs-icon-line cs-icon-thin" d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4"/></svg>'
)


def leaving_html(who: Identity, lang: str) -> str:
    """A link to the page that logs out; nothing where nobody needed to log in."""
    if who == ANONYMOUS:
        return ""
    said = escape(text(lang, "access.here", name=who.name, role=text(lang, f"access.role.{who.role}")))
    word = escape(text(lang, "access.logout"))
    return (
        f'<a class="cs-leave" href="/logout?lang={lang}" title="{said}" aria-label="{word}">'
        f'<span class="cs-long">{word}</span>{_DOOR}</a>'
    )
