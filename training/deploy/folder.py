"""The folder that is pushed: the code that serves, the artefacts, and the files that its pages and its README name.

The rule: a file is there because something names it, or because it is code of the service of a kind that is listed
here; nothing is there because it happened to lie in the repository.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scoring.errors import SpaceError
from scoring.files import file_aside
from scoring.model.artefacts import CHAMPION_FILE, EVALUATION_FILE, PORTFOLIO_FILE, read_artefacts
from scoring.reports.brief import files as named_by_the_tour
from scoring.settings import DEMO, ROOT
from training.deploy.front_matter import README, REQUIREMENTS, readme_of
from training.deploy.plan import Plan

CODE: Final = "scoring"
KINDS: Final = frozenset(
    {".py", ".toml", ".json", ".css", ".js", ".gz", ".html", ".svg", ".ttf", ".woff2", ".typ", ".LICENSE", ".NOTICE"}
)
"""Endings of the files that the service is made of."""
SERVED: Final = DEMO.relative_to(ROOT)
"""Where the service finds artefacts that no setting names."""
STUDIES: Final = ("validation", "tuning", "resampling", "simplicity", "quality", "watch", "shock")
"""Reports that the model's pages show where a training has them."""
MARK: Final = ".clairscore-space"
"""Says that a folder was made here, and may be made again."""
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def build(plan: Plan, out: Path) -> list[Path]:
    """Make the folder, anew where it was made before; return its files, below it and sorted.

    Raises
    ------
    ArtefactError
        When the artefacts are not sound.
    SpaceError
        When a file that belongs there is missing, or `out` holds something else.
    """
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        raise SpaceError(f"The folder must be empty or one that was made before; got {out}. Name another.")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARK).write_text("Made by `python -m training space`; anything here is written again.\n", encoding="utf-8")
    readme = readme_of(plan.root, plan.auth)
    for path in sorted({*_code(plan.root), *_named(plan.root, readme)} - {Path(README)}):
        _copy(plan.root / path, out / path)
    (out / README).write_text(readme, encoding="utf-8", newline="\n")
    _artefacts(plan, out / SERVED)
    return files_of(out)


def files_of(folder: Path) -> list[Path]:
    """Every file that is pushed, below its folder."""
    return sorted(
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and path.name != MARK and "__pycache__" not in path.parts
    )


def _code(root: Path) -> Iterator[Path]:
    yield from (Path("app.py"), Path("LICENSE"), Path(REQUIREMENTS))
    for path in (root / CODE).rglob("*"):
        if path.is_file() and path.suffix in KINDS:
            yield path.relative_to(root)


def _named(root: Path, readme: str) -> Iterator[Path]:
    """Files that the tour shows and that the README leads to; of a folder that it names, its pages."""
    yield from map(Path, named_by_the_tour())
    for target in _LINK.findall(readme):
        if "://" in target:
            continue
        path = Path(target)
        if (root / path).is_dir():
            yield from (found.relative_to(root) for found in sorted((root / path).glob("*.md")))
        else:
            yield path


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise SpaceError(f"A file that the Space needs must exist; got none at {source}. Restore it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _artefacts(plan: Plan, target: Path) -> None:
    artefacts = read_artefacts(plan.artefacts)
    champion, portfolio = artefacts.champion, artefacts.portfolio
    if plan.clients is not None:
        shown = read_artefacts(plan.clients)
        champion = champion.model_copy(update={"portfolio": shown.champion.portfolio})
        portfolio = shown.portfolio
    for name in (*(f"{kind}.json" for kind in champion.models), EVALUATION_FILE):
        _copy(plan.artefacts / name, target / name)
    for study in STUDIES:
        if (plan.artefacts / f"{study}.json").is_file():
            _copy(plan.artefacts / f"{study}.json", target / f"{study}.json")
    _copy(portfolio, target / PORTFOLIO_FILE)
    with file_aside(target / CHAMPION_FILE) as aside:
        aside.write_text(champion.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")
