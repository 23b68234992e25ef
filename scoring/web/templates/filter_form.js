let pending = 0;
const count = (fold) => { fold.querySelector('b').textContent = fold.querySelectorAll(':checked').length || ''; };
// A form that is made again says what it says: what was ticked and typed since goes.
watch('value', () => {
  HTMLFormElement.prototype.reset.call(element.querySelector('form'));  // its button is called the same
  element.querySelectorAll('details[data-choices]').forEach(count);
});
const send = () => {
  const fields = {};
  for (const field of element.querySelectorAll('[data-field]')) {
    const name = field.dataset.field;
    if (field.type === 'checkbox') { (fields[name] ||= []); if (field.checked) fields[name].push(field.value); }
    else { (fields[name] ||= ['', ''])[Number(field.dataset.end)] = field.value; }
  }
  element.dispatchEvent(new CustomEvent('cs-told', {bubbles: true, detail: fields}));
};
element.addEventListener('input', (event) => {
  clearTimeout(pending);
  const fold = event.target.closest('details[data-choices]');
  if (fold) count(fold);
  pending = setTimeout(send, event.target.type === 'checkbox' ? 0 : 250);
});
element.addEventListener('submit', (event) => { event.preventDefault(); clearTimeout(pending); send(); });
element.addEventListener('click', (event) => { if (event.target.closest('[data-reset]')) trigger('clear', {}); });
