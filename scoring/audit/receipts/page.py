"""One page that checks receipts offline: a file that fetches nothing, opened from a disk or from the service.

The rule: all of it is in the file, and its own policy forbids it any network.
"""

import base64
import hashlib
import json
from functools import cache
from html import escape
from importlib.resources import files

from scoring.i18n import LANGUAGES, keys, text

PREFIX = "receipt."


@cache
def page_html() -> str:
    """The whole page, in French and English."""
    folder = files("scoring.audit.receipts").joinpath("static")
    body, style, script = (
        folder.joinpath(f"verify.{end}").read_text(encoding="utf-8") for end in ("html", "css", "js")
    )
    texts = {lang: {key: text(lang, key) for key in keys(lang) if key.startswith(PREFIX)} for lang in LANGUAGES}
    told = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        f"<title>{escape(text('fr', 'receipt.title'))}</title>"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<style>{style}</style></head><body>{body}<script type="application/json" id="texts">{told}</script>'
        f"<script>{script}</script></body></html>\n"
    )


def _hash(inside: str) -> str:
    """What the policy knows a script or a style by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"
