(place, title) => {
  if (location.search.replace(/^\?/, '') !== place) history.pushState(null, '', place ? '?' + place : location.pathname);
  document.title = title;
  window.scrollTo(0, 0);
  if (window.clairscoreOpened) {
    const heading = document.querySelector('h1');
    if (heading) { heading.tabIndex = -1; heading.focus({preventScroll: true}); }
  }
  window.clairscoreOpened = true;
  // What was drawn is there two frames later; what was typed before may have been drawn over.
  requestAnimationFrame(() => requestAnimationFrame(() => { document.body.dataset.shown = place; }));
}
