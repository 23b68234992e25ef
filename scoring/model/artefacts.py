"""The folder that a training leaves and the service reads: which model serves, and whose clients are with it.

``champion.json`` names the serving model and holds the digest of every other file, so that a folder whose parts come
from different trainings is refused. That finds damage; where public keys are given, the folder must be signed too
(`scoring.model.signatures`), which nobody without a private key can do.
"""

import hashlib
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from scoring.errors import ArtefactError
from scoring.files import file_aside, read_versioned, remove_private_folder, validated
from scoring.model.additive_model import AdditiveModel, read_model
from scoring.model.signatures import Signature, copy_verified

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
    """What the service needs: the serving model, the choice, and the clients' file.

    Attributes
    ----------
    folder : where its files and the reports beside them are read: a private copy where a signature was checked
    signature : the signature that was checked; None where none was asked for
    """

    folder: Path
    model: AdditiveModel
    champion: Champion
    portfolio: Path
    signature: Signature | None = None


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def write_champion(champion: Champion, path: Path) -> None:
    """Write the choice as JSON, whole or not at all."""
    with file_aside(path) as aside:
        aside.write_text(champion.model_dump_json(indent=2) + "\n", encoding="utf-8")


def read_artefacts(folder: Path, *, keys: Sequence[str] = (), since: datetime | None = None) -> Artefacts:
    """Read and check the folder of a training.

    Parameters
    ----------
    keys : public keys; where there are any, the folder must be signed with one of them
    since : the earliest signature that is accepted

    Raises
    ------
    ArtefactError
        When a file is missing, damaged, or not the one that ``champion.json`` was written with, or the signature is
        not one that was asked for.
    """
    if not keys:
        return _read(folder, None)
    verified = copy_verified(folder, keys, since)
    try:
        artefacts = _read(verified.folder, verified.signature)
    except BaseException:
        remove_private_folder(verified.folder)
        raise
    weakref.finalize(artefacts, remove_private_folder, verified.folder)
    return artefacts


def check_not_older(new: Artefacts, served: Artefacts) -> None:
    """Refuse artefacts that were signed before those that serve: an older folder that was put back.

    Raises
    ------
    ArtefactError
        When they were.
    """
    if new.signature is not None and served.signature is not None and new.signature.signed < served.signature.signed:
        raise ArtefactError(
            f"New artefacts must not be signed before those that serve; got {new.signature.signed.isoformat()} after "
            f"{served.signature.signed.isoformat()}. To return to an older model, sign its folder again."
        )


def _read(folder: Path, signature: Signature | None) -> Artefacts:
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
    return Artefacts(folder=folder, model=model, champion=champion, portfolio=portfolio, signature=signature)


def _read_champion(path: Path) -> Champion:
    remedy = "Make a whole folder with `python -m training run --tables DIR --out DIR`."
    return validated(Champion, read_versioned(path, FORMAT, VERSION, remedy=remedy), path)
