watch('value', () => { HTMLFormElement.prototype.reset.call(element.querySelector('form')); });
element.addEventListener('change', () => {
  const chosen = [...document.querySelectorAll('form.cs-choose select')].map((one) => [one.name, one.value]);
  element.dispatchEvent(new CustomEvent('cs-told', {bubbles: true, detail: Object.fromEntries(chosen)}));
});
element.addEventListener('submit', (event) => event.preventDefault());
