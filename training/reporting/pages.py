"""The offline reports' templates, in `templates/`: one file, both languages, no script, nothing fetched."""

from pathlib import Path
from typing import Final

from scoring.i18n.templates import Render, renderer

render: Final[Render] = renderer(Path(__file__).parent / "templates")
"""The markup that a macro of a template makes of values (see `scoring.i18n.templates`)."""
