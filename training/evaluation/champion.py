"""Which model serves: the simpler one, unless the data say that it costs more.

The rule: by paired out-of-fold cost per client, the scorecard serves unless the 95% interval of (its cost − the EBM's)
lies above 0. The test set confirms the choice; it does not make it.
"""

from dataclasses import dataclass
from typing import Literal

from scoring.model.arrays import Floats
from scoring.model.statistics import Difference, paired_difference

RULE = (
    "The scorecard, being simpler, serves unless the 95% interval of its out-of-fold cost per client minus that of "
    "the EBM lies above 0 (paired bootstrap)."
)


@dataclass(frozen=True)
class Choice:
    """Who serves, and the difference (scorecard − EBM) that decided it."""

    serves: Literal["ebm", "scorecard"]
    difference: Difference


def choose(cost_scorecard: Floats, cost_ebm: Floats, *, seed: int) -> Choice:
    """Apply the rule to each client's out-of-fold cost, shape (clients,)."""
    difference = paired_difference(cost_scorecard, cost_ebm, seed=seed)
    return Choice(serves="ebm" if difference.low > 0.0 else "scorecard", difference=difference)
