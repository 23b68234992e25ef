"""The raw tables of Home Credit Default Risk: declared once, read from disk or from rows, checked."""

from scoring.tables.digest import fingerprint
from scoring.tables.kinds import Column, Kind, Table
from scoring.tables.quality import Check, Finding, QualityReport, check_quality
from scoring.tables.reading import RawTables, read_tables
from scoring.tables.repairs import Damage, Repair
from scoring.tables.rows import read_rows
from scoring.tables.schema import APPLICATION_SET, APPLICATIONS, HISTORY, TABLES

__all__ = [
    "APPLICATIONS",
    "APPLICATION_SET",
    "HISTORY",
    "TABLES",
    "Check",
    "Column",
    "Damage",
    "Finding",
    "Kind",
    "QualityReport",
    "RawTables",
    "Repair",
    "Table",
    "check_quality",
    "fingerprint",
    "read_rows",
    "read_tables",
]
