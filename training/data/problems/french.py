"""The board's words in French, held to the English that they were written from.

The rule: a French text carries a digest of its card's English words; when those change, the test that compares them
names the card, and the French is read again rather than left behind.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scoring.errors import SettingsError
from training.data.problems.cards import FOLDER, Board, Card, Sprint, read_toml

FILE = FOLDER / "french.toml"
DIGITS = 12
Text = Annotated[str, Field(min_length=1)]


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    of: str = ""


class FrenchCard(_Words):
    """A card's words, its title apart."""

    problem: Text
    evidence: tuple[Text, ...]
    strategy: Text
    dropped: tuple[Text, ...]
    learnt: Text


class FrenchSprint(_Words):
    """A sprint's words."""

    name: Text
    goal: Text
    review: str = ""


class French(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sprints: dict[int, FrenchSprint]
    cards: dict[str, FrenchCard]


def read_french(path: Path = FILE) -> French:
    """Read the French words.

    Raises
    ------
    SettingsError
        When the file is not as declared.
    """
    document = dict(read_toml(path))
    try:
        return French(sprints=document.pop("sprint", {}), cards=document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise SettingsError(f"{path.name} must be as declared; got, at {where}: {first['msg']}. Correct it.") from error


def digest_of(one: Card | Sprint) -> str:
    """A short digest of the English words of a card or sprint."""
    words = (
        [one.problem, *(evidence.says for evidence in one.evidence), one.strategy, *one.dropped, one.learnt]
        if isinstance(one, Card)
        else [one.name, one.goal, one.review]
    )
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:DIGITS]


def left_behind(board: Board, french: French) -> list[str]:
    """What has no French, French of other English, or French of nothing."""
    found = []
    for card in board.cards:
        translation = french.cards.get(card.id)
        if (
            translation is None
            or translation.of != digest_of(card)
            or _shape(translation) != (len(card.evidence), len(card.dropped))
        ):
            found.append(card.id)
    for sprint in board.sprints:
        translated = french.sprints.get(sprint.number)
        if translated is None or translated.of != digest_of(sprint):
            found.append(f"sprint {sprint.number}")
    return found + sorted(french.cards.keys() - {card.id for card in board.cards})


def _shape(translation: FrenchCard) -> tuple[int, int]:
    return len(translation.evidence), len(translation.dropped)
