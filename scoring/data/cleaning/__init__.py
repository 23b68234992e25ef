"""Cleaning: named rules, one file a table, the same for training and for serving, on DuckDB and Polars."""

from scoring.data.cleaning.applying import RULES, CleanTables, RuleCount, clean, count_touched, rules_of
from scoring.data.cleaning.findings import ColumnFinding, Refusal, Shares, check_findings, count_findings
from scoring.data.cleaning.rules import Rule

__all__ = [
    "RULES",
    "CleanTables",
    "ColumnFinding",
    "Refusal",
    "Rule",
    "RuleCount",
    "Shares",
    "check_findings",
    "clean",
    "count_findings",
    "count_touched",
    "rules_of",
]
