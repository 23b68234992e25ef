"""What a training says: the table on the terminal and ``evaluation.json``.

The rule: every number is a JSON number; a NaN or an infinity is an error, never a value.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from scoring.files import file_aside

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
