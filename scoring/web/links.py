"""HTML whose links to clients are followed inside the page: at once where scripts run, as plain links elsewhere."""

from typing import Any

import gradio as gr

# A row that names a client is as good as its link, unless the click ends the marking of some text.
_FOLLOW = """
element.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-client]');
  const row = link ? null : event.target.closest('tr[data-client]');
  if (!link && (!row || String(getSelection()))) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  trigger('select', {client: (link || row).dataset.client});
});
"""


def links(value: str = "", **options: Any) -> gr.HTML:
    """Server-made HTML; a click on ``<a data-client="…">`` raises `select` with that client (empty: the list).

    A function, not a subclass: Gradio writes a stub file beside the source of each subclass of its components.
    """
    return gr.HTML(value, js_on_load=_FOLLOW, apply_default_css=False, **options)
