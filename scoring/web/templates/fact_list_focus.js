let kept = false;
element.addEventListener('focusin', () => { kept = true; });
element.addEventListener('focusout', (event) => { if (event.relatedTarget) kept = false; });
watch('value', () => { if (kept) element.querySelector('select')?.focus(); });
