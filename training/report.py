"""What a training says: the table on the terminal and ``evaluation.json``.

The rule: every number is a JSON number; a NaN or an infinity is an error, never a value.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from scoring.additive_model import AdditiveModel, Lookup
from scoring.files import file_aside
from training.clients import Clients
from training.evaluation.crossfit import OutOfFold
from training.evaluation.review import review_share
from training.matrix import Matrix

FORMAT = "clairscore-evaluation"
VERSION = 1
NAMES = {"ebm": "EBM", "scorecard": "Scorecard", "reference": "LightGBM"}
COLUMNS = (("auc", "AUC", 4), ("cost", "cost", 4), ("cost_best", "best-cut-off cost", 4), ("declined", "declined", 3))


def comparison_table(models: Mapping[str, Mapping[str, Mapping[str, float]]], *, title: str) -> Table:
    """One table: each model's AUC and costs per client, out of fold and on the test clients."""
    table = Table(title=title)
    table.add_column("model")
    table.add_column("clients")
    for _, heading, _ in COLUMNS:
        table.add_column(heading, justify="right")
    for kind, parts in models.items():
        for part, numbers in parts.items():
            shown = [f"{numbers[key]:.{digits}f}" for key, _, digits in COLUMNS]
            table.add_row(NAMES.get(kind, kind), {"oof": "out of fold"}.get(part, part), *shown)
    return table


def describe_data(clients: Clients, matrix: Matrix, train: Matrix, test: Matrix) -> dict[str, Any]:
    """What the models were trained and tested on, in counts."""
    return {
        "clients": clients.frame.height,
        "labelled": len(matrix),
        "positives": matrix.positives,
        "train": len(train),
        "test": len(test),
        "features": len(clients.features),
        "candidates": len(matrix.candidates),
        "absent_tables": list(clients.absent),
        "features_left_out": list(clients.left_out),
        "fingerprint": clients.fingerprint,
        "synthetic": clients.synthetic,
    }


def describe_glass_box(
    artefact: AdditiveModel, scores: OutOfFold, test: Matrix, left_out: Mapping[str, str]
) -> dict[str, Any]:
    """What is particular to a glass box: its size, parity, calibration and review band."""
    scored = Lookup(artefact).score_many(test.frame)
    rule = artefact.rule
    return {
        "model_version": artefact.model_version,
        "terms": len(artefact.terms),
        "pairs": sum(len(term.features) == 2 for term in artefact.terms),
        "terms_of_folds": list(scores.terms),
        "parity": artefact.certificate.model_dump(),
        "parity_of_folds": scores.parity,
        "calibration": artefact.calibration.model_dump(),
        "review_k": rule.review_k,
        "review_share_oof": review_share(
            scores.log_odds, scores.spread, scores.outside, threshold=rule.threshold, k=rule.review_k
        ),
        "review_share_test": review_share(
            scored.log_odds, scored.spread, scored.outside, threshold=rule.threshold, k=rule.review_k
        ),
        "variables_left_out": dict(left_out),
    }


def write_evaluation(document: Mapping[str, Any], path: Path) -> None:
    """Write the evaluation as JSON, whole or not at all.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    text = json.dumps({"format": FORMAT, "version": VERSION, **document}, indent=2, ensure_ascii=False, allow_nan=False)
    with file_aside(path) as aside:
        aside.write_text(text + "\n", encoding="utf-8")
