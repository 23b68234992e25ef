"""The same decisions in money: each client's credit at stake, and a threshold of each client's own."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix, MoneyAssumptions, Sweep, profit_curve

CREDIT = ("credit_amount", "AMT_CREDIT")
UNIT = CostMatrix(fn=1.0, fp=1.0)
"""Prices a sweep that already counts in money."""


def credit_of(amounts: pl.DataFrame, clients: int) -> Floats:
    """Each client's credit, shape (clients,), from the feature or the raw column.

    Raises
    ------
    TrainingError
        When neither column is there, the rows are not the clients', or a credit is missing or not above 0.
    """
    name = next((name for name in CREDIT if name in amounts.columns), None)
    if name is None or amounts.height != clients:
        raise TrainingError(
            f"Amounts must hold {' or '.join(CREDIT)} of {clients} clients; got {amounts.height} rows with columns "
            f"{', '.join(amounts.columns[:5])}. Give the rows of the clients that were scored."
        )
    credit = amounts[name].cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)
    wrong = int((~(np.isfinite(credit) & (credit > 0.0))).sum())
    if wrong:
        raise TrainingError(
            f"A credit must be known and above 0; got {wrong} others of {clients} in {name}. "
            "Evaluate in money without these clients."
        )
    return credit


def money_of_each(
    target: NDArray[np.integer], pd: Floats, credit: Floats, money: MoneyAssumptions, costs: CostMatrix
) -> Floats:
    """Cost of the served decision, of the client's own threshold, and the latter's profit: shape (clients, 3)."""
    served, own = pd > costs.threshold, pd > money.thresholds(credit)
    return np.column_stack(
        [
            money.cost_of_each(target, served, credit),
            money.cost_of_each(target, own, credit),
            money.profit_of_each(target, own, credit),
        ]
    )


def money_study(
    points: Sweep, pd: Floats, credit: Floats, money: MoneyAssumptions, kept: NDArray[np.int64]
) -> dict[str, Any]:
    """Thresholds in money, the optimum of one common threshold, and the profit curve, thinned.

    Parameters
    ----------
    points : in money, of one model
    kept : positions of the points to publish
    """
    curve = points.curve(UNIT)
    threshold, cost = curve.optimum
    thresholds = money.thresholds(credit)
    profits = profit_curve(points)
    return {
        "own_threshold_low": float(thresholds.min()),
        "own_threshold_median": float(np.median(thresholds)),
        "own_threshold_high": float(thresholds.max()),
        "declined_own": float((pd > thresholds).mean()),
        "money_best": {"threshold": threshold, "money_cost": cost, "profit": float(profits.max())},
        "money_sweep": points.take(kept).as_dict(),
    }
