"""The documents that are written: which template, where to, in which language; with their pictures.

Everything is made in memory first, so that a folder never holds half of the documents.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from scoring.files import file_aside
from scoring.i18n import text
from scoring.reports.brief import PARTS, Stop, Way, path_of
from scoring.settings import ROOT
from training.evaluation.pictures import draw_costs
from training.reporting.publishing.blocks import BLOCKS
from training.reporting.publishing.filling import fill
from training.reporting.publishing.paper import pdf_of
from training.reporting.publishing.results import read_results

LANGUAGES: Final = ("en", "fr")
BRIEF = "docs/brief.md"
_HEADINGS = {"en": "# The brief, point by point", "fr": "# La demande, point par point"}


def brief() -> str:
    """What was done for each point of the brief, with the ways to it, from `scoring.reports.brief`; in Markdown."""
    return "\n".join(f"{_HEADINGS[lang]}\n\n{points(lang)}" for lang in LANGUAGES)


def points(lang: str) -> str:
    """The points under the brief's four headings, in one language."""
    lines: list[str] = []
    for part, stops in PARTS.items():
        lines += [f"**{text(lang, f'model.tour.part.{part}')}**", "", *(_line(stop, lang) for stop in stops), ""]
    return "\n".join(lines)


def _line(stop: Stop, lang: str) -> str:
    done = text(lang, f"model.tour.{stop.code.lower()}.done")
    return f"- **{stop.code}** {done} {', '.join(_way(way, lang) for way in stop.ways)}"


def _way(way: Way, lang: str) -> str:
    if way.kind == "file":
        path = way.target.removeprefix("docs/") if way.target.startswith("docs/") else f"../{way.target}"
        return f"[{way.target.rsplit('/', 1)[-1]}]({path})"
    if way.kind == "route":
        return f"`{way.target}`"
    app = path_of(lang) if way.kind == "model" else f"/{lang}"
    return f"`{app}/?view={way.target}`"


TEMPLATES = Path(__file__).parent / "templates"


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
    """Every document and picture of a training, by its path from the repository's top; the brief's points too.

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
    return {BRIEF: brief().encode(), **{f"docs/{name}": content for name, content in files.items()}}


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
