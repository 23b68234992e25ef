"""What is meant to be published: whose model, whose clients, for whose eyes."""

import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from scoring.errors import SpaceError
from scoring.files import file_aside
from scoring.model.artefacts import CHAMPION_FILE, EVALUATION_FILE, PORTFOLIO_FILE, read_artefacts
from scoring.reports.brief import files as named_by_the_tour
from scoring.settings import DEMO, ROOT

Auth = Literal["none", "oidc"]


@dataclass(frozen=True)
class Plan:
    """What is meant to be published.

    Attributes
    ----------
    artefacts : folder of the training whose model is served
    clients : folder of a training whose clients are shown instead of its own; None: its own
    private : whether only those whom its owner lets in see the Space
    auth : `oidc`: people log in by their Hugging Face account, and only those who are named may enter
    root : of the repository
    """

    artefacts: Path = DEMO
    clients: Path | None = None
    private: bool = False
    auth: Auth = "none"
    root: Path = ROOT

    @property
    def closed(self) -> bool:
        """Whether strangers see neither the files nor the pages."""
        return self.private and self.auth != "none"


# The settings of a Space, which are the first lines of its README.


README, REQUIREMENTS, PROJECT = "README.md", "requirements.txt", "pyproject.toml"
FENCE: Final = "---"
NEEDED: Final = ("title", "emoji", "colorFrom", "colorTo", "sdk", "app_file", "pinned", "license")
LONGEST: Final = 60
"""Characters of a short description that a Space accepts."""
_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^;\s]+)", flags=re.MULTILINE)


def pins_of(requirements: str) -> dict[str, str]:
    r"""The version that each library is pinned at, by its name in small letters with ``-``.

    >>> pins_of("pydantic_core==2.41.5\nuvloop==0.23.0; sys_platform != 'win32'")
    {'pydantic-core': '2.41.5', 'uvloop': '0.23.0'}
    """
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in _PIN.findall(requirements)}


def python_of(project: str) -> str:
    """The version of Python that a project wants, as ``3.11``.

    Raises
    ------
    SpaceError
        When the project does not want one version alone.
    """
    wanted = str(tomllib.loads(project)["project"]["requires-python"])
    found = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wanted)
    if found is None or int(found[2]) != int(found[1]) + 1:
        raise SpaceError(f"{PROJECT} must want one version of Python, as >=3.11,<3.12; got {wanted}.")
    return f"3.{found[1]}"


def split(readme: str) -> tuple[dict[str, str], str]:
    r"""The settings at the head of a README, as they are written, and the text below.

    >>> split("---\ntitle: T\npinned: false\n---\n\n# T\n")
    ({'title': 'T', 'pinned': 'false'}, '\n# T\n')

    Raises
    ------
    SpaceError
        When there are none.
    """
    start, _, rest = readme.partition(f"{FENCE}\n")
    head, fence, body = rest.partition(f"\n{FENCE}\n")
    if start or not fence:
        raise SpaceError(f"{README} must begin with a Space's settings between two lines of ---; got none.")
    lines = [line.partition(":") for line in head.splitlines() if line.strip()]
    return {name.strip(): value.strip() for name, _, value in lines}, body


def faults_of(settings: Mapping[str, str]) -> list[str]:
    """What a Space would refuse of its settings."""
    faults = [f"README.md must set {name}; got none." for name in NEEDED if not settings.get(name)]
    if settings.get("sdk", "gradio") != "gradio":
        faults.append(f"README.md must set sdk: gradio; got {settings['sdk']}.")
    wording = settings.get("short_description", "")
    if len(wording) > LONGEST:
        faults.append(f"short_description must have at most {LONGEST} characters; got {len(wording)}.")
    return faults


def readme_of(root: Path, auth: Auth) -> str:
    """The README of the Space: settings, then the repository's own text.

    Parameters
    ----------
    root : of the repository

    Raises
    ------
    SpaceError
        When the repository's README has no settings, or those that it has can't be used.
    """
    settings, body = split((root / README).read_text(encoding="utf-8"))
    faults = faults_of(settings)
    if faults:
        raise SpaceError(" ".join(faults))
    pins = pins_of((root / REQUIREMENTS).read_text(encoding="utf-8"))
    settings["sdk_version"] = pins["gradio"]
    settings["python_version"] = f'"{python_of((root / PROJECT).read_text(encoding="utf-8"))}"'
    lines = [f"{name}: {value}" for name, value in settings.items() if not name.startswith("hf_oauth")]
    if auth == "oidc":
        # The address is what a person may be named by in CLAIRSCORE_ROLES.
        lines += ["hf_oauth: true", "hf_oauth_scopes:", "  - email"]
    return "\n".join([FENCE, *lines, FENCE, body])


# The folder that is pushed: the code that serves, the artefacts, and the files that its pages and its README name.


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
