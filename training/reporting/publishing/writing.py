"""The documents that are written: which template, where to, in which language; with their pictures.

Everything is made in memory first, so that a folder never holds half of the documents.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scoring.files import file_aside
from scoring.settings import ROOT
from training.evaluation.pictures import draw_costs
from training.reporting.publishing.blocks import BLOCKS
from training.reporting.publishing.filling import fill
from training.reporting.publishing.paper import pdf_of
from training.reporting.publishing.readme import with_points
from training.reporting.publishing.results import read_results

TEMPLATES = Path(__file__).parent / "templates"
README = "README.md"


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
    """Pictures that documents show, by their path from the documents' folder."""
    assessment = results["evaluation"]["assessment"]
    yield "figures/couts.png", draw_costs(assessment, "fr")


def written(folder: Path) -> dict[str, bytes]:
    """Every document and picture of a training, by its path from the repository's top; the README's lists too.

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
    readme = with_points((ROOT / README).read_text(encoding="utf-8"))
    return {README: readme.encode(), **{f"docs/{name}": content for name, content in files.items()}}


def publish(folder: Path, top: Path = ROOT) -> list[Path]:
    """Write the documents of a training; return their paths."""
    paths = []
    for name, content in written(folder).items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with file_aside(path) as aside:
            aside.write_bytes(content)
        paths.append(path)
    return paths
