"""Going from page to page: anything that says ``data-go`` leads where it says, at once where scripts run.

An ``<a href="?client=1" data-go="client=1">`` is a plain link elsewhere. A row of a table that says ``data-go`` is as
good as its link. A chart's script calls ``clairscore.go('client=1')``.
"""

from html import escape

import gradio as gr

from scoring.web.page import Place

_FOLLOW = """
const remembered = {};
window.clairscore = {
  go(query) { delete document.body.dataset.shown; props.value = query; trigger('input'); },
  // The filters of a page that is left are those it is found with again.
  remember(query) {
    const said = new URLSearchParams(query);
    remembered[said.get('view') || (said.has('client') ? 'decision' : 'clients')] = said;
  },
};
document.addEventListener('click', (event) => {
  const source = event.target.closest && event.target.closest('[data-go]');
  if (!source || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  // Inside a row that leads somewhere, other links and buttons do what they do, and text can be marked.
  const link = event.target.closest('a, button, summary, input, select, label');
  if (source.tagName !== 'A' && ((link && link !== source && source.contains(link)) || String(getSelection()))) return;
  event.preventDefault();
  let query = source.dataset.go;
  if (source.dataset.back !== undefined) {
    // Its filters as they were left, for the client chosen now.
    const here = new URLSearchParams(query), kept = new URLSearchParams(remembered[source.dataset.back]);
    for (const name of ['view', 'client']) here.has(name) ? kept.set(name, here.get(name)) : kept.delete(name);
    query = kept.toString();
  }
  window.clairscore.go(query);
});
document.addEventListener('submit', (event) => {
  if (!event.target.matches('[data-find]')) return;
  event.preventDefault();
  window.clairscore.go('client=' + encodeURIComponent(event.target.elements.client.value));
});
"""


def router() -> gr.HTML:
    """The one component that raises `input`, with where to as its value, whenever somebody goes somewhere.

    Where to is no data of the event: who goes on before they have arrived arrives at the last place they asked for.

    A function, not a subclass: Gradio writes a stub file beside the source of each subclass of its components.
    """
    drawn = '<span hidden id="router"></span>'
    return gr.HTML("", html_template=drawn, js_on_load=_FOLLOW, apply_default_css=False, elem_id="router-frame")


def going(place: Place) -> str:
    """The attributes of an ``<a>`` that leads to a place; already escaped."""
    address = escape(place.address)
    return f'href="?{address}" data-go="{address}"'
