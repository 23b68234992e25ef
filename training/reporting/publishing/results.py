"""All results that a document may speak of, in one mapping: a training's folder, and what the benchmarks measured."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scoring.errors import TrainingError
from scoring.settings import ROOT

OF_A_TRAINING = ("champion", "evaluation", "validation", "resampling", "tuning", "simplicity", "ebm", "scorecard")
BENCHMARKS = ROOT / "benchmarks" / "results.json"


def read_results(folder: Path) -> dict[str, Any]:
    """Everything in a training's folder by name, and ``measured``: each benchmark's values by the figure's name.

    Raises
    ------
    TrainingError
        When a file is not there, or is no JSON.
    """
    results: dict[str, Any] = {name: _read(folder / f"{name}.json") for name in OF_A_TRAINING}
    results["serving"] = results[results["champion"]["serves"]]
    results["checks"] = {_key(check["id"]): check for check in results["validation"]["checks"]}
    measured: dict[str, dict[str, Any]] = {}
    for row in _read(BENCHMARKS):
        measured.setdefault(row["benchmark"], {})[row["name"]] = row["value"]
    results["measured"] = measured
    return results


def serving(results: Mapping[str, Any]) -> str:
    """Which model serves."""
    return str(results["champion"]["serves"])


def _key(check: str) -> str:
    """A check's id as one step of a path."""
    return check.replace(".", "-")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"A document needs the results of a whole training; got none readable at {path}. Run `make train`."
        ) from error
