"""Headers that every answer has: what a browser may do with it, and under which id it was asked."""

from collections.abc import Iterable
from typing import Final

from scoring.server.middleware.content_policy import NOTHING

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
        said = dict(completed)
        kind = said.get(b"content-type", b"")
        if kind.startswith(_PAGE):
            completed += self._of_page if CSP in said else self._of_bare_page
        else:
            completed += self._of_data
        if b"cache-control" not in said and kind.startswith(_DATA):
            completed.append(_UNKEPT)
        completed.append((b"x-request-id", request_id.encode()))
        if https:
            completed.append(_HTTPS_ONLY)
        return completed
