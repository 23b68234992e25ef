"""The report as a document: what was validated, each check, and how it is written as JSON.

The rule: every figure is a JSON number or null; a NaN or an infinity is an error, never a value. The same artefacts,
tables and code give the same bytes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.files import file_aside
from scoring.language import Words
from training.validation.checks import FAMILIES, VERDICTS, Check, Table, Verdict, gravest
from training.validation.told import plain

FORMAT, VERSION = "clairscore-validation", 1
JSON_FILE, PAGE_FILE = "validation.json", "validation.html"


@dataclass(frozen=True)
class Summary:
    """What was validated.

    Attributes
    ----------
    serves : kind of the serving model
    models : version by kind
    quick : whether the long checks were left out
    """

    serves: str
    models: Mapping[str, str]
    data_fingerprint: str
    synthetic: bool
    quick: bool
    train: int
    test: int
    positives: int
    absent_tables: tuple[str, ...]


@dataclass(frozen=True)
class ValidationReport:
    """Every check of one training."""

    summary: Summary
    checks: tuple[Check, ...]

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many checks have each verdict, the gravest first."""
        return {verdict: sum(check.verdict == verdict for check in self.checks) for verdict in VERDICTS}

    @property
    def verdict(self) -> Verdict:
        """The gravest verdict."""
        return gravest(check.verdict for check in self.checks)

    def of_family(self, family: str) -> tuple[Check, ...]:
        """The checks of a family, in their order."""
        return tuple(check for check in self.checks if check.family == family)

    @property
    def against_us(self) -> tuple[Check, ...]:
        """The checks that did not pass, the gravest first."""
        return tuple(check for verdict in ("fail", "warn") for check in self.checks if check.verdict == verdict)

    def as_dict(self) -> dict[str, Any]:
        """The document that `write_json` writes."""
        summary = self.summary
        return {
            "format": FORMAT,
            "version": VERSION,
            "summary": {
                "serves": summary.serves,
                "models": dict(summary.models),
                "data_fingerprint": summary.data_fingerprint,
                "synthetic": summary.synthetic,
                "quick": summary.quick,
                "train": summary.train,
                "test": summary.test,
                "positives": summary.positives,
                "absent_tables": list(summary.absent_tables),
            },
            "verdict": self.verdict,
            "counts": dict(self.counts),
            "families": {name: _words(words) for name, words in FAMILIES.items()},
            "checks": [_check(check) for check in self.checks],
        }


def write_json(report: ValidationReport, path: Path) -> None:
    """Write the report as JSON, whole or not at all.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    text = json.dumps(report.as_dict(), indent=1, ensure_ascii=False, allow_nan=False)
    with file_aside(path) as aside:
        aside.write_text(text + "\n", encoding="utf-8")


def _check(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "family": check.family,
        "model": check.model,
        "verdict": check.verdict,
        "question": _words(check.question),
        "finding": _words(check.finding),
        "figures": {name: _plain_number(value) for name, value in check.figures.items()},
        "bound": _words(check.bound),
        "reason": None if check.reason is None else _words(check.reason),
        "action": _words(check.action),
        "method": _words(check.method),
        "tables": [_table(table) for table in check.tables],
        "pictures": [{"alt": _words(picture.alt)} for picture in check.pictures],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": _words(table.title),
        "columns": [_words(column) for column in table.columns],
        "rows": [[plain(cell) for cell in row] for row in table.rows],
    }


def _words(words: Words) -> dict[str, str]:
    return {"fr": words.fr, "en": words.en}


def _plain_number(value: Any) -> Any:
    """Python's own number for one of numpy's."""
    return value.item() if hasattr(value, "item") else value


def check_ids(checks: Sequence[Check]) -> tuple[Check, ...]:
    """The checks, whose ids must be unique.

    Raises
    ------
    ValueError
        When an id occurs twice.
    """
    ids = [check.id for check in checks]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"a check's id must be unique; got {', '.join(twice)} twice")
    return tuple(checks)
