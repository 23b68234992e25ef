"""What we put into every page: icon and sheets, the script that speaks where the service does not answer, a first word."""

import json
from html import escape

from scoring.i18n import keys, text
from scoring.web.static import OF_THE_MODEL, STYLES, fingerprint

SCRIPT = "connection.js"
_SAID = "connection."


def head_html(up: str, *, of_the_model: bool = False) -> str:
    """Icon and sheets of pages that are `up` from the root, such as ``../``: the officers', or the model's.

    Linked rather than passed to Gradio, which writes its own prefix into every selector and breaks those with commas.
    """
    linked = [name for name in STYLES if of_the_model or name not in OF_THE_MODEL]
    sheets = "".join(f'<link rel="stylesheet" href="{up}static/{name}?{fingerprint(name)}">' for name in linked)
    return (
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="{up}static/favicon.svg">{sheets}'
    )


def script_html(up: str, lang: str, build: str) -> str:
    """The language for Gradio's own words, and ``connection.js`` with what it says; to stand before any other script.

    Parameters
    ----------
    build : of the page, which its events bring along (see `scoring.web.outdated_pages`)
    """
    words = {key.removeprefix(_SAID): _told(lang, key) for key in keys(lang) if key.startswith(_SAID)}
    # "<" would end the element it stands in.
    told = json.dumps({"up": up, "build": build, "said": words}, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f"<script>for (const [key, value] of [['language', '{lang}'], ['languages', ['{lang}']]])"
        "Object.defineProperty(navigator, key, {get: () => value})</script>"
        f'<script type="application/json" id="clairscore-connection">{told}</script>'
        f'<script src="{up}static/{SCRIPT}?{fingerprint(SCRIPT)}"></script>'
    )


def arriving_html(lang: str) -> str:
    """What a page says until it is drawn, and where no script runs."""
    said, wanted = (escape(text(lang, f"{_SAID}{one}")) for one in ("waiting", "script"))
    return f'<noscript><p role="alert">{wanted}</p></noscript><p id="cs-arriving" role="status">{said}</p>'


def _told(lang: str, key: str) -> str:
    """A text whose values the script fills in."""
    return text(lang, key, reference="{reference}", why="{why}")
