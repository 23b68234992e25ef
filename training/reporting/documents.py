"""The JSON files that studies leave beside the artefacts, and what each says of itself.

The rule: a study says which tables, seed and code made it, so that whoever shows it beside a model can tell whether it
is about the same clients, and a test whether it is stale. Numbers are JSON numbers; a NaN or an infinity is an error.

Every file is ``<study>.json`` with ``format`` (``clairscore-<study>``), ``version``, ``data`` (``fingerprint`` of the
tables, whether they are ``synthetic``, labelled ``clients``), ``seed``, ``code_fingerprint``, then what was found.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from scoring.files import file_aside
from training.provenance import code_fingerprint

Study = Literal["resampling", "tuning", "simplicity", "validation", "watch", "shock"]
VERSION: Final = 1
PARTS = "parts"
"""Folder, in that of a study, of what is kept so that a stopped one resumes; it may be removed when it has ended."""
SOURCES_OF: Mapping[Study, tuple[str, ...]] = {
    "resampling": ("training/experiments/resampling",),
    "tuning": (),
    "simplicity": ("training/experiments",),
    "validation": ("training/validation",),
    "watch": ("scoring/reports/monitoring", "training/monitoring"),
    "shock": ("scoring/reports/monitoring", "training/monitoring", "training/experiments/drift_simulation"),
}
"""What a study depends on beside what an artefact depends on."""


@dataclass(frozen=True)
class About:
    """What a study is about.

    Attributes
    ----------
    fingerprint : of the tables
    clients : labelled clients that the study was given
    """

    fingerprint: str
    synthetic: bool
    clients: int
    seed: int


def study_fingerprint(study: Study) -> str:
    """Digest of the code that a study depends on."""
    return code_fingerprint(*SOURCES_OF[study])


def study_document(study: Study, about: About, found: Mapping[str, Any]) -> dict[str, Any]:
    """The whole document of a study."""
    return {
        "format": f"clairscore-{study}",
        "version": VERSION,
        "data": {"fingerprint": about.fingerprint, "synthetic": about.synthetic, "clients": about.clients},
        "seed": about.seed,
        "code_fingerprint": study_fingerprint(study),
        **found,
    }


def write_json(document: Mapping[str, Any], path: Path) -> None:
    """Write a document as JSON, whole or not at all.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    with file_aside(path) as aside:
        aside.write_text(text + "\n", encoding="utf-8", newline="\n")
