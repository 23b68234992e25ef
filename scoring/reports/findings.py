"""``findings.json``: the share of each column that training refused, against which later tables are held.

The rule: a training's own shares, where it wrote them; else those that its quality report counted; else those of the
embedded demo's report; else none.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from scoring.data.cleaning import ColumnFinding, Refusal, Shares
from scoring.files import read_beside
from scoring.reports.evaluation import Part
from scoring.reports.quality import read_quality
from scoring.settings import DEMO

FORMAT: Final = "clairscore/table-findings"
VERSION: Final = 1
FILE: Final = "findings.json"
COMMAND: Final = "python -m training run --tables DIR --out DIR"
_CHECKS: Final[Mapping[str, Refusal]] = MappingProxyType(
    {"out of range": Refusal.IMPOSSIBLE, "unknown code": Refusal.UNKNOWN_CODE, "missing": Refusal.MISSING}
)
"""What a quality report calls a refusal."""


class Column(Part):
    """How many values of a column were refused for one reason."""

    table: str
    column: str
    refusal: Refusal
    count: int
    of: int


class Findings(Part):
    """The whole report: only what was met at all."""

    format: Literal["clairscore/table-findings"]
    version: Literal[1]
    accepted: bool
    columns: tuple[Column, ...]


def findings_document(findings: Sequence[ColumnFinding], *, accepted: bool) -> dict[str, Any]:
    """Return what a training's tables held as JSON values.

    Parameters
    ----------
    accepted : whether shares above the usual ones were accepted
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "accepted": accepted,
        "columns": [finding.document() for finding in findings],
    }


def read_shares(folder: Path) -> Shares:
    """Read the shares that a training's folder tells.

    Raises
    ------
    ArtefactError
        When a report is there and is not as declared.
    """
    found = read_beside(Findings, folder / FILE, FORMAT, VERSION, command=COMMAND)
    if found is not None:
        return {(one.table, one.column, one.refusal): one.count / one.of for one in found.columns if one.of}
    quality = read_quality(folder) or read_quality(DEMO)
    if quality is None:
        return {}
    return {(one.table, one.column, _CHECKS[one.check]): one.share for one in quality.findings if one.check in _CHECKS}
