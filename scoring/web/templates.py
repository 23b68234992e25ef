"""The pages' templates, in the folder `templates/`: `render` calls a macro of one (see `scoring.i18n.templates`).

Each file holds the macros of one page, or parts that pages share (``parts.html``: signs, links, notices). Beside what
every template knows, these know ``day(iso, lang)``, ``moment(iso, lang)`` and ``OUTCOMES``.
"""

from pathlib import Path
from typing import Final

from scoring.i18n import moment
from scoring.i18n.dates import day
from scoring.i18n.templates import Render, renderer
from scoring.model.decision import OUTCOMES

FOLDER: Final = Path(__file__).parent / "templates"
render: Final[Render] = renderer(FOLDER, day=day, moment=moment, OUTCOMES=OUTCOMES)
"""The markup that a macro of ``templates/<template>.html`` makes of values: ``render("clients", "list", lang=lang)``."""


def script(name: str, **words: str) -> str:
    """The script ``templates/<name>.js``, where each word in capitals stands for a value."""
    source = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
    for word, value in words.items():
        source = source.replace(word, value)
    return source
