"""The problems board: problems met in the data, as cards, with their evidence counted on tables."""
