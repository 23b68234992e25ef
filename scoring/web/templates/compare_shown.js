(client, group) => {
  const box = document.querySelector('#explore-client input, #explore-client textarea');
  if (!client.trim()) return box.focus();
  window.clairscore.go('view=compare&client=' + encodeURIComponent(client) + '&' + group);
}
