"""The board's data: cards and sprints, read from TOML and checked.

The rule: a card names the rule or feature that implements its strategy, and the name must exist.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scoring.errors import SettingsError

FOLDER = Path(__file__).parent
Text = Annotated[str, Field(min_length=1)]
Phrase = Annotated[str, Field(pattern=r"^[^|\n]+$")]
"""Words that stand in a table of the page."""


class State(StrEnum):
    """A column of the board."""

    DONE = "done"
    IN_PROGRESS = "in progress"
    TO_DO = "to do"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Declared):
    """What is counted to show a problem: the rows of a relation for which a condition holds.

    Attributes
    ----------
    says : what those rows are, in words
    where : condition, in DuckDB's SQL
    source : relation in DuckDB's SQL; the card's table where empty
    unit : what a row of the relation is
    needs : tables that must be there (``labels``: TARGET); the card's table where empty
    """

    says: Phrase
    where: Text
    source: str = ""
    unit: Phrase = "rows"
    needs: tuple[str, ...] = ()


class Card(_Declared):
    """One problem, and what is done about it.

    Attributes
    ----------
    titre : the title in French
    dropped : alternatives that were not taken, each with its reason
    rules, features : names of cleaning rules and of features
    files : where else it is implemented, from the top of the repository
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Phrase
    titre: Text
    table: Text
    columns: tuple[str, ...]
    problem: Text
    evidence: Annotated[tuple[Evidence, ...], Field(min_length=1)]
    strategy: Text
    dropped: Annotated[tuple[str, ...], Field(min_length=1)]
    rules: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    state: State
    sprint: int
    learnt: Text

    def source_of(self, evidence: Evidence) -> str:
        """Return the relation that the evidence is counted on."""
        return evidence.source or self.table

    def needs_of(self, evidence: Evidence) -> tuple[str, ...]:
        """Return the tables that the evidence needs."""
        return evidence.needs or (self.table,)

    def digest_of(self, evidence: Evidence) -> str:
        """Return a short digest of what is counted: a count belongs to one query."""
        text = "\0".join([self.source_of(evidence), evidence.where, *self.needs_of(evidence)])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class Sprint(_Declared):
    """One sprint: its goal, and its review once it has ended."""

    number: int
    name: Text
    goal: Text
    review: str = ""


class Board(_Declared):
    """The whole board."""

    sprints: tuple[Sprint, ...]
    cards: tuple[Card, ...]


def read_board(folder: Path = FOLDER) -> Board:
    """Read ``board.toml`` and ``cards/*.toml``.

    Raises
    ------
    SettingsError
        When a file is not as declared, an id occurs twice, or a card names a sprint that does not exist.
    """
    cards: list[Any] = []
    for path in sorted((folder / "cards").glob("*.toml")):
        cards += read_toml(path).get("card", [])
    try:
        board = Board(sprints=read_toml(folder / "board.toml").get("sprint", ()), cards=tuple(cards))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise SettingsError(f"the board must be as declared; got, at {where}: {first['msg']}. Correct it.") from error
    _check(board)
    return board


def read_toml(path: Path) -> Mapping[str, Any]:
    """Read a file of the board.

    Raises
    ------
    SettingsError
        When it is not readable TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path.name} must be readable TOML; got {error}. Correct {path}.") from error


def _check(board: Board) -> None:
    numbers = [sprint.number for sprint in board.sprints]
    if numbers != list(range(1, len(numbers) + 1)):
        raise SettingsError(f"sprints must be numbered from 1 up; got {numbers}. Number them again.")
    seen: set[str] = set()
    for card in board.cards:
        if card.id in seen:
            raise SettingsError(f"a card's id must be unique; got {card.id} twice. Give one of them another id.")
        seen.add(card.id)
        if card.sprint not in numbers:
            raise SettingsError(
                f"a card's sprint must be one of {numbers}; got {card.sprint} in {card.id}. Add it to board.toml."
            )
        if card.state is State.DONE and not (card.rules or card.features or card.files):
            raise SettingsError(
                f"a card that is done must say where; got nothing in {card.id}. Name a rule or feature."
            )
