"""``validation.json`` read back: every check, its verdict, its bound and what to do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from scoring.files import read_beside
from scoring.i18n import number
from scoring.reports.evaluation import Part, Said

FORMAT: Final = "clairscore-validation"
VERSION: Final = 1
FILE: Final = "validation.json"
COMMAND: Final = "python -m training validate --artefacts DIR --tables DIR"

Verdict = Literal["fail", "warn", "pass", "not_applicable"]
VERDICTS: tuple[Verdict, ...] = ("fail", "warn", "pass", "not_applicable")
"""The gravest first."""


class Shown(Said):
    """A number as each language writes it."""

    value: float | None = None


Cell = Shown | Said | str | float | None


class Table(Part):
    """A table of a check."""

    title: Said
    columns: tuple[Said, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Check(Part):
    """One check of the report."""

    id: str
    family: str
    model: str = ""
    verdict: Verdict
    question: Said
    finding: Said
    figures: Mapping[str, float | str | bool | None] = Field(default_factory=dict)
    bound: Said
    reason: Said | None = None
    action: Said
    method: Said
    tables: tuple[Table, ...] = ()


class Summary(Part):
    """What was validated."""

    serves: str
    models: Mapping[str, str]
    data_fingerprint: str
    synthetic: bool
    quick: bool
    train: int
    test: int
    positives: int


class Validation(Part):
    """The whole report."""

    format: Literal["clairscore-validation"]
    version: Annotated[int, Field(ge=1)]
    summary: Summary
    limits: tuple[Said, ...] = ()
    verdict: Verdict
    counts: Mapping[Verdict, int]
    families: Mapping[str, Said]
    checks: tuple[Check, ...]

    def of_family(self, family: str) -> tuple[Check, ...]:
        """The checks of a family, in their order."""
        return tuple(check for check in self.checks if check.family == family)

    @property
    def against_us(self) -> tuple[Check, ...]:
        """The checks that did not pass, the gravest first."""
        return tuple(check for verdict in ("fail", "warn") for check in self.checks if check.verdict == verdict)


def read_validation(folder: Path) -> Validation | None:
    """Read the validation of a training's folder; None where none was made.

    Raises
    ------
    ArtefactError
        When the file is there and is not as declared.
    """
    return read_beside(Validation, folder / FILE, FORMAT, VERSION, command=COMMAND)


def cell_said(cell: Cell, lang: str) -> str:
    """A cell in one language; a number that does not know how it is written is shown with three digits that matter.

    >>> cell_said(0.47875, "en"), cell_said(1219.0, "en"), cell_said(None, "en")
    ('0.479', '1,219', '–')
    """
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Said):
        return cell.say(lang)
    if float(cell).is_integer():
        return number(cell, lang)
    return number(cell, lang, 3 if abs(cell) < 10 else 1)
