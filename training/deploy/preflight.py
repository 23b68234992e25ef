"""What must hold of a folder before it is published: nobody real is shown to strangers, and the Space can be built.

The rule: everything that is wrong is told at once, each with what to do. What a closed Space may hold and an open one
may not (real clients; cells so small that they tell of people) is told by `Plan.closed`.
"""

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from scoring.errors import ArtefactError, SpaceError
from scoring.model.additive_model import AdditiveModel, read_model
from scoring.model.artefacts import CHAMPION_FILE, EVALUATION_FILE, PORTFOLIO_FILE, Champion, read_artefacts
from scoring.model.disclosure import FEWEST_SHOWN
from training.deploy.folder import README, REQUIREMENTS, SERVED, Plan, faults_of, files_of, pins_of, split

NEEDED: Final = ("app.py", README, REQUIREMENTS, "scoring/factory.py", "scoring/settings.py")
ARTEFACTS: Final = (CHAMPION_FILE, PORTFOLIO_FILE, EVALUATION_FILE)
PICKLED: Final = frozenset({".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".pt", ".pth", ".npy", ".npz"})
PRIVATE: Final = ("keys.json", ".env", "synthetic.json", "kaggle.json")
KEPT_BACK: Final = frozenset({".sqlite", ".duckdb", ".db", ".csv", ".zip", ".key", ".pem"})
EXTRAS: Final = ("oauth", "mcp")
"""Extras of Gradio that a Space installs beside the requirements, in one command: their bounds must fit the pins."""
NAMED: Final = 12
"""Cells that a message names."""
_LINE = re.compile(r"^[A-Za-z0-9._-]+(\[[^\]]+\])?==[\w.+!-]+(\s*;.*)?$")


def check(plan: Plan, folder: Path) -> list[str]:
    """Refuse a folder that must not be published; return what its owner should know though it may be.

    Raises
    ------
    SpaceError
        With everything that is wrong.
    """
    faults = [*_missing(folder), *_forbidden(folder), *_pins(folder), *_settings(folder)]
    notes: list[str] = []
    try:
        people = list(_people(folder))
    except ArtefactError as error:
        faults.append(str(error))
    else:
        if plan.closed:
            notes += [f"Allowed, since the Space is closed: {one}" for one in people]
        else:
            faults += people
    if faults:
        raise SpaceError("\n".join(["The Space must not be published as it is:", *(f"- {one}" for one in faults)]))
    return notes


def _missing(folder: Path) -> Iterator[str]:
    for name in (*NEEDED, *(f"{SERVED.as_posix()}/{name}" for name in ARTEFACTS)):
        if not (folder / name).is_file():
            yield f"{name} must be there; got none. Restore it, or train again."


def _forbidden(folder: Path) -> Iterator[str]:
    for path in files_of(folder):
        if path.suffix in PICKLED or _is_pickle(folder / path):
            yield f"{path.as_posix()} must not be there: a pickle runs code in whoever loads it. Remove it."
        elif path.name in PRIVATE or path.suffix in KEPT_BACK:
            yield f"{path.as_posix()} must not be there: it may hold keys, decisions or people. Remove it."
        elif (folder / path).is_symlink():
            yield f"{path.as_posix()} must be a file of its own; got a link. Copy what it leads to."


def _is_pickle(path: Path) -> bool:
    """Whether a file begins and ends as a pickle of protocol 2 and later, or an archive that holds one, does."""
    with path.open("rb") as file:
        start = file.read(2)
        if start == b"PK":
            return b".pkl" in start + file.read()
        if len(start) < 2 or start[0] != 0x80 or not 2 <= start[1] <= 5:
            return False
        file.seek(-1, 2)
        return file.read(1) == b"."


def _pins(folder: Path) -> Iterator[str]:
    path = folder / REQUIREMENTS
    if not path.is_file():
        return
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    loose = [line for line in lines if not _LINE.match(line)]
    if loose:
        yield f"{REQUIREMENTS} must pin every library as NAME==VERSION; got {', '.join(loose)}."
    pins = pins_of("\n".join(lines))
    for extra, wanted in _wanted_by_the_builder():
        pinned = pins.get(wanted.name.lower())
        if pinned is not None and pinned not in wanted.specifier:
            yield (
                f"{wanted.name} must be {wanted.specifier}, since a Space installs gradio[{extra}] beside the "
                f"requirements; got {pinned}. Pin a version that both accept."
            )


def _wanted_by_the_builder() -> Iterator[tuple[str, Requirement]]:
    try:
        stated = [Requirement(one) for one in requires("gradio") or ()]
    except PackageNotFoundError as error:
        raise SpaceError("Gradio must be installed; got none. Run pip install -r requirements.txt.") from error
    for extra in EXTRAS:
        for one in stated:
            if (
                one.marker is not None
                and one.marker.evaluate({"extra": extra})
                and not one.marker.evaluate({"extra": ""})
            ):
                yield extra, one


def _settings(folder: Path) -> Iterator[str]:
    path = folder / README
    if not path.is_file():
        return
    settings, _ = split(path.read_text(encoding="utf-8"))
    yield from faults_of(settings)
    pinned = pins_of((folder / REQUIREMENTS).read_text(encoding="utf-8")) if (folder / REQUIREMENTS).is_file() else {}
    if settings.get("sdk_version") != pinned.get("gradio"):
        yield f"sdk_version must be that of the pin, {pinned.get('gradio')}; got {settings.get('sdk_version')}."


def _people(folder: Path) -> Iterator[str]:
    """What tells of real people."""
    artefacts = read_artefacts(folder / SERVED)
    champion: Champion = artefacts.champion
    if not champion.portfolio.synthetic:
        yield (
            f"the {champion.portfolio.clients:,} clients must be synthetic; got real ones. Show synthetic clients "
            "(--clients data/demo), or publish with --private and --auth oidc."
        )
    for kind in champion.models:
        model = read_model(folder / SERVED / f"{kind}.json")
        small = [] if model.provenance.synthetic else small_cells(model)
        if small:
            more = f" and {len(small) - NAMED} more" if len(small) > NAMED else ""
            yield (
                f"a cell of {kind}.json must hold no client or at least {FEWEST_SHOWN}, since the model was trained on "
                f"real clients; got {'; '.join(small[:NAMED])}{more}. Train on more clients, with larger leaves, fewer "
                "bins or fewer pairs, or publish with --private and --auth oidc."
            )


def small_cells(model: AdditiveModel) -> list[str]:
    """Cells of 1 to 9 training clients, each by its term, its place and its count."""
    return [
        f"{term.name} cell {at} ({count})"
        for term in model.terms
        for at, count in enumerate(term.counts)
        if 0 < count < FEWEST_SHOWN
    ]
