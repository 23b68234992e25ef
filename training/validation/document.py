"""The report as a document: what was validated, each check, and how it is written as JSON.

The rule: every figure is a JSON number or null; a NaN or an infinity is an error, never a value. The same artefacts,
tables and code give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.i18n import Words
from training.reporting import documents
from training.reporting.documents import About, study_document
from training.reporting.wording import plain
from training.validation.checks import FAMILIES, VERDICTS, Check, Table, Verdict, gravest

JSON_FILE, PAGE_FILE = "validation.json", "validation.html"


@dataclass(frozen=True)
class Summary:
    """What was validated.

    Attributes
    ----------
    serves : kind of the serving model
    models : version by kind
    quick : whether the long checks were left out
    seed : of the training
    limits : what the evaluation of the training does not prove, in its own words
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
    seed: int
    limits: tuple[Words, ...] = ()


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
        found = {
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
            "limits": [_words(words) for words in summary.limits],
        }
        about = About(summary.data_fingerprint, summary.synthetic, summary.train + summary.test, summary.seed)
        return study_document("validation", about, found)


def write_json(report: ValidationReport, path: Path) -> None:
    """Write the report as JSON, whole or not at all.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    documents.write_json(report.as_dict(), path)


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
        "action": _words(check.to_do),
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
