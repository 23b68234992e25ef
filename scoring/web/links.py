"""HTML whose links to clients are followed inside the page: at once where scripts run, as plain links elsewhere."""

from typing import Any

import gradio as gr

_FOLLOW = """
element.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-client]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  trigger('select', {client: link.dataset.client});
});
"""


class Links(gr.HTML):
    """Server-made HTML; a click on ``<a data-client="…">`` raises `select` with that client (empty: the list)."""

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, js_on_load=_FOLLOW, apply_default_css=False, **options)

    def get_block_name(self) -> str:
        """Let the browser use Gradio's own HTML component."""
        return "html"
