"""How good the models are: EBM, scorecard and a tuned LightGBM, five times five folds over every labelled client.

The rule: the AUC that is bound is that of the winner, the model which the rule of `training.evaluation.champion` lets
serve by the costs of this very run, whichever has the better AUC.

The glass boxes are judged as compiled and calibrated, the calibration of a fold fitted on the other folds. They keep
their default settings; LightGBM is tuned on the very clients that it is judged on, which flatters it. The data
are the real sample where it is (``CLAIRSCORE_SAMPLE`` names its folder), otherwise a synthetic portfolio, and the
names say which.

``python -m benchmarks.quality [FOLDER]`` prints one table and the winner for any folder of tables.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from benchmarks.measure import Figure
from scoring.model.scale import log_odds_of
from scoring.model.statistics import Auc, delong
from training.config import Settings
from training.data.dataset import read_clients
from training.data.synthetic import write_portfolio
from training.evaluation.champion import Choice, choose
from training.evaluation.crossfit import OutOfFold, cross_fit
from training.evaluation.figures import figures as figures_of
from training.evaluation.splits import stratified_folds
from training.parallel import one_thread
from training.reporting.report import comparison_table
from training.search.final_fit import GLASS_BOXES, fits
from training.search.tuning import tune

SYNTHETIC_CLIENTS = 8_000
REPEATS = 5
TRIALS = 20
"""Trials of the search for LightGBM's settings."""
LARGEST_LOSS_OF_AUC = 0.003
"""The winner may have an AUC this much below the reference's."""


@dataclass(frozen=True)
class Quality:
    """What the repeats found.

    Attributes
    ----------
    found : figures of each model, means over the repeats
    choice : the rule of `training.evaluation.champion` on each client's mean cost over the repeats
    serves : the model that the rule lets serve in each repeat
    gain : AUC of the winner − that of the reference: mean and 95% interval over clients (DeLong)
    """

    found: Mapping[str, Mapping[str, float]]
    choice: Choice
    serves: tuple[str, ...]
    gain: tuple[float, float, float]


