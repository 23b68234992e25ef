"""Who looks at a page."""

import gradio as gr

from scoring.server.identity import ANONYMOUS, Identity, may_read_journal, of_scope


def identity_of(request: gr.Request | None) -> Identity:
    """The identity that the door found for an event's request, or `ANONYMOUS`."""
    inner = getattr(request, "request", None)
    return ANONYMOUS if inner is None else of_scope(inner.scope)


def sees_model(request: gr.Request | None, *, synthetic: bool) -> bool:
    """Whether whoever looks at a page may open the model's pages: everyone where the clients are made up."""
    return synthetic or sees_journal(request)


def sees_journal(request: gr.Request | None) -> bool:
    """Whether whoever looks at a page may leaf through the journal."""
    inner = getattr(request, "request", None)
    return inner is None or may_read_journal(inner.scope)
