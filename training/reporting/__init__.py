"""Reports and published documents: pages as HTML, the methodological note, the model card, the README's blocks."""
