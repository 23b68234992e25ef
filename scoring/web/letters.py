"""Links to a client's letter, for the pages: each language as a PDF and as text. Following one makes a decision."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from scoring.i18n import LANGUAGES, text
from scoring.web.navigation_bar import NAMES


def letter_html(client_id: int | None, lang: str, changes: Mapping[str, str] | None = None) -> str:
    """A fold with the letters of a client, the page's language first.

    Parameters
    ----------
    changes : what is changed in the request, as an address says it
    """
    links = "".join(
        f'<li><a class="cs-button" href="{escape(_address(client_id, one, ending, changes or {}))}" download rel="nofollow" '
        f'hreflang="{one}">{escape(text(lang, f"letter.open.{ending}", language=NAMES[one]))}</a></li>'
        for one in sorted(LANGUAGES, key=lambda one: one != lang)
        for ending in ("pdf", "txt")
    )
    lead = escape(text(lang, "letter.open.lead"))
    return (
        f'<details id="letter" class="cs-letter"><summary>{escape(text(lang, "letter.open"))}</summary>'
        f'<p class="cs-lead">{lead}</p><ul class="cs-letters">{links}</ul></details>'
    )


def _address(client_id: int | None, lang: str, ending: str, changes: Mapping[str, str]) -> str:
    query = urlencode({"format": ending, "lang": lang, **changes})
    return f"../api/clients/{client_id}/letter?{query}"
