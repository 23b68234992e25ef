(typed) => window.clairscore.go('client=' + encodeURIComponent(typed))
