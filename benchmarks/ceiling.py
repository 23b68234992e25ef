"""How near the glass boxes come to what cannot be beaten: deciding on the true PD of a synthetic portfolio.

The rule: out-of-fold scores of at least 100,000 labelled clients, as compiled and calibrated, are held against the
portfolio's own ``truth.parquet`` on the very same clients. Age and gender drive the truth and are no inputs of a model,
so that part of the distance is the price of leaving them out.

``python -m benchmarks.ceiling [FOLDER] [CLIENTS]`` measures a folder of tables that has a truth; without one, a
portfolio is made.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console

from benchmarks.measure import Figure
from scoring.model.scale import log_odds_of
from training.config import Settings
from training.data.dataset import read_clients
from training.data.synthetic import write_portfolio
from training.evaluation.champion import choose
from training.evaluation.crossfit import cross_fit
from training.evaluation.figures import figures as figures_of
from training.evaluation.splits import hold_out, stratified_folds
from training.parallel import one_thread
from training.search.final_fit import GLASS_BOXES, fits

CLIENTS = 120_000
"""Clients of the portfolio that is made; six in seven are labelled."""
MOST_COST = 1.05
MOST_AUC = 0.01


def figures() -> list[Figure]:
    """Measure on a portfolio made for it."""
    with tempfile.TemporaryDirectory() as scratch:
        write_portfolio(CLIENTS, 1, Path(scratch))
        return ceiling(Path(scratch))


def ceiling(folder: Path, most: int | None = None) -> list[Figure]:
    """Measure on a folder of synthetic tables, on at most so many labelled clients."""
    settings = Settings()
    with one_thread():
        matrix = read_clients(folder).matrix()
        if most is not None and most < len(matrix):
            matrix = matrix.take(hold_out(matrix.target, most / len(matrix), settings.seed).held)
        truth = pl.read_parquet(folder / "truth.parquet", columns=["SK_ID_CURR", "log_odds"])
        ids = pl.DataFrame({"SK_ID_CURR": matrix.ids})
        true = ids.join(truth, on="SK_ID_CURR", how="left", maintain_order="left")["log_odds"].to_numpy()
        splits = stratified_folds(matrix.target, settings.folds, settings.seed)
        scores = {
            kind: cross_fit(fits(settings)[kind], matrix, splits, settings.costs, Console(stderr=True).print)
            for kind in GLASS_BOXES
        }
    best = figures_of(matrix.target, true, settings.costs)
    found = {kind: figures_of(matrix.target, score.log_odds, settings.costs) for kind, score in scores.items()}
    rows = [
        Figure("labelled clients", len(matrix), "clients", 100_000, at_least=True),
        Figure("true PD: AUC", best["auc"], "1"),
        Figure("true PD: cost", best["cost"], "per client"),
    ]
    for kind, numbers in found.items():
        rows.append(Figure(f"{kind}: AUC", numbers["auc"], "1"))
        rows.append(Figure(f"{kind}: cost", numbers["cost"], "per client"))
        rows.append(
            Figure(f"{kind}: calibration slope − 1, either way", abs(numbers["calibration_slope"] - 1), "1", 0.1)
        )
        rows.append(Figure(f"{kind}: parity", scores[kind].parity, "log-odds", 1e-9))
        rows.append(Figure(f"{kind}: most terms", max(scores[kind].terms), "terms", 40))
    costs = {
        kind: settings.costs.of_each(matrix.target, score.log_odds > log_odds_of(settings.costs.threshold))
        for kind, score in scores.items()
    }
    winner = found[choose(costs["scorecard"], costs["ebm"], seed=settings.seed).serves]
    rows.append(Figure("winner's cost ÷ that of the true PD", winner["cost"] / best["cost"], "1", MOST_COST))
    rows.append(Figure("AUC of the true PD − the winner's", best["auc"] - winner["auc"], "1", MOST_AUC))
    return rows


def main(arguments: Sequence[str]) -> None:
    """Print the figures of one folder, or of a portfolio made for it."""
    if not arguments:
        rows = figures()
    else:
        rows = ceiling(Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else None)
    for row in rows:
        bound = "" if row.bound is None else f"{'≥' if row.at_least else '≤'} {row.bound:g} {row.holds}"
        Console().print(row.name, f"{row.value:.5g}", row.unit, bound, sep="  ", highlight=False)


if __name__ == "__main__":
    main(sys.argv[1:])
