"""``python -m training validate``: question the artefacts of a training, and write what they answer."""

from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from training.validation import ValidationReport, validate, write_report
from training.validation.checks import MODELS
from training.validation.page import ICONS, LABELS


def validate_artefacts(
    artefacts: Path, tables: Path, out: Path, *, quick: bool = False, notice: Callable[[str], None] = lambda _: None
) -> ValidationReport:
    """Validate, and write ``validation.json`` and ``validation.html`` into `out`.

    Raises
    ------
    ClairscoreError
        When the artefacts or tables can't be used.
    """
    report = validate(artefacts, tables, quick=quick, notice=notice)
    write_report(report, out)
    return report


def printed(report: ValidationReport) -> Table:
    """What does not pass, the gravest first, as a table for the terminal."""
    counts = ", ".join(f"{count} {LABELS[verdict].en}" for verdict, count in report.counts.items())
    table = Table(title=f"Validation: {counts}")
    for heading in ("verdict", "check", "finding"):
        table.add_column(heading, overflow="fold")
    for check in report.against_us:
        name = f"{check.question.en}{f' ({MODELS[check.model]})' if check.model else ''}"
        table.add_row(f"{ICONS[check.verdict]} {LABELS[check.verdict].en}", name, check.finding.en)
    return table
