element.addEventListener('cs-select', (event) => trigger('select', event.detail));
if (!document.querySelector('script[data-plotly]')) {
  const script = document.createElement('script');
  // Beside the sheet that the head links, however deep the page lies.
  script.src = new URL('SCRIPT', document.querySelector('link[rel=stylesheet][href*="/static/"]').href);
  script.dataset.plotly = 'PLOTLY';
  document.head.append(script);
}
