"""The language of Gradio's own words follows the page's address, not the browser; and no script runs but our own.

Gradio takes the language of its built-in words from ``navigator.language`` and writes ``lang="en"`` on every page. This
middleware completes the page on its way out: the right ``lang``, a line of script before Gradio's, a cookie that
remembers the choice, and a content policy by which a browser knows the page's own scripts from any other.
"""

import re
from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.access.content_policy import hashes_of, new_nonce, page_policy
from scoring.web.head import head_html
from scoring.web.static import COOKIE

_BASE = re.compile(rb"<base [^>]*>")
Headers = Iterable[tuple[bytes, bytes]]


class PageLanguage:
    """ASGI middleware over an app with pages; `paths` says the language of each."""

    def __init__(self, app: ASGIApp, paths: Mapping[str, str]) -> None:
        self.app = app
        self.language_of = dict(paths)
        # Gradio puts the head into the page by script: what stands in it is known by its content.
        self._known = hashes_of(head_html(""))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through; complete the pages."""
        lang = self.language_of.get(scope.get("path", "")) if scope["type"] == "http" else None
        if lang is None:
            await self.app(scope, receive, send)
            return
        # The page is changed before it is compressed, so the app must not compress it itself.
        plain = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
        start: Message = {}
        body = bytearray()

        async def complete(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            nonce = new_nonce()
            page = _in_language(bytes(body), lang).replace(b"<script", f'<script nonce="{nonce}"'.encode())
            policy = page_policy((f"'nonce-{nonce}'", *self._known), evaluating=True)
            headers = _headers(start["headers"], page, lang, secure=scope["scheme"] == "https")
            await send({**start, "headers": [*headers, (b"content-security-policy", policy.encode())]})
            await send({"type": "http.response.body", "body": page})

        await self.app(plain, receive, complete)


def _in_language(page: bytes, lang: str) -> bytes:
    script = (
        "<script>for (const [key, value] of [['language', '" + lang + "'], ['languages', ['" + lang + "']]])"
        "Object.defineProperty(navigator, key, {get: () => value})</script>"
    )
    # What Gradio names as the base of links is the page's own address, which they start from anyway.
    page = _BASE.sub(b"", page, count=1)
    return page.replace(b'lang="en"', f'lang="{lang}"'.encode(), 1).replace(b"<head>", b"<head>" + script.encode(), 1)


def _headers(headers: Headers, page: bytes, lang: str, *, secure: bool) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    cookie = f"{COOKIE}={lang}; Path=/; Max-Age=31536000; SameSite=Lax{'; Secure' if secure else ''}"
    return [*kept, (b"content-length", str(len(page)).encode()), (b"set-cookie", cookie.encode())]
