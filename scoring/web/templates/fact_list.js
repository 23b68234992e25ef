const list = () => document.querySelector('form.cs-fact-list');
const send = (names) => { props.value = names.join(','); trigger('input'); };
const chosen = () => [...list().querySelectorAll('[data-take]')].map((one) => one.dataset.take);
document.addEventListener('click', (event) => {
  const take = event.target.closest && event.target.closest('form.cs-fact-list [data-take]');
  if (!take) return;
  take.closest('li').remove();
  list().querySelector('select').focus();
  send(chosen());
});
document.addEventListener('change', (event) => {
  if (event.target.matches('form.cs-fact-list select') && event.target.value) send([...chosen(), event.target.value]);
});
document.addEventListener('submit', (event) => { if (event.target.matches('form.cs-fact-list')) event.preventDefault(); });