def figures() -> list[Figure]:
    """Measure on the real main table where the sample is, otherwise on a synthetic portfolio."""
    sample = Path(os.environ.get("CLAIRSCORE_SAMPLE", Path(__file__).parents[2] / "shared" / "home_credit_sample"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        table = sample / "application_train.parquet"
        if table.is_file():
            (folder / table.name).symlink_to(table.resolve())
            return rows_of(quality(folder), "real main table")
        write_portfolio(SYNTHETIC_CLIENTS, 1, folder)
        return rows_of(quality(folder), "synthetic portfolio")


def quality(folder: Path, settings: Settings | None = None) -> Quality:
    """Out-of-fold figures of each model over all labelled clients of a folder of tables, and the winner."""
    settings = settings or Settings(trials=TRIALS)
    with one_thread(), tempfile.TemporaryDirectory() as trials:
        matrix = read_clients(folder).matrix()
        stated = Console(stderr=True).print
        tuned = tune(matrix, settings, data="", folder=Path(trials), notice=stated, kinds=["reference"])
        folds = [stratified_folds(matrix.target, settings.folds, settings.seed + repeat) for repeat in range(REPEATS)]
        scores = {
            kind: [cross_fit(fit, matrix, splits, settings.costs, stated) for splits in folds]
            for kind, fit in fits(tuned).items()
        }
    judged = judge(matrix.target, scores, settings)
    title = f"{REPEATS} × {settings.folds}-fold, {len(matrix)} clients"
    Console().print(comparison_table({kind: {"oof": one} for kind, one in judged.found.items()}, title=title))
    return judged


def judge(target: NDArray[np.integer], scores: Mapping[str, Sequence[OutOfFold]], settings: Settings) -> Quality:
    """Figures, winner and the winner's gain on the reference.

    Parameters
    ----------
    target : shape (clients,)
    scores : out-of-fold scores of ``ebm``, ``scorecard`` and ``reference``, one a repeat
    """
    found = {kind: _means(target, repeats, settings) for kind, repeats in scores.items()}
    threshold = log_odds_of(settings.costs.threshold)
    cost = {
        kind: np.stack([settings.costs.of_each(target, one.log_odds > threshold) for one in scores[kind]])
        for kind in GLASS_BOXES
    }
    choice = choose(cost["scorecard"].mean(axis=0), cost["ebm"].mean(axis=0), seed=settings.seed)
    each = zip(cost["scorecard"], cost["ebm"], strict=True)
    serves = tuple(choose(card, ebm, seed=settings.seed).serves for card, ebm in each)
    return Quality(found, choice, serves, _gain(target, scores[choice.serves], scores["reference"]))


def _means(target: NDArray[np.integer], repeats: Sequence[OutOfFold], settings: Settings) -> dict[str, float]:
    ones = [
        figures_of(target, one.log_odds, settings.costs) | {"terms": max(one.terms), "parity": one.parity}
        for one in repeats
    ]
    return {name: _over(name, [one[name] for one in ones]) for name in ones[0]}


def _gain(
    target: NDArray[np.integer], winner: Sequence[OutOfFold], reference: Sequence[OutOfFold]
) -> tuple[float, float, float]:
    """Mean over the repeats of the difference of AUC, and its interval: each client's part is averaged first."""
    first, second = (_mean_auc(target, scores) for scores in (winner, reference))
    mean, half = first.value - second.value, 1.96 * first.variance_of_change(second) ** 0.5
    return mean, mean - half, mean + half


def _mean_auc(target: NDArray[np.integer], repeats: Sequence[OutOfFold]) -> Auc:
    ones = [delong(target, one.log_odds) for one in repeats]
    return Auc(
        statistics.fmean(one.value for one in ones),
        np.mean([one.of_bad for one in ones], axis=0),
        np.mean([one.of_good for one in ones], axis=0),
    )


def _over(name: str, values: list[float]) -> float:
    """Mean over the repeats; the largest of what is bound."""
    return max(values) if name in ("terms", "parity") else statistics.fmean(values)


def rows_of(judged: Quality, data: str) -> list[Figure]:
    """Every model's AUC and costs; the winner is bound to the reference's AUC."""
    rows = []
    for kind, numbers in judged.found.items():
        rows.append(Figure(f"{data}, {kind}: AUC", numbers["auc"], "1"))
        rows.append(Figure(f"{data}, {kind}: cost", numbers["cost"], "per client"))
        slope = abs(numbers["calibration_slope"] - 1)
        rows.append(Figure(f"{data}, {kind}: calibration slope − 1, either way", slope, "1", 0.1))
        rows.append(Figure(f"{data}, {kind}: best-cut-off cost", numbers["cost_best"], "per client"))
    serves, difference = judged.choice.serves, judged.choice.difference
    rows.append(Figure(f"{data}, cost of the scorecard − the EBM's", difference.mean, "per client"))
    rows.append(Figure(f"{data}, the same, 95% low", difference.low, "per client"))
    rows.append(Figure(f"{data}, the same, 95% high", difference.high, "per client"))
    rows.append(Figure(f"{data}, repeats of {REPEATS} in which the {serves} serves", judged.serves.count(serves), "1"))
    mean, low, high = judged.gain
    name = f"{data}, AUC of the winner, the {serves}, − LightGBM's"
    rows.append(Figure(name, mean, "1", -LARGEST_LOSS_OF_AUC, at_least=True))
    rows.append(Figure(f"{name}, 95% low", low, "1"))
    rows.append(Figure(f"{name}, 95% high", high, "1"))
    glass = [judged.found[kind] for kind in GLASS_BOXES]
    rows.append(Figure(f"{data}, most terms of a glass box", max(n["terms"] for n in glass), "terms", 40))
    rows.append(Figure(f"{data}, largest parity difference", max(n["parity"] for n in glass), "log-odds", 1e-9))
    return rows


def main(arguments: Sequence[str]) -> None:
    """Print the table of one folder, or of the default data."""
    rows = rows_of(quality(Path(arguments[0])), arguments[0]) if arguments else figures()
    for row in rows:
        bound = "" if row.bound is None else f"{'≥' if row.at_least else '≤'} {row.bound:g} {row.holds}"
        Console().print(row.name, f"{row.value:.5g}", row.unit, bound, sep="  ", highlight=False)


if __name__ == "__main__":
    main(sys.argv[1:])
