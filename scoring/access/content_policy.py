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


def new_nonce() -> str:
    """A number used once: what makes an answer's own scripts known."""
    return secrets.token_urlsafe(18)


def hashes_of(html: str) -> tuple[str, ...]:
    """The hashes by which a policy knows the inline scripts of some HTML.

    >>> hashes_of('<script src="a.js"></script><script>f()</script>')
    ("'sha256-GcEEE0IkDzIP5EQ6DXZaDPORqT5RTBELX8Fyzyg9yvo='",)
    """
    found = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(html))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in found)


def page_policy(scripts: Iterable[str], *, evaluating: bool) -> str:
    """The policy of a page whose inline scripts are those known by nonce or hash.

    Parameters
    ----------
    evaluating : whether scripts may make scripts out of text, as Gradio does
    """
    known = " ".join(("'self'", *scripts, *(("'unsafe-eval'",) if evaluating else ())))
    return (
        f"default-src 'self'; script-src {known}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'none'; object-src 'none'; media-src 'none'; "
        "frame-src 'none'; base-uri 'self'; form-action 'self'"
    )
