"""The documents that are written: which template, where to, in which language; with their pictures.

Everything is made in memory first, so that a folder never holds half of the documents.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scoring.files import file_aside
from training.evaluation.pictures import draw_costs
from training.publishing.blocks import BLOCKS
from training.publishing.filling import fill
from training.publishing.paper import pdf_of
from training.publishing.results import ROOT, read_results

TEMPLATES = Path(__file__).parent / "templates"
DOCS = ROOT / "docs"


@dataclass(frozen=True)
class Document:
    """One document.

    Attributes
    ----------
    name : of the template and the Markdown file
    printed : title of the PDF; None for Markdown alone
    """

    name: str
    lang: str
    printed: str | None = None


DOCUMENTS = (
    Document("note_methodologique", "fr", printed="Clairscore : note méthodologique"),
    Document("model_card", "en"),
    Document("data_sheet", "en"),
)


def pictures(results: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Pictures that documents show, by their path below ``docs``."""
    assessment = results["evaluation"]["assessment"]
    yield "figures/couts.png", draw_costs(assessment, "fr")


def written(folder: Path, docs: Path = DOCS) -> dict[str, bytes]:
    """Every document and picture of a training, by its path below ``docs``.

    Raises
    ------
    TrainingError
        When a result that a document speaks of is not there.
    """
    results = read_results(folder)
    files = dict(pictures(results))
    dated = date.fromisoformat(results["serving"]["provenance"]["trained_on"])
    for one in DOCUMENTS:
        template = (TEMPLATES / f"{one.name}.md").read_text(encoding="utf-8")
        markdown = fill(template, results, BLOCKS, one.lang)
        files[f"{one.name}.md"] = markdown.encode()
        if one.printed is not None:
            files[f"{one.name}.pdf"] = pdf_of(
                markdown, lang=one.lang, title=one.printed, pictures=files, dated=dated, size=9.8
            )
    return files


def publish(folder: Path, docs: Path = DOCS) -> list[Path]:
    """Write the documents of a training; return their paths."""
    paths = []
    for name, content in written(folder, docs).items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with file_aside(path) as aside:
            aside.write_bytes(content)
        paths.append(path)
    return paths
