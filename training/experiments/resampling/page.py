"""The study as one HTML page, French first, made of what is written as JSON beside it."""

from pathlib import Path

from scoring.i18n import Words
from scoring.i18n.templates import renderer
from training.experiments.resampling.study import Study
from training.experiments.resampling.words import COLUMNS, cells, note

TITLE = Words("Rééchantillonner aide-t-il ?", "Does resampling help?")
_render = renderer(Path(__file__).parent)


def html(study: Study) -> str:
    """Return the page."""
    return _render("page", "page", title=TITLE, study=study, columns=COLUMNS.values(), note=note, cells=cells)
