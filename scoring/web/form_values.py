"""What a form of ours says, carried to the server as a part's value.

The rule: not with the event. An event that waits for the answer to the one before is sent afterwards with the data of
that one, so that whoever is quick, or loses the connection for a moment, would be answered for less than they chose.
"""

from typing import Any

import gradio as gr

TOLD = "cs-told"
"""The event that a form raises in the page, with what it says as its detail."""

_CARRY = """
document.addEventListener('{told}', (event) => {{
  if (!event.target.closest('{within}')) return;
  props.value = JSON.stringify(event.detail);
  trigger('input');
}});
"""


def carried(within: str) -> gr.HTML:
    """Raises `input` with what a form within that selector says, as JSON, as its value."""
    script = _CARRY.format(told=TOLD, within=within)
    named = f"carried-{within.removeprefix('#')}"
    hidden: dict[str, Any] = {"html_template": "<span hidden></span>", "elem_classes": "cs-carried", "elem_id": named}
    return gr.HTML("", js_on_load=script, apply_default_css=False, **hidden)
