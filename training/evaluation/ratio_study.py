"""The ratio of the two costs varied from 2 to 50: what each model costs, and who wins."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from scoring.model.arrays import Floats
from scoring.model.costs import RATIOS, CostMatrix, Sweep, over_ratios, without_model
from training.evaluation.bootstrap import Bootstrap, Interval, interval


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
            apart = [interval(a - b) for a, b in zip(shares[name], shares[champion], strict=True)]
            models[name]["cost_share_difference"] = _listed(apart)
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
