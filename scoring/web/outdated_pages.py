"""A page that was opened before the service was changed asks for events that mean something else now: it is told so.

Gradio names what a page may ask by a number, given in the order in which pages are built. After a restart of the same
product the numbers are the same and an open page goes on; after an update they may not be. So a page brings along what
it was built as, and is refused where that is no more: 409, upon which its script asks for the page to be loaded again.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Final

import gradio as gr
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from scoring.web.static import FILES, fingerprint

HEADER: Final = b"x-clairscore-build"
_EVENTS: Final = ("gradio_api/run/", "gradio_api/queue/join")


def build_of(blocks: gr.Blocks) -> str:
    """A short name of what a page can ask and show: its components, its events, our own files."""
    config = blocks.get_config_file()
    components = [(one["id"], one["type"]) for one in config["components"]]
    events = [[one["id"], one["targets"], one["inputs"], one["outputs"], one["js"]] for one in config["dependencies"]]
    known = json.dumps([components, events, [fingerprint(name) for name in FILES]])
    return hashlib.sha256(known.encode()).hexdigest()[:16]


class Builds:
    """ASGI middleware that refuses events of pages that are built no more.

    Parameters
    ----------
    builds : by the path below which pages ask
    """

    def __init__(self, app: ASGIApp, builds: Mapping[str, str]) -> None:
        self.app = app
        self.build_of = {f"{path}{event}": build for path, build in builds.items() for event in _EVENTS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is not told to be of another build."""
        if scope["type"] == "http" and scope["method"] == "POST":
            path: str = scope["path"]
            build = next((build for start, build in self.build_of.items() if path.startswith(start)), None)
            sent = next((value for name, value in scope["headers"] if name == HEADER), None)
            if build is not None and sent is not None and sent.decode("latin-1") != build:
                await Response(status_code=409)(scope, receive, send)
                return
        await self.app(scope, receive, send)
