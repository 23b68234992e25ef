"""The regret of the threshold served: what it costs more than the best threshold, without flattering the best.

The best threshold on these very clients is lucky: on others it would do worse. The optimism of its cost is estimated
as the mean, over resamples, of (cost on the clients of the resample's best threshold − its cost on the resample), and
taken off the regret (Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, ch. 17). The interval is the
spread of the regret over resamples, centred on the corrected value; below 0, tuning the threshold would have hurt.
"""

from typing import Any

import numpy as np

from scoring.model.costs import CostMatrix
from training.evaluation.bootstrap import Bootstrap, Interval

PER = 10_000


def regret(boot: Bootstrap, model: str, costs: CostMatrix) -> dict[str, Any]:
    """The regret of the theoretical threshold of one model, which must be listed in the bootstrap."""
    draws = boot.models[model]
    apparent = boot.cost(model, costs.threshold, costs) - draws.cheapest
    optimism = float((draws.chosen[1:] - draws.cheapest[1:]).mean())
    corrected = float(apparent[0]) - optimism
    low, high = np.quantile(apparent[1:], [0.025, 0.975]) - apparent[1:].mean() + corrected
    one = Interval(corrected, min(float(low), corrected), max(float(high), corrected))
    return {
        "regret_apparent": float(apparent[0]),
        "optimism": optimism,
        "regret": one.as_dict(),
        "regret_per_10000": Interval(PER * one.value, PER * one.low, PER * one.high).as_dict(),
    }
