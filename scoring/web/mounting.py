"""Pages mounted on the app: every one the same way."""

from collections.abc import Sequence
from copy import copy
from typing import Any, Final

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from gradio.state_holder import SessionState, StateHolder
from starlette.routing import Mount

# What a page's event finds on the server: the page as it was built, and nothing of earlier events.


class EventStates(StateHolder):
    """Gives each event a fresh state and keeps none.

    Raises
    ------
    TypeError
        When a page has a component that wants its value kept, such as `gradio.State`.
    """

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__()
        stateful = sorted({type(one).__name__ for one in blocks.blocks.values() if getattr(one, "stateful", False)})
        if stateful:
            raise TypeError(
                f"A page's components must keep nothing on the server; got {', '.join(stateful)}. Let the page bring the "
                "value along, in its address or a hidden field."
            )
        self.set_blocks(blocks)

    def __getitem__(self, session_id: str) -> SessionState:
        return _EventState(self.blocks)


class _EventState(SessionState):
    """The state of one event: the components of the page; what they held is not written down."""

    def __init__(self, blocks: gr.Blocks) -> None:
        self.blocks_config = copy(blocks.default_config)
        self.config_values = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl = {}
        self.is_closed = False

    def __setitem__(self, key: int, value: Any) -> None:
        self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        """Write nothing down."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Write nothing down."""


# The look that Gradio's own parts take, so that they sit well beside ours; our own CSS is in
# ``static/clairscore.css``.


def make_theme() -> gr.themes.Base:
    """Navy on slate, square corners, IBM Plex Sans from our own files."""
    font = ["IBM Plex Sans", "system-ui", "sans-serif"]
    return gr.themes.Base(
        primary_hue="blue", neutral_hue="slate", radius_size="sm", font=font, font_mono=["ui-monospace", "monospace"]
    ).set(
        body_background_fill="#F6F7F9",
        body_background_fill_dark="#0F1720",
        body_text_color="#16202C",
        body_text_color_dark="#E8EDF2",
        body_text_color_subdued="#55616F",
        body_text_color_subdued_dark="#A9B4C0",
        background_fill_primary="#FFFFFF",
        background_fill_primary_dark="#18222E",
        block_background_fill="#FFFFFF",
        block_background_fill_dark="#18222E",
        block_shadow="none",
        block_shadow_dark="none",
        border_color_primary="#7B8794",
        border_color_primary_dark="#6B7887",
        input_background_fill="#FFFFFF",
        input_background_fill_dark="#18222E",
        input_border_color="#7B8794",
        input_border_color_dark="#6B7887",
        button_primary_background_fill="#123B5D",
        button_primary_background_fill_hover="#0D2C47",
        button_primary_background_fill_dark="#6DB8E8",
        button_primary_background_fill_hover_dark="#8CC8EE",
        button_primary_text_color="#FFFFFF",
        button_primary_text_color_dark="#0F1720",
        button_secondary_background_fill="#FFFFFF",
        button_secondary_background_fill_dark="#18222E",
        button_secondary_border_color="#7B8794",
        button_secondary_border_color_dark="#6B7887",
    )


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
