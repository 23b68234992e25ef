"""What is odd in the tables that a command reads: counted, told at its end, and a stop above the usual share.

The rule: every command that reads tables for a model goes through `look_at`; what it meets is kept until the command
ends, and ``--accept-findings`` lets it go on. Decision record 42.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from scoring.data.cleaning import ColumnFinding, check_findings, count_findings
from scoring.data.tables import RawTables
from scoring.reports.findings import read_shares
from scoring.settings import DEMO


@dataclass
class Met:
    """What one command met.

    Attributes
    ----------
    accepted : whether findings are accepted as they are
    findings : by folder of tables
    """

    accepted: bool = False
    findings: dict[Path, tuple[ColumnFinding, ...]] = field(default_factory=dict)


_MET: ContextVar[Met] = ContextVar("findings of the command")


@contextmanager
def collected(*, accepted: bool) -> Iterator[Met]:
    """Keep what is met within the block, and say whether it is accepted."""
    met = Met(accepted)
    token = _MET.set(met)
    try:
        yield met
    finally:
        _MET.reset(token)


def are_accepted() -> bool:
    """Return whether the command that runs accepts findings."""
    return _MET.get(Met()).accepted


def look_at(tables: RawTables, folder: Path, *, artefacts: Path = DEMO) -> tuple[ColumnFinding, ...]:
    """Count what the rules refuse in tables, and stop where it is more than training saw.

    Parameters
    ----------
    artefacts : folder of a training whose shares are usual; that of the demo where there is none yet

    Raises
    ------
    TableError
        When a column holds more refused values than usual, and they are not accepted.
    """
    met = _MET.get(Met())
    findings = count_findings(tables)
    met.findings[folder] = findings
    check_findings(findings, read_shares(artefacts), accepted=met.accepted, where=str(folder))
    return findings
