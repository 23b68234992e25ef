(address) => {
  history.replaceState(null, '', address ? '?' + address : location.pathname);
  window.clairscore.remember(address);
}
