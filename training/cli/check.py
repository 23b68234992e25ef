"""``python -m training check``: what is odd in raw tables, counted, as a table on the screen and as JSON.

The rule: errors stop with one message, repairs and warnings are counted, and counts alone leave the tables.
"""

from __future__ import annotations

import json
from pathlib import Path

from rich.table import Table as Printed
from rich.text import Text

from scoring.data.tables import Check, Finding, QualityReport, check_quality, fingerprint, read_tables
from scoring.data.tables.file_discovery import find_tables
from scoring.files import file_aside
from training.cli.bounded import DEFAULT_MEMORY, bounded_connection
from training.provenance import is_synthetic


def check_tables(tables: Path, out: Path | None, *, spill: Path, memory: float = DEFAULT_MEMORY) -> QualityReport:
    """Check a folder of raw tables, and write the report where a file is given.

    Parameters
    ----------
    tables : folder of the raw tables
    out : JSON file; it appears whole or not at all
    spill : folder with room, for what does not fit in memory
    memory : limit of DuckDB in GB

    Raises
    ------
    TableError
        When a table is not as declared.
    """
    labelled = "application_train" in find_tables(tables)
    with (
        bounded_connection(spill, memory) as connection,
        read_tables(tables, labels=labelled, connection=connection) as raw,
    ):
        report = check_quality(raw)
        # Read whole once more: only where a file must say which tables it is about.
        origin = {"synthetic": is_synthetic(tables, raw.sources), "fingerprint": fingerprint(raw)} if out else {}
    if out is not None:
        document = {**report.document(), "data": origin}
        with file_aside(out) as aside:
            aside.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def printed(report: QualityReport) -> tuple[Printed, ...]:
    """Return the report as tables: one line a table; one a repair, where there are any; one a warning or a lack of
    history.
    """
    tables = Printed(title="Tables")
    for heading in ("table", "rows", "cells missing", "checks", "warnings"):
        tables.add_column(heading, justify="left" if heading == "table" else "right", overflow="fold")
    for name, rows in report.rows.items():
        found = [finding for finding in report.findings if finding.table == name]
        missing = [finding.share for finding in found if finding.check is Check.MISSING]
        warnings = sum(finding.is_warning for finding in found)
        tables.add_row(name, f"{rows:,}", f"{sum(missing) / len(missing):.1%}", f"{len(found)}", f"{warnings}")
    repairs = Printed(title="Repaired while reading")
    for heading in ("table", "damage", "count", "what was done"):
        repairs.add_column(heading, justify="right" if heading == "count" else "left", overflow="fold")
    for repair in report.repairs:
        named = f" ({', '.join(repair.examples)})" if repair.examples else ""
        wording = (
            repair.table,
            repair.damage.value + named,
            f"{repair.count:,}",
            f"{repair.damage.unit} {repair.damage.deed}",
        )
        repairs.add_row(*(Text(part) for part in wording))
    findings = Printed(title="Found")
    for heading in ("check", "table", "column", "expected", "count", "share"):
        findings.add_column(heading, justify="right" if heading in {"count", "share"} else "left", overflow="fold")
    for finding in report.findings:
        if finding.is_warning or finding.check is Check.NO_HISTORY:
            findings.add_row(finding.check.value, finding.table, finding.column, _expected(finding), *_counted(finding))
    return (tables, repairs, findings) if report.repairs else (tables, findings)


def _expected(finding: Finding) -> str:
    found = f" (found {', '.join(finding.examples)})" if finding.examples else ""
    return finding.rule + found


def _counted(finding: Finding) -> tuple[str, str]:
    return ("not counted", "") if finding.count is None else (f"{finding.count:,}", f"{finding.share:.2%}")
