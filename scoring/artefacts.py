"""The folder that a training leaves and the service reads: which model serves, and whose clients are with it.

``champion.json`` names the serving model and holds the digest of every other file, so that a folder whose parts come
from different trainings is refused.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from scoring.additive_model import AdditiveModel, read_model
from scoring.errors import ArtefactError
from scoring.files import file_aside, read_versioned, validated

FORMAT: Final = "clairscore-champion"
VERSION: Final = 1
CHAMPION_FILE = "champion.json"
PORTFOLIO_FILE = "portfolio.parquet"
EVALUATION_FILE = "evaluation.json"

Kind = Literal["ebm", "scorecard"]
Digest = Annotated[str, Field(pattern="^sha256:[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class PortfolioFacts(_Part):
    """The clients' file: its digest, how many clients, and whether every one of them is synthetic."""

    digest: Digest
    clients: Annotated[int, Field(ge=1)]
    synthetic: bool


class Champion(_Part):
    """Which model serves, why, and the digests of the files that belong together."""

    format: Literal["clairscore-champion"] = FORMAT
    version: Literal[1] = VERSION
    serves: Kind
    rule: str
    difference: dict[str, Any]
    test: dict[str, Any]
    models: dict[Kind, Digest]
    portfolio: PortfolioFacts


@dataclass(frozen=True)
class Artefacts:
    """What the service needs: the serving model, the choice, and the clients' file."""

    folder: Path
    model: AdditiveModel
    champion: Champion
    portfolio: Path


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def write_champion(champion: Champion, path: Path) -> None:
    """Write the choice as JSON, whole or not at all."""
    with file_aside(path) as aside:
        aside.write_text(champion.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_artefacts(folder: Path) -> Artefacts:
    """Read and check the folder of a training.

    Raises
    ------
    ArtefactError
        When a file is missing, damaged, or not the one that ``champion.json`` was written with.
    """
    champion = _read_champion(folder / CHAMPION_FILE)
    model = read_model(folder / f"{champion.serves}.json")
    if champion.models.get(champion.serves) != model.digest:
        raise ArtefactError(
            f"The serving model must be the one that {CHAMPION_FILE} names; got {model.digest} in "
            f"{folder / champion.serves}.json instead of {champion.models.get(champion.serves)}. "
            "Train again into one folder."
        )
    portfolio = folder / PORTFOLIO_FILE
    if not portfolio.is_file():
        raise ArtefactError(f"The clients' file must exist; got none at {portfolio}. Train again, or restore it.")
    found = digest_of_file(portfolio)
    if found != champion.portfolio.digest:
        raise ArtefactError(
            f"The clients' file must be the one that {CHAMPION_FILE} names; got {found} in {portfolio} instead of "
            f"{champion.portfolio.digest}. It was changed or cut short: restore it, or train again."
        )
    return Artefacts(folder=folder, model=model, champion=champion, portfolio=portfolio)


def _read_champion(path: Path) -> Champion:
    remedy = "Make a whole folder with `python -m training run --tables DIR --out DIR`."
    return validated(Champion, read_versioned(path, FORMAT, VERSION, remedy=remedy), path)
