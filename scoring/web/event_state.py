"""What a page's event finds on the server: the page as it was built, and nothing of earlier events.

Gradio keeps a copy of every component for each session, with all that it ever held: five megabytes for somebody who
looked at each page, for as many names as anybody makes up. Our pages bring along what they show, and what they send
back is held against all that can ever be offered (they go on when the service is started again under them), so nothing
needs to be kept: each event gets a state of its own, which ends with it.
"""

from copy import copy
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder


class EventStates(StateHolder):
    """Gives each event a fresh state and keeps none.

    Raises
    ------
    TypeError
        When a page has a component that wants its value kept, such as `gradio.State`.
    """

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__()
        kept = sorted({type(one).__name__ for one in blocks.blocks.values() if getattr(one, "stateful", False)})
        if kept:
            raise TypeError(
                f"A page's components must keep nothing on the server; got {', '.join(kept)}. Let the page bring the "
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
