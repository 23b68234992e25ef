"""The expected maximum profit of a credit score (EMP), by the library ``empulse``.

The profit per unit of credit at the best cut-off, averaged over a loss that is nothing with probability
`success_rate`, the whole credit with probability `default_rate`, and uniform between; a payer declined costs `roi`.
Source: Verbraken, Bravo, Weber and Baesens, *Development and application of consumer credit scoring models using
profit-based classification measures*, European Journal of Operational Research 238 (2014), whose values are the
defaults; they come from other lenders and are assumptions here.
"""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.model.statistics import normal_interval

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
    kept = [group != left_out for left_out in range(GROUPS)]
    without = np.array([float(empcs_score(y[rows], pd[rows], **given)) for rows in kept])
    error = float(np.sqrt((GROUPS - 1) / GROUPS * ((without - without.mean()) ** 2).sum()))
    return {
        "emp": normal_interval(value, error).as_dict(),
        "emp_declined": float(empcs_score.optimal_rate(y, pd, **given)),
    }
