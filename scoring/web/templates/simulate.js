// The page What if: sliders, boxes, the map and the choices change one form, whose data are sent at once.
// Run when the part that carries them to the server is drawn; `props` and `trigger` belong to it. They travel as its
// value, not with the event: a move that waits for an answer is sent afterwards with the value of then, not of now.
window.clairscoreWhatIf = (name, detail) => { props.value = JSON.stringify(detail); trigger(name); };
if (!window.clairscoreWhatIfListens) {
  window.clairscoreWhatIfListens = true;
  const NAMES = ['amount', 'payments', 'down_payment', 'document_3', 'document_6', 'document_8', 'other_documents'];
  const dashed = (name) => name.replaceAll('_', '-');
  const form = () => document.getElementById('dials');
  const get = (name, asked = '') => form().getAttribute(`data-${asked}${dashed(name)}`) || '';
  const set = (name, value) => form().setAttribute(`data-${dashed(name)}`, value);
  const written = (value, name) => {
    const digits = name === 'payments' && !Number.isInteger(Math.round(value * 10) / 10) ? 1 : 0;
    return new Intl.NumberFormat(document.documentElement.lang, {minimumFractionDigits: digits, maximumFractionDigits: digits}).format(value);
  };
  // As scoring.i18n.read_number reads: what could be two numbers, such as 200.000, is none.
  const TYPED = {
    fr: /^(\d+|\d{1,3}(?: \d{3})+)(?:[.,](\d+))?$/,
    en: /^(\d+|\d{1,3}(?:([ ,])\d{3})(?:\2\d{3})*)(?:\.(\d+))?$/,
  };
  const read = (typed) => {
    const plain = typed.trim().replace(/[\u00a0\u2009\u202f\t]/g, ' ');
    const found = TYPED[document.documentElement.lang].exec(plain);
    if (!found || /^[1-9]\d{0,2}[.,]\d{3}$/.test(found[2] === ',' ? '' : plain)) return NaN;
    return Number(`${found[1].replace(/[ ,]/g, '')}.${found[found.length - 1] || 0}`);
  };
  const show = (name) => {
    const value = get(name);
    const box = form().querySelector(`[data-box="${name}"]`);
    const slider = form().querySelector(`[data-slider="${name}"]`);
    if (box && box.type === 'checkbox') box.checked = value === '1';
    else if (box && box.type === 'number') box.value = value;
    else if (box) { box.value = value === '' ? '' : written(Number(value), name); box.removeAttribute('aria-invalid'); }
    if (slider && value !== '') { slider.value = value; slider.setAttribute('aria-valuetext', box ? box.value : value); }
  };
  const send = (event) => {
    const detail = {client: form().dataset.client};
    for (const name of NAMES) detail[name] = get(name) === get(name, 'asked-') ? '' : get(name);
    const map = document.getElementById('map-frame');
    detail.map = map && map.firstElementChild ? map.querySelector('[data-for]')?.dataset.for || '' : '';
    window.clairscoreWhatIf(event, detail);
  };
  const field = () => document.querySelector('.cs-map-field');
  const plane = () => {
    const data = field().dataset;
    const [left, top, width, height] = data.frame.split(' ').map(Number);
    const axis = (name) => ({first: Number(data[`${name}First`]), step: Number(data[`${name}Step`]), count: Number(data[`${name}Count`])});
    return {left, top, width, height, amount: axis('amount'), payments: axis('payments')};
  };
  const mark = () => {
    const here = document.querySelector('.cs-mark-here');
    if (!here) return;
    const {left, top, width, height, amount, payments} = plane();
    const x = left + (((Number(get('payments')) - payments.first) / payments.step + 0.5) / payments.count) * width;
    const y = top + height - (((Number(get('amount')) - amount.first) / amount.step + 0.5) / amount.count) * height;
    const inside = get('payments') !== '' && x >= left && x <= left + width && y >= top && y <= top + height;
    here.style.display = inside ? '' : 'none';
    here.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    here.firstElementChild.setAttribute('d', `M${left - x} 0H${left + width - x}M0 ${top - y}V${top + height - y}`);
  };
  const change = (values, settled) => {
    for (const [name, value] of Object.entries(values)) { set(name, String(value)); show(name); }
    mark();
    send('input');
    if (settled) send('release');
  };
  const snapped = (axis, place) => axis.first + axis.step * Math.min(Math.max(place, 0), axis.count - 1);

  document.addEventListener('input', (event) => {
    const name = event.target.dataset && event.target.dataset.slider;
    if (name) change({[name]: event.target.value}, false);
  });
  document.addEventListener('change', (event) => {
    const data = event.target.dataset || {};
    if (data.slider) send('release');
    if (!data.box) return;
    if (event.target.type === 'checkbox') return change({[data.box]: event.target.checked ? '1' : '0'}, true);
    const value = read(event.target.value);
    if (Number.isNaN(value)) { event.target.setAttribute('aria-invalid', 'true'); return; }
    change({[data.box]: value}, true);
  });
  document.addEventListener('submit', (event) => { if (event.target.id === 'dials') event.preventDefault(); });
  // Before the page's own way of following links: a choice changes the form that is already there.
  document.addEventListener('click', (event) => {
    if (!event.target.closest || !form()) return;
    if (event.target.closest('[data-record]')) return send('submit');
    if (event.target.closest('[data-reset]')) return change(Object.fromEntries(NAMES.map((name) => [name, get(name, 'asked-')])), true);
    const choice = event.target.closest('[data-whatif]');
    if (choice && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
      event.preventDefault();
      return change(Object.fromEntries(NAMES.map((name) => [name, choice.getAttribute(`data-${dashed(name)}`) || get(name, 'asked-')])), true);
    }
    const picture = event.target.closest('.cs-map-field svg');
    if (!picture) return;
    const {left, top, width, height, amount, payments} = plane();
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    if (at.x < left || at.x > left + width || at.y < top || at.y > top + height) return;
    change({
      amount: snapped(amount, Math.floor((1 - (at.y - top) / height) * amount.count)),
      payments: snapped(payments, Math.floor(((at.x - left) / width) * payments.count)),
    }, true);
  }, true);
  document.addEventListener('keydown', (event) => {
    if (!event.target.classList || !event.target.classList.contains('cs-map-field')) return;
    const [up, right] = {ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1]}[event.key] || [0, 0];
    if (!up && !right) return;
    event.preventDefault();
    const {amount, payments} = plane();
    const moved = {};
    const next = (axis, value, by) => {
      const place = (value - axis.first) / axis.step;
      return snapped(axis, by > 0 ? Math.floor(place + 1e-9) + 1 : Math.ceil(place - 1e-9) - 1);
    };
    if (up) moved.amount = next(amount, Number(get('amount')), up);
    if (right) moved.payments = get('payments') === '' ? payments.first : next(payments, Number(get('payments')), right);
    change(moved, true);
  });
}
