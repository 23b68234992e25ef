const remembered = {};
window.clairscore = {
  go(query) {
    delete document.body.dataset.shown;
    props.value = query;
    const sent = window.clairscoreSent;
    trigger('input');
    // Gradio may drop an event that is raised while it ends another: what was not sent is raised once more.
    setTimeout(() => { if (window.clairscoreSent === sent) trigger('input'); }, 500);
  },
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
