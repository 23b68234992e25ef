"""The raw tables of Home Credit Default Risk: declared once, read from disk or from rows, checked."""

from scoring.data.tables.column_types import Column, Kind, Table
from scoring.data.tables.digest import fingerprint
from scoring.data.tables.quality import Check, Finding, QualityReport, check_quality
from scoring.data.tables.reading import RawTables, read_tables
from scoring.data.tables.repairs import Damage, Repair
from scoring.data.tables.rows import read_rows
from scoring.data.tables.schema import APPLICATION_SET, APPLICATIONS, HISTORY, TABLES

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
