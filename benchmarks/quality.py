"""How good the models are: EBM, scorecard and a tuned LightGBM, five times five folds over every labelled client.

The glass boxes are judged as compiled and calibrated, the calibration of a fold fitted on the other folds. They keep
their default settings; LightGBM is tuned on the very clients that it is judged on, which flatters it. The data
are the real sample where it is (``CLAIRSCORE_SAMPLE`` names its folder), otherwise a synthetic portfolio, and the
names say which.

``python -m benchmarks.quality [FOLDER]`` prints one table for any folder of tables.
"""

import os
import statistics
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
from training.tuning import tune

SYNTHETIC_CLIENTS = 8_000
REPEATS = 5
TRIALS = 20
"""Trials of the search for LightGBM's settings."""
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
    """Out-of-fold figures of each model over all labelled clients of a folder of tables, means over the repeats."""
    settings = settings or Settings(trials=TRIALS)
    repeats: dict[str, list[dict[str, float]]] = {}
    with one_thread(), tempfile.TemporaryDirectory() as trials:
        matrix = read_clients(folder).matrix()
        told = Console(stderr=True).print
        tuned = tune(matrix, settings, data="", folder=Path(trials), notice=told, kinds=["reference"])
        procedures = fits(tuned)
        for repeat in range(REPEATS):
            splits = stratified_folds(matrix.target, settings.folds, settings.seed + repeat)
            for kind, fit in procedures.items():
                scores = cross_fit(fit, matrix, splits, settings.costs, told)
                repeats.setdefault(kind, []).append(
                    figures_of(matrix.target, scores.log_odds, settings.costs)
                    | {"terms": max(scores.terms), "parity": scores.parity}
                )
    found = {
        kind: {name: _over(name, [one[name] for one in ones]) for name in ones[0]} for kind, ones in repeats.items()
    }
    title = f"{REPEATS} × {settings.folds}-fold, {len(matrix)} clients"
    Console().print(comparison_table({kind: {"oof": one} for kind, one in found.items()}, title=title))
    return found


def _over(name: str, values: list[float]) -> float:
    """Mean over the repeats; the largest of what is bound."""
    return max(values) if name in ("terms", "parity") else statistics.fmean(values)


def _figures(found: dict[str, dict[str, float]], data: str) -> list[Figure]:
    """Every model's AUC and costs; the better glass box is bound to the reference's AUC."""
    rows = []
    reference = found["reference"]["auc"]
    for kind, numbers in found.items():
        rows.append(Figure(f"{data}, {kind}: AUC", numbers["auc"], "1"))
        rows.append(Figure(f"{data}, {kind}: cost", numbers["cost"], "per client"))
        rows.append(
            Figure(
                f"{data}, {kind}: calibration slope − 1, either way", abs(numbers["calibration_slope"] - 1), "1", 0.1
            )
        )
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
