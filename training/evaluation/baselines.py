"""What a model has to beat: deciding alike for everyone, by lot, or by the external scores alone."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix
from training.evaluation.bootstrap import Bootstrap, interval
from training.evaluation.splits import Split
from training.models.logistic import fit_logistic

EXTERNAL = ("ext_source_1", "ext_source_2", "ext_source_3")


def plain_baselines(boot: Bootstrap, champion: str, costs: CostMatrix) -> dict[str, Any]:
    """Cost per client of three rules without a model, and what the champion saves against each.

    ``random`` declines as many clients as the champion, by lot: its cost is the expectation, computed and not drawn.
    """
    rate = boot.bads / boot.clients
    bad, good = boot.accepted(champion, costs.threshold)
    accepted = (bad + good) / boot.clients
    served = boot.cost(champion, costs.threshold, costs)
    rules = {
        "accept_all": (np.zeros(len(rate)), costs.fn * rate),
        "decline_all": (np.ones(len(rate)), costs.fp * (1.0 - rate)),
        "random": (1.0 - accepted, costs.fn * accepted * rate + costs.fp * (1.0 - accepted) * (1.0 - rate)),
    }
    return {
        name: {
            "declined": float(declined[0]),
            "cost": interval(cost).as_dict(),
            "saving": interval(cost - served).as_dict(),
        }
        for name, (declined, cost) in rules.items()
    }


def external_scores_only(train: pl.DataFrame, target: NDArray[np.integer], clients: pl.DataFrame) -> Floats:
    """Log-odds of `clients` by a logistic regression on the mean of the known external scores.

    Clients without any get the training clients' mean and a coefficient of their own.

    Parameters
    ----------
    train : rows to fit on, with whichever of ext_source_1 to 3 there are
    target : shape (train rows,)

    Raises
    ------
    TrainingError
        When there is none of the three, or they do not vary.
    """
    columns = [name for name in EXTERNAL if name in train.columns and name in clients.columns]
    if not columns:
        raise TrainingError(
            f"The baseline of external scores must have one of {', '.join(EXTERNAL)}; got none. "
            "Leave the baseline out, or build those features."
        )
    seen, requested = _mean(train, columns), _mean(clients, columns)
    centre, spread = float(np.nanmean(seen)), float(np.nanstd(seen))
    if not spread > 0.0:
        raise TrainingError("The external scores must vary between clients; got one value. Leave the baseline out.")
    fitted = fit_logistic(_design(seen, centre, spread), target, ridge=1e-3)
    return fitted.intercept + _design(requested, centre, spread) @ fitted.coefficients


def external_out_of_fold(frame: pl.DataFrame, target: NDArray[np.integer], splits: Sequence[Split]) -> Floats:
    """`external_scores_only` of each client, fitted on the folds that do not hold it, shape (clients,)."""
    scores = np.empty(len(target))
    for split in splits:
        scores[split.held] = external_scores_only(frame[split.fit], target[split.fit], frame[split.held])
    return scores


def has_external_scores(frame: pl.DataFrame) -> bool:
    """Whether some external score is there and varies."""
    return any(name in frame.columns and frame[name].n_unique() > 2 for name in EXTERNAL)


def _mean(frame: pl.DataFrame, columns: list[str]) -> Floats:
    mean = frame.select(pl.mean_horizontal([pl.col(name).cast(pl.Float64).fill_nan(None) for name in columns]))
    return mean.to_series().fill_null(float("nan")).to_numpy().astype(np.float64)


def _design(mean: Floats, centre: float, spread: float) -> Floats:
    known = ~np.isnan(mean)
    return np.column_stack([np.where(known, (mean - centre) / spread, 0.0), ~known])
