"""Costs under other assumptions: expected maximum profit, other ratios of the two costs, and money."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.costs import RATIOS, CostMatrix, MoneyAssumptions, Sweep, over_ratios, profit_curve, without_model
from scoring.model.statistics import normal_interval
from training.evaluation.bootstrap import Bootstrap, Interval, interval

GROUPS = 20


@dataclass(frozen=True)
class LossAssumptions:
    """Chances that a default loses nothing and everything, and the return on a paid loan; the paper's values."""

    success_rate: float = 0.55
    default_rate: float = 0.10
    roi: float = 0.2644

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not 0.0 <= value <= 1.0:
                raise ValueError(f"{name} must be in 0 to 1; got {name}={value!r}")
        if self.success_rate + self.default_rate > 1.0:
            raise ValueError(
                "success_rate and default_rate must add to at most 1; got "
                f"{self.success_rate!r} + {self.default_rate!r}"
            )


def expected_maximum_profit(
    target: NDArray[np.integer], pd: Floats, assumptions: LossAssumptions, *, seed: int
) -> dict[str, object]:
    """EMP with its interval, and the share of clients it would decline.

    The interval is 1.96 standard errors of the jackknife over 20 random groups of clients left out in turn: the
    library takes too long for a bootstrap of many clients.
    """
    from empulse.metrics import empcs_score  # noqa: PLC0415 (seconds of symbolic algebra: only where it is used)

    given = asdict(assumptions)
    y, group = (target == 1).astype(np.int64), np.random.default_rng([seed, 7]).integers(0, GROUPS, len(target))
    value = float(empcs_score(y, pd, **given))
    retained = [group != left_out for left_out in range(GROUPS)]
    without = np.array([float(empcs_score(y[rows], pd[rows], **given)) for rows in retained])
    error = float(np.sqrt((GROUPS - 1) / GROUPS * ((without - without.mean()) ** 2).sum()))
    return {
        "emp": normal_interval(value, error).as_dict(),
        "emp_declined": float(empcs_score.optimal_rate(y, pd, **given)),
    }


# The ratio of the two costs varied from 2 to 50: what each model costs, and who wins.


def ratio_thresholds() -> Floats:
    """The theoretical threshold of each ratio, shape (ratios,)."""
    return np.array([CostMatrix(fn=ratio, fp=1.0).threshold for ratio in RATIOS])


def ratio_study(
    boot: Bootstrap, sweeps: Mapping[str, Sweep], *, champion: str, candidates: Sequence[str]
) -> dict[str, Any]:
    """Costs of every model at each ratio, its difference to the champion, and the cheapest of the candidates.

    Parameters
    ----------
    sweeps : by model, unweighted
    candidates : models between which the winner is looked for; `clear` says whether the interval of its difference to
        each other candidate leaves 0 out
    """
    shares = {name: [_shares(boot, name, ratio) for ratio in RATIOS] for name in sweeps}
    models = {}
    for name, points in sweeps.items():
        at = over_ratios(points)
        spread = [interval(draws) for draws in shares[name]]
        models[name] = {
            "ratio": list(RATIOS),
            "threshold": [one.threshold for one in at],
            "best_threshold": [one.best_threshold for one in at],
            "cost": [one.cost for one in at],
            "cost_share": _listed(spread),
        }
        if name != champion:
            difference = [interval(a - b) for a, b in zip(shares[name], shares[champion], strict=True)]
            models[name]["cost_share_difference"] = _listed(difference)
    winners = [_winner({name: shares[name][place] for name in candidates}) for place in range(len(RATIOS))]
    return {
        "models": models,
        "winner": [name for name, _ in winners],
        "clear": [clear for _, clear in winners],
    }


def _winner(shares: Mapping[str, Floats]) -> tuple[str, bool]:
    best = min(shares, key=lambda name: float(shares[name][0]))
    others = [draws - shares[best] for name, draws in shares.items() if name != best]
    return best, bool(others) and all(interval(draws).low > 0.0 for draws in others)


def _shares(boot: Bootstrap, model: str, ratio: float) -> Floats:
    """Cost at a ratio as a share of the cost without a model, shape (1 + resamples,)."""
    costs = CostMatrix(fn=ratio, fp=1.0)
    base = without_model(boot.bads, boot.goods, costs) / boot.clients
    return boot.cost(model, costs.threshold, costs) / base


def _listed(intervals: Sequence[Interval]) -> dict[str, list[float]]:
    return {side: [getattr(one, side) for one in intervals] for side in ("value", "low", "high")}


# The same decisions in money: each client's credit at stake, and a threshold of each client's own.


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
    points: Sweep, pd: Floats, credit: Floats, money: MoneyAssumptions, retained: NDArray[np.int64]
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
        "money_sweep": points.take(retained).as_dict(),
    }
