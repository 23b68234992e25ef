"""Who looks at a page."""

import gradio as gr

from scoring.access.identity import ANONYMOUS, Identity, of_scope


def identity_of(request: gr.Request | None) -> Identity:
    """The identity that the door found for an event's request, or `ANONYMOUS`."""
    inner = getattr(request, "request", None)
    return ANONYMOUS if inner is None else of_scope(inner.scope)
