(term) => { if (term) window.clairscore.go('view=shapes&term=' + encodeURIComponent(term)); }
