"""Pages mounted on the app: every one the same way."""

from collections.abc import Sequence
from typing import Final

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.routing import Mount

from scoring.web.event_state import EventStates
from scoring.web.theme import make_theme

MOST_QUEUED: Final = 16
"""Events of a page that may wait in its queue; whoever comes then is told to try again."""


def mount(app: FastAPI, blocks: gr.Blocks, path: str) -> None:
    """Mount pages at a path; our head is put into them by `scoring.web.page_language`."""
    blocks.queue(max_size=MOST_QUEUED, api_open=False)
    gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        theme=make_theme(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        favicon_path=None,
    )
    states = EventStates(blocks)
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, App) and route.app.blocks is blocks:
            route.app.state_holder = states


def forget_session(pages: Sequence[gr.Blocks], name: str) -> None:
    """Drop what waits in the pages' queues under a session's name; what is still being made for it goes nowhere."""
    for blocks in pages:
        queue = blocks._queue  # Gradio gives no other way
        for event in queue.event_ids_to_events.values():
            event.alive = event.alive and event.session_hash != name
        queue.pending_event_ids_session.pop(name, None)
        queue.pending_messages_per_session.pop(name, None)
