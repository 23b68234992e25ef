"""The language of Gradio's own words follows the page's address, not the browser.

Gradio takes the language of its built-in words from ``navigator.language`` and writes ``lang="en"`` on every page. This
middleware completes the page on its way out: the right ``lang``, a line of script before Gradio's, and a cookie that
remembers the choice.
"""

from collections.abc import Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.web.static import COOKIE

Headers = Iterable[tuple[bytes, bytes]]


class PageLanguage:
    """ASGI middleware over an app with pages; `paths` says the language of each."""

    def __init__(self, app: ASGIApp, paths: Mapping[str, str]) -> None:
        self.app = app
        self.language_of = dict(paths)

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
            page = _in_language(bytes(body), lang)
            await send({**start, "headers": _headers(start["headers"], page, lang)})
            await send({"type": "http.response.body", "body": page})

        await self.app(plain, receive, complete)


def _in_language(page: bytes, lang: str) -> bytes:
    script = (
        "<script>for (const [key, value] of [['language', '" + lang + "'], ['languages', ['" + lang + "']]])"
        "Object.defineProperty(navigator, key, {get: () => value})</script>"
    )
    return page.replace(b'lang="en"', f'lang="{lang}"'.encode(), 1).replace(b"<head>", b"<head>" + script.encode(), 1)


def _headers(headers: Headers, page: bytes, lang: str) -> list[tuple[bytes, bytes]]:
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    cookie = f"{COOKIE}={lang}; Path=/; Max-Age=31536000; SameSite=Lax"
    return [*kept, (b"content-length", str(len(page)).encode()), (b"set-cookie", cookie.encode())]
