(place, title) => {
  if (location.search.replace(/^\?/, '') !== place) history.pushState(null, '', place ? '?' + place : location.pathname);
  document.title = title;
  window.scrollTo(0, 0);
  // What was drawn is there two frames later; what was typed before may have been drawn over.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const sought = document.querySelector('[data-sought]');
    if (sought) sought.scrollIntoView({block: 'center'});
    document.body.dataset.shown = place;
  }));
  if (window.clairscoreOpened) {
    const heading = document.querySelector('h1');
    if (heading) { heading.tabIndex = -1; heading.focus({preventScroll: true}); }
  } else {
    document.addEventListener('click', (event) => {
      const link = event.target.closest && event.target.closest('[data-to]');
      const there = link && document.getElementById(link.dataset.to);
      if (!there) return;
      event.preventDefault();
      there.scrollIntoView({block: 'center'});
      there.tabIndex = -1;
      there.focus({preventScroll: true});
    });
  }
  window.clairscoreOpened = true;
}
