(typed, kind) => window.clairscore.go(
  'view=points&model=' + kind + (typed.trim() ? '&client=' + encodeURIComponent(typed) : ''))
