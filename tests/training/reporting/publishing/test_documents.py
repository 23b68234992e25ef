"""The documents as committed: what the results say today, within their pages."""

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from scoring.settings import DEMO, ROOT
from training.reporting.publishing.blocks import BLOCKS
from training.reporting.publishing.results import read_results
from training.reporting.publishing.writing import written

REMEDY = "the documents are stale: run `make docs`"
LIMITS = {"1. ": 2, "2. ": 1, "3. ": 1, "4. ": 1}
"""Pages that each part of the methodological note may take (the client's brief, B21)."""


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return written(DEMO)


def test_every_document_is_fresh(made: dict[str, bytes]) -> None:
    for name, content in made.items():
        path: Path = ROOT / name
        assert path.is_file(), f"{name} is missing: run `make docs`"
        assert path.read_bytes() == content, f"{name}: {REMEDY}"


def test_each_part_of_the_note_keeps_to_its_pages(made: dict[str, bytes]) -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made["docs/note_methodologique.pdf"])).pages]
    starts = {
        part: next(at for at, wording in enumerate(pages) if re.search(rf"^{re.escape(part)}", wording, re.MULTILINE))
        for part in LIMITS
    }
    ends = [*list(starts.values())[1:], len(pages)]
    taken = {part: end - start for (part, start), end in zip(starts.items(), ends, strict=True)}
    assert all(1 <= taken[part] <= LIMITS[part] for part in LIMITS), taken


def test_the_notes_threshold_is_the_one_served(made: dict[str, bytes]) -> None:
    results = read_results(DEMO)
    threshold = f"{100 * results['serving']['rule']['threshold']:.2f}".replace(".", ",")
    assert f"FP / (FP + FN) = {threshold}\u00a0%" in made["docs/note_methodologique.md"].decode()


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_block_can_be_written(name: str, lang: str) -> None:
    wording = BLOCKS[name](read_results(DEMO), lang)
    assert wording.strip()
    assert "nan" not in wording.lower().split()
