"""How good the models are: EBM, scorecard and a LightGBM reference, five folds over every labelled client.

The glass boxes are judged as compiled and calibrated, the calibration of a fold fitted on the other folds. The data
are the real sample where it is (``CLAIRSCORE_SAMPLE`` names its folder), otherwise a synthetic portfolio, and the
names say which.

``python -m benchmarks.quality [FOLDER]`` prints one table for any folder of tables.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.measure import Figure
from training.algebra import one_thread
from training.clients import read_clients
from training.config import Settings
from training.evaluation.crossfit import cross_fit
from training.evaluation.figures import figures as figures_of
from training.evaluation.splits import stratified_folds
from training.pipeline import fits
from training.portfolio import write_portfolio
from training.report import comparison_table

SYNTHETIC_CLIENTS = 8_000
LARGEST_LOSS_OF_AUC = 0.003
"""A glass box may have an AUC this much below the reference's."""


def figures() -> list[Figure]:
    """Measure on the real main table where the sample is, otherwise on a synthetic portfolio."""
    sample = Path(os.environ.get("CLAIRSCORE_SAMPLE", Path(__file__).parents[2] / "shared" / "home_credit_sample"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        table = sample / "application_train.parquet"
        if table.is_file():
            (folder / table.name).symlink_to(table.resolve())
            return _figures(quality(folder), "real main table")
        write_portfolio(SYNTHETIC_CLIENTS, 1, folder)
        return _figures(quality(folder), "synthetic portfolio")


def quality(folder: Path, settings: Settings | None = None) -> dict[str, dict[str, float]]:
    """Out-of-fold figures of each model over all labelled clients of a folder of tables."""
    settings = settings or Settings()
    with one_thread():
        matrix = read_clients(folder).matrix()
        splits = stratified_folds(matrix.target, settings.folds, settings.seed)
        found = {}
        for kind, fit in fits(settings).items():
            scores = cross_fit(fit, matrix, splits, settings.costs, lambda _: None)
            found[kind] = figures_of(matrix.target, scores.log_odds, settings.costs) | {
                "terms": max(scores.terms),
                "parity": scores.parity,
            }
    Console().print(comparison_table({k: {"oof": v} for k, v in found.items()}, title=f"5-fold, {len(matrix)} clients"))
    return found


def _figures(found: dict[str, dict[str, float]], data: str) -> list[Figure]:
    """Every model's AUC and costs; the better glass box is bound to the reference's AUC."""
    rows = []
    reference = found["reference"]["auc"]
    for kind, numbers in found.items():
        rows.append(Figure(f"{data}, {kind}: AUC", numbers["auc"], "1"))
        rows.append(Figure(f"{data}, {kind}: cost", numbers["cost"], "per client"))
        rows.append(Figure(f"{data}, {kind}: best-cut-off cost", numbers["cost_best"], "per client"))
    glass = [numbers for kind, numbers in found.items() if kind != "reference"]
    best = max(numbers["auc"] for numbers in glass)
    gain = Figure(f"{data}, AUC of the better glass box − LightGBM", best - reference, "1", -LARGEST_LOSS_OF_AUC, True)
    rows.append(gain)
    rows.append(Figure(f"{data}, most terms of a glass box", max(n["terms"] for n in glass), "terms", 40))
    rows.append(Figure(f"{data}, largest parity difference", max(n["parity"] for n in glass), "log-odds", 1e-9))
    return rows


def main(arguments: Sequence[str]) -> None:
    """Print the table of one folder, or of the default data."""
    if arguments:
        quality(Path(arguments[0]))
    else:
        figures()


if __name__ == "__main__":
    main(sys.argv[1:])
