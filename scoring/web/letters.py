"""Links to a client's letter, for the pages: each language as a PDF and as text. Following one makes a decision."""

from collections.abc import Mapping
from urllib.parse import urlencode

from markupsafe import Markup

from scoring.i18n import LANGUAGES, text
from scoring.web.navigation_bar import NAMES
from scoring.web.templates import render


def letter_html(client_id: int | None, lang: str, changes: Mapping[str, str] | None = None) -> Markup:
    """A fold with the letters of a client, the page's language first.

    Parameters
    ----------
    changes : what is changed in the request, as an address says it
    """
    links = [
        (
            f"../api/clients/{client_id}/letter?{urlencode({'format': ending, 'lang': one, **(changes or {})})}",
            one,
            text(lang, f"letter.open.{ending}", language=NAMES[one]),
        )
        for one in sorted(LANGUAGES, key=lambda one: one != lang)
        for ending in ("pdf", "txt")
    ]
    return render("parts", "letters", lang=lang, links=links)
