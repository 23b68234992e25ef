// <cs-plot data-figure='{"data": […], "layout": {…}}'> draws itself with our own plotly.js, which is fetched when the
// first such element is in sight. Colours written as "var(--cs-…)" follow the page, light or dark. A click on something
// that names what it is, or an area that was drawn, is told as the event `cs-select`; an id that starts with "go:" leads there.
// What is drawn lives in a shadow root: whoever writes the page's HTML anew does not take it away.
(() => {
  if (customElements.get('cs-plot')) return;
  const script = document.currentScript;
  const library = new URL(script.dataset.plotly, script.src).href;
  const drawn = new Set();
  let loading = null;

  const load = () => {
    loading ??= new Promise((done, failed) => {
      if (window.Plotly) return done();
      const tag = document.createElement('script');
      tag.src = library;
      tag.onload = done;
      tag.onerror = () => { loading = null; failed(new Error('plotly.js')); };
      document.head.append(tag);
    });
    return loading;
  };

  const STYLE = `
    :host { display: block; width: 100%; position: relative; touch-action: pan-y; }
    :host([hidden]) { display: none; }
    .js-plotly-plot, .js-plotly-plot div { direction: ltr; margin: 0; padding: 0; }
    .js-plotly-plot svg { overflow: hidden; }
    .js-plotly-plot svg a { fill: currentColor; }
    .js-plotly-plot .main-svg { position: absolute; top: 0; left: 0; pointer-events: none; }
    .js-plotly-plot .main-svg .draglayer { pointer-events: all; }
    .js-plotly-plot .cursor-pointer { cursor: pointer; }
    .js-plotly-plot .cursor-crosshair { cursor: crosshair; }
    .js-plotly-plot .cursor-move { cursor: move; }
    .select-outline { fill: none; shape-rendering: crispEdges; }
    .select-outline-1 { stroke: var(--cs-card); } .select-outline-2 { stroke: var(--cs-brand); stroke-dasharray: 4px 3px; }
    p { margin: 0; padding: 16px 0; color: var(--cs-muted); font-size: 16px; }`;

  const coloured = (value, style) => {
    if (typeof value === 'string') return value.startsWith('var(--') ? style.getPropertyValue(value.slice(4, -1)).trim() : value;
    if (Array.isArray(value)) return typeof value[0] === 'number' && typeof value.at(-1) === 'number' ? value : value.map((one) => coloured(one, style));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coloured(one, style)]));
  };

  // What is common to every picture; a figure's own layout goes over it.
  const dressed = (own, style, width, height) => {
    const colour = (name) => style.getPropertyValue(`--cs-${name}`).trim();
    const ground = 'rgba(0,0,0,0)';
    const axis = {
      automargin: true, fixedrange: true, zeroline: false, showline: false, ticks: '', ticklabelstandoff: 4, gridcolor: colour('line'),
      linecolor: colour('outline'), tickfont: {color: colour('muted'), size: width < 420 ? 12 : 14}, title: {standoff: 8, font: {color: colour('muted'), size: 14}},
    };
    const base = {
      width, height, autosize: false, showlegend: false, dragmode: false, hovermode: 'closest', bargap: 0.3,
      paper_bgcolor: ground, plot_bgcolor: ground, margin: {l: 8, r: 16, t: 8, b: 8},
      font: {family: style.fontFamily, size: 14, color: colour('ink')},
      hoverlabel: {bgcolor: colour('card'), bordercolor: colour('outline'), align: 'left', font: {family: style.fontFamily, size: 14, color: colour('ink')}},
      newselection: {line: {color: colour('brand'), width: 2, dash: 'dash'}}, activeselection: {fillcolor: colour('brand'), opacity: 0.08},
    };
    const layout = {...base, ...own};
    layout.xaxis = {...axis, showgrid: false, nticks: Math.max(3, Math.floor(width / 110)), ...own.xaxis};
    layout.yaxis = {...axis, showgrid: true, ...own.yaxis};
    // Names of columns that are on two lines have, where there is little room, a line for each word.
    if (width < 420 && (layout.xaxis.ticktext || []).some((one) => one.includes('<br>'))) layout.xaxis = {...layout.xaxis, tickfont: {...layout.xaxis.tickfont, size: 11}, ticktext: layout.xaxis.ticktext.map((one) => one.replaceAll(/ |<br>/g, '<br>'))};
    for (const key of Object.keys(own)) if (/^[xy]axis\d+$/.test(key)) layout[key] = {...axis, ...own[key]};
    for (const key of Object.keys(layout)) {
      const title = /^[xy]axis/.test(key) && own[key] && own[key].title;
      if (title) layout[key] = {...layout[key], title: {...axis.title, ...(typeof title === 'string' ? {text: title} : title)}};
    }
    return layout;
  };

  class Plot extends HTMLElement {
    // What says that it is drawn goes with the rest when the page's HTML is written anew.
    static observedAttributes = ['data-figure', 'data-drawn'];

    connectedCallback() {
      if (!this.shadowRoot) {
        this.attachShadow({mode: 'open'}).innerHTML = `<style>${STYLE}</style><div></div>`;
        this.sizes = new ResizeObserver(() => this.redraw());
      }
      this.sizes.observe(this);
      drawn.add(this);
    }

    disconnectedCallback() {
      this.sizes.disconnect();
      drawn.delete(this);
      const plot = this.shadowRoot.querySelector('.js-plotly-plot');
      if (plot && window.Plotly) { window.Plotly.purge(plot); this.bound = false; this.key = null; }
    }

    attributeChangedCallback() { this.redraw(); }

    redraw() {
      if (this.waiting || !this.isConnected) return;
      this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
    }

    async draw() {
      if (!this.isConnected || !this.clientWidth) return;
      const place = this.shadowRoot.querySelector('div');
      try {
        await load();
      } catch {
        place.innerHTML = '<p></p>';
        place.firstChild.textContent = this.dataset.failed || '';
        return;
      }
      const style = getComputedStyle(this), width = this.clientWidth, height = this.clientHeight;
      const key = [this.dataset.figure, width, height, style.getPropertyValue('--cs-ink'), style.getPropertyValue('--cs-card')].join('|');
      if (!width || !this.isConnected) return;
      if (key === this.key) return this.say();
      this.key = key;
      const figure = JSON.parse(this.dataset.figure);
      const layout = dressed(coloured(figure.layout || {}, style), style, width, height);
      await window.Plotly.react(place, coloured(figure.data, style), layout, {displayModeBar: false, responsive: false, doubleClick: false, showTips: false});
      if (!this.bound) this.listen(place);
      this.say();
    }

    say() {
      if (this.dataset.drawn === undefined) this.dataset.drawn = '';
    }

    listen(place) {
      this.bound = true;
      place.on('plotly_click', ({points}) => {
        const point = points && points[0];
        if (point) this.tell({what: 'one', id: point.customdata ?? null, index: point.pointNumber ?? null, x: point.x ?? null, y: point.y ?? null});
      });
      place.on('plotly_selected', (area) => {
        if (area && area.range) this.tell({what: 'area', x: area.range.x, y: area.range.y});
      });
      place.on('plotly_doubleclick', () => this.tell({what: 'none'}));
    }

    tell(detail) {
      if (typeof detail.id === 'string' && detail.id.startsWith('go:') && window.clairscore) return window.clairscore.go(detail.id.slice(3));
      this.dispatchEvent(new CustomEvent('cs-select', {bubbles: true, composed: true, detail: {figure: this.dataset.key || '', ...detail}}));
    }
  }

  customElements.define('cs-plot', Plot);
  // Light or dark is a class of the body; a page that is shown again has a new width, which is observed above.
  const redrawn = () => drawn.forEach((plot) => plot.redraw());
  addEventListener('clairscore-back', redrawn);  // what could not be fetched may be had now
  new MutationObserver(redrawn).observe(document.body, {attributes: true, attributeFilter: ['class']});
})();
