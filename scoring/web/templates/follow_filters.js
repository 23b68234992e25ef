(address) => {
  history.replaceState(null, '', address ? '?' + address : location.pathname);
  window.clairscore.remember(address);
  // The other language shows the same filters.
  for (const link of document.querySelectorAll('.cs-languages a[hreflang]')) link.search = address ? '?' + address : '';
}
