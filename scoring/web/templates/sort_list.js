element.addEventListener('click', (event) => {
  const head = event.target.closest('[data-sort]');
  if (head) trigger('select', {by: head.dataset.sort});
});
