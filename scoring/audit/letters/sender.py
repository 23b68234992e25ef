"""What the lender says of itself in its letters: name, address, whom to turn to, the bureau, advice on debt."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scoring.errors import SettingsError
from scoring.i18n import Words

DEFAULT_FILE = Path(__file__).with_name("sender.toml")
Line = Annotated[str, Field(min_length=1, max_length=300)]


class Said(BaseModel):
    """A wording in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    fr: Line
    en: Line

    def say(self, lang: str) -> str:
        """The wording in one language, with its no-break spaces."""
        return Words(self.fr, self.en).say(lang)


class Sender(BaseModel):
    """The lender, as its letters speak of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Line
    address: Annotated[tuple[Line, ...], Field(max_length=6)]
    contact: Said
    bureau: Said
    authority: Said
    advice: Annotated[tuple[Said, ...], Field(min_length=1, max_length=6)]


def read_sender(path: Path | None = None) -> Sender:
    """Read what the lender says of itself; what its file leaves out is as in `sender.toml`.

    Raises
    ------
    SettingsError
        When the file can't be read, is no TOML, or holds something else.
    """
    said = _read(DEFAULT_FILE)
    if path is not None:
        said |= _read(path)
    try:
        return Sender.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise SettingsError(
            f"CLAIRSCORE_LETTER must name a file like scoring/audit/letters/sender.toml; got {path}, where "
            f"{where} is wrong: {first['msg']}. Correct it."
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"CLAIRSCORE_LETTER must name a readable TOML file; got {path}: {error}. Correct it, or leave it unset."
        ) from error
