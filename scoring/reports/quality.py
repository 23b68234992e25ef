"""``quality.json`` read back: what is odd in the raw tables of a training, counted; and what reading repaired."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from scoring.files import read_beside
from scoring.reports.evaluation import Part
from scoring.reports.studies import Origin

FORMAT: Final = "clairscore/table-checks"
VERSION: Final = 1
FILE: Final = "quality.json"
COMMAND: Final = "python -m training check --tables DIR --out DIR/quality.json"


class Finding(Part):
    """How often one check met what it looks for; no count where an absent table kept it from being made."""

    check: str
    table: str
    column: str
    rule: str
    count: int | None
    of: int
    warning: bool
    examples: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share of the rows looked at."""
        return (self.count or 0) / self.of if self.of else 0.0


class Repair(Part):
    """How often one kind of damage was put right in one table."""

    damage: str
    table: str
    count: int
    unit: str
    examples: tuple[str, ...] = ()


class Quality(Part):
    """The whole report."""

    format: Literal["clairscore/table-checks"]
    version: Annotated[int, Field(ge=1)]
    rows: Mapping[str, int]
    absent: tuple[str, ...]
    findings: tuple[Finding, ...]
    repairs: tuple[Repair, ...]
    data: Origin | None = None
    """None in a report from before it said so."""

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that are odd, the most frequent first."""
        return tuple(sorted((one for one in self.findings if one.warning), key=lambda one: -one.share))

    def of_table(self, table: str) -> tuple[Finding, ...]:
        """The findings of one table."""
        return tuple(one for one in self.findings if one.table == table)


def read_quality(folder: Path) -> Quality | None:
    """Read the report of a training's folder; None where none was made.

    Raises
    ------
    ArtefactError
        When the file is there and is not as declared.
    """
    return read_beside(Quality, folder / FILE, FORMAT, VERSION, command=COMMAND)
