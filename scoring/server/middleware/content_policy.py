"""What a browser may load and run: content security policies (CSP level 3), each as strict as what it is for allows.

Gradio runs the scripts of its events, and of HTML components, by ``new Function``; it sets styles on elements and in
the page. So pages must allow ``unsafe-eval`` for scripts and ``unsafe-inline`` for styles; every other script must be
a file of ours, carry the answer's own nonce, or be one of the head's, known by its hash. An injected ``<script>``,
``onerror=`` or ``javascript:`` does not run, and nothing can be sent elsewhere.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import Final

NOTHING: Final = "default-src 'none'; base-uri 'none'; form-action 'none'"
"""For answers that are no pages."""
FORM: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
)
"""For pages without scripts: logging in and out."""
_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_STYLES = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def new_nonce() -> str:
    """A number used once: what makes an answer's own scripts known."""
    return secrets.token_urlsafe(18)


def hashes_of(html: str) -> tuple[str, ...]:
    """The hashes by which a policy knows the inline scripts of some HTML.

    >>> hashes_of('<script src="a.js"></script><script>f()</script>')
    ("'sha256-GcEEE0IkDzIP5EQ6DXZaDPORqT5RTBELX8Fyzyg9yvo='",)
    """
    return tuple(_hash(script) for script in _INLINE.findall(html))


def own_policy(html: str) -> str:
    """The policy of a page that brings all it needs: its own scripts and styles as they stand in it, no other.

    >>> own_policy("<style>p { margin: 0 }</style>")[:70]
    "default-src 'none'; style-src 'sha256-7IWhgxoOGTB5NQzjGk9OPt0FwhVeBvZG"
    """
    kinds = {"script-src": hashes_of(html), "style-src": tuple(_hash(style) for style in _STYLES.findall(html))}
    allowed = "".join(f"{kind} {' '.join(known)}; " for kind, known in kinds.items() if known)
    return f"default-src 'none'; {allowed}img-src 'self' data:; base-uri 'none'; form-action 'none'"


def _hash(inside: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'"


def page_policy(scripts: Iterable[str], *, evaluating: bool) -> str:
    """The policy of a page whose inline scripts are those known by nonce or hash.

    Parameters
    ----------
    evaluating : whether scripts may make scripts out of text, as Gradio does
    """
    known = " ".join(("'self'", *scripts, *(("'unsafe-eval'",) if evaluating else ())))
    return (
        f"default-src 'none'; script-src {known}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
    )
