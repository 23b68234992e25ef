"""The board of data problems read back: cards, columns, sprints, in both languages, with their counts."""

from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from scoring.files import read_versioned, validated
from scoring.reports.evaluation import Part, Said

FORMAT: Final = "clairscore-board"
VERSION: Final = 1
FILE: Final = Path(__file__).parent / "problems.json"
COMMAND: Final = "python -m training problems"
State = Literal["to do", "in progress", "done"]
STATES: tuple[State, ...] = ("to do", "in progress", "done")
"""The columns of the board, in order."""


class DataSet(Part):
    """What the evidence was counted on."""

    name: Said
    clients: int
    rows: int
    synthetic: bool


class Outcomes(Part):
    """How many of the labelled had difficulties, in the group and in all."""

    labelled: int
    difficulties: int
    all_labelled: int
    all_difficulties: int


class Found(Part):
    """What one piece of evidence came to on one data set."""

    touched: int
    total: int
    outcomes: Outcomes | None = None


class Evidence(Part):
    """What was counted; `found` has one entry a data set, None where its tables are not there."""

    says: Said
    unit: Said
    found: tuple[Found | None, ...]


class Card(Part):
    """One problem, and what is done about it."""

    id: str
    state: State
    sprint: int
    table: str
    columns: tuple[str, ...]
    title: Said
    problem: Said
    strategy: Said
    dropped: tuple[Said, ...]
    learnt: Said
    rules: tuple[str, ...]
    features: tuple[str, ...]
    files: tuple[str, ...]
    evidence: tuple[Evidence, ...]


class Sprint(Part):
    """One sprint; no review while it is open."""

    number: int
    name: Said
    goal: Said
    review: Said | None = None


class Board(Part):
    """The whole board."""

    format: Literal["clairscore-board"]
    version: Annotated[int, Field(ge=1)]
    data_sets: tuple[DataSet, ...]
    sprints: tuple[Sprint, ...]
    cards: tuple[Card, ...]


@cache
def read_problems(path: Path = FILE) -> Board:
    """Read the board.

    Raises
    ------
    ArtefactError
        When the file is missing or not as declared.
    """
    return validated(Board, read_versioned(path, FORMAT, VERSION, remedy=f"Write it again: `{COMMAND}`."), path)
