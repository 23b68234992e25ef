"""What wrong decisions cost: the matrix, every threshold at once, the optima of other criteria, the same in money."""

from scoring.model.costs.criteria import (
    BETA,
    CRITERIA,
    Criterion,
    OperatingPoint,
    accuracy,
    chosen_by,
    f_beta,
    operating_point,
    optima,
    youden,
)
from scoring.model.costs.matrix import CostMatrix
from scoring.model.costs.money import MoneyAssumptions, profit_curve
from scoring.model.costs.ratios import RATIOS, RatioPoint, over_ratios, without_model
from scoring.model.costs.sweep import CostCurve, Sweep, cost_curve, read_sweep, sweep

__all__ = [
    "BETA",
    "CRITERIA",
    "RATIOS",
    "CostCurve",
    "CostMatrix",
    "Criterion",
    "MoneyAssumptions",
    "OperatingPoint",
    "RatioPoint",
    "Sweep",
    "accuracy",
    "chosen_by",
    "cost_curve",
    "f_beta",
    "operating_point",
    "optima",
    "over_ratios",
    "profit_curve",
    "read_sweep",
    "sweep",
    "without_model",
    "youden",
]
