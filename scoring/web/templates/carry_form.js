document.addEventListener('cs-told', (event) => {
  if (!event.target.closest('WITHIN')) return;
  props.value = JSON.stringify(event.detail);
  trigger('input');
});
