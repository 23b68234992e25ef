// What becomes of a page whose service does not answer, or will not: it is said here, in the page's language, in place of
// Gradio's own notices. What only reads waits and is asked again by itself; what records is never sent a second time.
(() => {
  const {up, build, said} = JSON.parse(document.getElementById('clairscore-connection').textContent);
  const PATIENCE = 20_000, BETWEEN = 2_000, NOTICED = 700, SHOWN = 4_000, TRIES = 3;
  const AWAY = [502, 503, 504], OFTEN = 429;
  const ask = window.fetch.bind(window);
  const held = new Map();  // what waits for the service: of each kind of event the latest
  let lost = false, open = 0, noticing = 0;

  // Its place is there from the beginning, so that a screen reader hears what is put into it.
  const box = Object.assign(document.createElement('div'), {id: 'cs-connection', ariaLive: 'assertive', ariaAtomic: 'true'});
  const pause = Object.assign(document.createElement('div'), {id: 'cs-waiting', ariaLive: 'polite'});
  const arrive = () => {
    document.body.append(box, pause);
    const first = new MutationObserver(() => {
      if (!document.querySelector('h1')) return;
      document.getElementById('cs-arriving')?.remove();
      first.disconnect();
    });
    first.observe(document.body, {childList: true, subtree: true});
  };
  document.body ? arrive() : addEventListener('DOMContentLoaded', arrive);

  const tell = (kind, values = {}) => {
    const words = document.createElement('p');
    words.textContent = said[kind].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
    const again = document.createElement('a');
    Object.assign(again, {href: location.href, textContent: said.reload});
    again.addEventListener('click', (event) => { event.preventDefault(); location.reload(); });
    const close = Object.assign(document.createElement('button'), {type: 'button', textContent: said.close});
    close.addEventListener('click', hush);
    box.replaceChildren(words, again, close);
    box.dataset.kind = kind;
  };
  const hush = () => { box.replaceChildren(); delete box.dataset.kind; };
  const busy = (by) => {
    open += by;
    clearTimeout(noticing);
    noticing = open && !held.size ? setTimeout(() => { pause.textContent = said.waiting; }, NOTICED) : 0;
    if (!noticing) pause.textContent = '';
  };
  const rest = (time) => new Promise((done) => setTimeout(done, time));

  // An answer with all its body; nothing where none came in time.
  const send = async (what, how) => {
    const patience = new AbortController(), end = setTimeout(() => patience.abort(), PATIENCE);
    try {
      const answer = await ask(what, {...how, signal: patience.signal});
      const body = await answer.blob();
      return new Response(body, {status: answer.status, headers: answer.headers});
    } catch {
      return null;
    } finally {
      clearTimeout(end);
    }
  };
  const alive = async () => {
    const answer = await ask(`${up}health`, {cache: 'no-store', signal: AbortSignal.timeout(5_000)}).catch(() => null);
    return answer !== null && answer.ok;
  };
  const lose = async () => {
    if (lost) return;
    lost = true;
    if (await alive()) return resume();
    if (box.dataset.kind !== 'unsure') tell('lost');
    while (lost) {
      await rest(BETWEEN);
      if (await alive()) resume();
    }
  };
  const resume = () => {
    if (box.dataset.kind === 'lost') {
      tell('back');
      setTimeout(() => { if (box.dataset.kind === 'back') hush(); }, SHOWN);
    }
    lost = false;
    dispatchEvent(new Event('clairscore-back'));
    const waiting = [...held.values()];
    held.clear();
    waiting.forEach((go) => go(true));
  };

  const toLogin = () => {
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`${up}login?ended=1&lang=${document.documentElement.lang}&next=${here}`);
  };
  const judge = (answer) => {
    if (answer.ok) { if (['failed', 'slow', 'often'].includes(box.dataset.kind)) hush(); return; }
    if (answer.status === 401) return toLogin();
    const kind = {403: 'other', 409: 'outdated'}[answer.status] || 'failed';
    tell(kind, {reference: answer.headers.get('x-request-id') || ''});
  };
  const refused = () => new Response(JSON.stringify({error: ''}), {status: 500, headers: {'content-type': 'application/json'}});
  const records = (fn) => (window.gradio_config?.dependencies || []).some((one) => one.id === fn && /^record/.test(one.api_name || ''));

  // One event of the page. Of readings that can't be answered now, the latest of each kind waits for the service.
  const event = async (what, how) => {
    const kind = JSON.parse(how.body).fn_index, recording = records(kind);
    const headers = new Headers(how.headers);
    headers.set('X-Clairscore-Build', build);
    const asked = {...how, headers};
    for (let tries = 1; ; tries++) {
      const answer = lost && !recording ? null : await send(what, asked);
      if (answer && answer.status !== OFTEN && !AWAY.includes(answer.status)) { judge(answer); return answer; }
      const often = answer?.status === OFTEN;
      if (recording) {
        if (!often) lose();
        tell(often ? 'often' : 'unsure');
        return refused();
      }
      if (tries >= TRIES && !lost) { tell('slow'); return refused(); }
      held.get(kind)?.(false);
      const again = new Promise((go) => held.set(kind, go));
      busy(0);
      if (often) {
        tell('often');
        rest(1_000 * (Number(answer.headers.get('retry-after')) || 2)).then(() => { if (!lost) resume(); });
      } else {
        lose();
      }
      if (!await again) return refused();
    }
  };
  window.fetch = async (what, how = {}) => {
    const url = new URL(what instanceof Request ? what.url : what, location.href);
    if (url.origin !== location.origin) return ask(what, how);
    if (/\/gradio_api\/(run\/|queue\/join)/.test(url.pathname) && typeof how.body === 'string') {
      window.clairscoreSent = (window.clairscoreSent || 0) + 1;
      busy(1);
      try { return await event(what, how); } finally { busy(-1); }
    }
    const answer = await ask(what, how);
    if (answer.status === 401) toLogin();
    return answer;
  };

  // A file that can't be had is said here, rather than by the browser on a page of its own.
  const nameOf = (answer) => {
    const said = answer.headers.get('content-disposition') || '';
    const encoded = /filename\*=utf-8''([^;]+)/i.exec(said), plain = /filename="?([^";]+)/i.exec(said);
    return encoded ? decodeURIComponent(encoded[1]) : plain ? plain[1] : '';
  };
  const why = async (answer) => {
    const text = await answer.text();
    try { return JSON.parse(text).detail || ''; } catch { return answer.status === 422 ? text : ''; }
  };
  document.addEventListener('click', async (event) => {
    const link = event.target.closest && event.target.closest('a[download]');
    if (!link || link.origin !== location.origin || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    busy(1);
    const answer = await send(link.href, {headers: {'Accept-Language': document.documentElement.lang}});
    busy(-1);
    if (!answer) return tell('file', {why: said.away});
    if (answer.status === 401) return toLogin();
    if (!answer.ok) return tell('file', {why: await why(answer)});
    if (box.dataset.kind === 'file') hush();
    const address = URL.createObjectURL(await answer.blob());
    Object.assign(document.createElement('a'), {href: address, download: link.download || nameOf(answer)}).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });

  // Back and forward open what the address names; a place within the page is none of ours.
  let query = location.search;
  addEventListener('popstate', () => {
    if (location.search === query) return;
    query = location.search;
    window.clairscore?.go ? window.clairscore.go(query.slice(1)) : location.reload();
  });
  for (const name of ['pushState', 'replaceState']) {
    const change = history[name].bind(history);
    history[name] = (...asked) => { change(...asked); query = location.search; };
  }

  addEventListener('offline', async () => { if (!await alive()) lose(); });
  addEventListener('online', async () => { if (lost && await alive()) resume(); });
  // Parts of the page itself that did not arrive.
  const incomplete = () => { if (!lost) tell('incomplete'); };
  addEventListener('error', (event) => { if (/^(SCRIPT|LINK)$/.test(event.target?.tagName)) incomplete(); }, true);
  addEventListener('vite:preloadError', incomplete);
  setTimeout(() => { if (!document.querySelector('h1') && !box.dataset.kind) tell('slow'); }, PATIENCE);
})();
