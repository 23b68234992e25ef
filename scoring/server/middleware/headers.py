"""Headers that every answer has: what a browser may do with it, and under which id it was asked."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from typing import Final

# What a browser may load and run: content security policies (CSP level 3), each as strict as what it is for allows.

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


Pair = tuple[bytes, bytes]
CSP: Final = b"content-security-policy"
_ALWAYS: Final[tuple[Pair, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_ON_PAGES: Final[tuple[Pair, ...]] = (
    # Addresses name clients: they are told to nobody else.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_PAGE: Final = b"text/html"
_DATA: Final = (b"text/html", b"application/json", b"text/event-stream")
_UNKEPT: Final[Pair] = (b"cache-control", b"no-store")
_HTTPS_ONLY: Final[Pair] = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    """The headers of a service.

    Parameters
    ----------
    frames : sites that may show the pages in a frame, as in ``frame-ancestors``
    shared : whether scripts of other sites may read the API's answers
    """

    def __init__(self, frames: str, *, shared: bool = False) -> None:
        framed = f"frame-ancestors {frames}".encode()
        always = tuple(pair for pair in _ALWAYS if not (shared and pair[0] == b"cross-origin-resource-policy"))
        on_pages = (*always, *_ON_PAGES)
        if frames in ("'self'", "'none'"):  # for browsers that know no frame-ancestors
            on_pages += ((b"x-frame-options", b"SAMEORIGIN" if frames == "'self'" else b"DENY"),)
        strictest = (CSP, NOTHING.encode() + b"; " + framed)
        self._of_data = (*always, strictest)
        self._of_page, self._of_bare_page = (*on_pages, (CSP, framed)), (*on_pages, strictest)

    def add(self, headers: Iterable[Pair], *, https: bool, request_id: str) -> list[Pair]:
        """The headers of an answer, completed.

        A page brings its own policy, anything else gets the strictest. Pages and data that say nothing of being kept
        are kept nowhere, so that after a logout no way back leads to them.
        """
        completed = list(headers)
        present = dict(completed)
        kind = present.get(b"content-type", b"")
        if kind.startswith(_PAGE):
            completed += self._of_page if CSP in present else self._of_bare_page
        else:
            completed += self._of_data
        if b"cache-control" not in present and kind.startswith(_DATA):
            completed.append(_UNKEPT)
        completed.append((b"x-request-id", request_id.encode()))
        if https:
            completed.append(_HTTPS_ONLY)
        return completed
