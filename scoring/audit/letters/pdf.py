"""A letter as a PDF for the archive: PDF/A-2a and PDF/UA-1, tagged, in the reader's language, with our own fonts.

The rule: what a letter says goes to the typesetter as JSON and stays text there; nothing in it can become markup. The
same decision gives the same bytes.
"""

import dataclasses
import json
import threading
from datetime import datetime
from pathlib import Path

import typst

from scoring.audit.letters.content import Letter
from scoring.i18n import text

HERE = Path(__file__).parent
TEMPLATE = HERE / "letter.typ"
FONTS = HERE / "fonts"
_one_at_a_time = threading.Lock()


def pdf_of(letter: Letter) -> bytes:
    """Typeset a letter."""
    data = dataclasses.asdict(letter) | {"page": text(letter.lang, "letter.page", page="{page}", pages="{pages}")}
    with _one_at_a_time:  # the typesetter's cache is one for all threads
        made = typst.compile(
            str(TEMPLATE),
            root=str(HERE),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"letter": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(datetime.fromisoformat(letter.decided_at).timestamp()),
        )
    return bytes(made)
