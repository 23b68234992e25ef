"""Gradio's page, completed on its way out: the language of its address, our head, and no script but our own.

Gradio takes the language of its built-in words from ``navigator.language`` and writes ``lang="en"`` on every page. This
middleware writes the right ``lang``, puts our scripts before Gradio's and our sheets after, sets a cookie that
remembers the choice, and gives a content policy by which a browser knows the page's own scripts from any other.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import gradio as gr
from markupsafe import Markup
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scoring.i18n import keys, text
from scoring.server.middleware.headers import new_nonce, page_policy
from scoring.web.static import COOKIE, OF_THE_MODEL, STYLES, fingerprint
from scoring.web.templates import render

SCRIPT = "connection.js"
_TEXTS = "connection."


def head_html(up: str, *, of_the_model: bool = False) -> Markup:
    """Icon and sheets of pages that are `up` from the root, such as ``../``: the officers', or the model's."""
    linked = [name for name in STYLES if of_the_model or name not in OF_THE_MODEL]
    sheets = [f"{up}static/{name}?{fingerprint(name)}" for name in linked]
    return render("frame", "head", favicon=f"{up}static/favicon.svg", sheets=sheets)


def script_html(up: str, lang: str, build: str) -> Markup:
    """The language for Gradio's own words, and ``connection.js`` with what it says; to stand before any other script.

    Parameters
    ----------
    build : of the page, which its events bring along (see `scoring.web.outdated_pages`)
    """
    # The script fills in the values of these texts.
    words = {key: text(lang, f"{_TEXTS}{key}", reference="{reference}", why="{why}") for key in _keys(lang)}
    source = f"{up}static/{SCRIPT}?{fingerprint(SCRIPT)}"
    connection = {"up": up, "build": build, "said": words}
    return render("frame", "scripts", lang=lang, connection=connection, source=source)


def _keys(lang: str) -> list[str]:
    return [key.removeprefix(_TEXTS) for key in keys(lang) if key.startswith(_TEXTS)]


# What Gradio names as the base of links is the page's own address, which they start from anyway; what it tells of
# itself to sites that show links to a page is none of ours.
_GRADIOS = re.compile(rb'<base [^>]*>|<meta\s+(?:property="og:|name="twitter:)[^>]*>')
Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Mounted:
    """A page that is completed.

    Attributes
    ----------
    build : what its events bring along (see `scoring.web.outdated_pages`)
    of_the_model : whether it is one of the model's
    blocks : the page itself
    """

    lang: str
    build: str = ""
    of_the_model: bool = False
    blocks: gr.Blocks | None = None


class PageLanguage:
    """ASGI middleware over an app with pages; `pages` says what is mounted at each path."""

    def __init__(self, app: ASGIApp, pages: Mapping[str, Mounted]) -> None:
        self.app = app
        self._lang_of = {path: page.lang for path, page in pages.items()}
        self._added = {path: _added(path, page) for path, page in pages.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through; complete the pages."""
        path = scope.get("path", "") if scope["type"] == "http" else ""
        lang = self._lang_of.get(path)
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
            if message["type"] != "http.response.body":
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            nonce = new_nonce()
            page = _GRADIOS.sub(b"", bytes(body)).replace(b'lang="en"', f'lang="{lang}"'.encode(), 1)
            for place, html in self._added[path]:
                page = page.replace(place, html, 1)
            page = page.replace(b"<script", f'<script nonce="{nonce}"'.encode())
            policy = page_policy((f"'nonce-{nonce}'",), evaluating=True)
            headers = _headers(start["headers"], page, lang, secure=scope["scheme"] == "https")
            await send({**start, "headers": [*headers, (b"content-security-policy", policy.encode())]})
            await send({"type": "http.response.body", "body": page})

        await self.app(plain, receive, complete)


def _added(path: str, page: Mounted) -> list[tuple[bytes, bytes]]:
    """What is put where: our scripts first of all, our sheets after Gradio's, a first word below the page's own place."""
    up = "../" * (path.count("/") - 1)
    return [
        (b"<head>", f"<head>{script_html(up, page.lang, page.build)}".encode()),
        (b"</head>", f"{head_html(up, of_the_model=page.of_the_model)}</head>".encode()),
        (b"</gradio-app>", f"</gradio-app>{render('frame', 'arriving', lang=page.lang)}".encode()),
    ]


def _headers(headers: Headers, page: bytes, lang: str, *, secure: bool) -> list[tuple[bytes, bytes]]:
    others = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    cookie = f"{COOKIE}={lang}; Path=/; Max-Age=31536000; SameSite=Lax{'; Secure' if secure else ''}"
    return [*others, (b"content-length", str(len(page)).encode()), (b"set-cookie", cookie.encode())]
