"""The cost matrix in money, client by client.

An accepted client who defaults costs ``loss_given_default · credit + cost_of_a_default``; a declined client who would
have paid costs the margin not earned, ``margin · credit − cost_of_a_loan``. The numbers are assumptions of whoever
sets them, not facts of the data: the tables hold neither losses nor prices, and amounts carry no currency. Costs that
depend on the client: Elkan, *The Foundations of Cost-Sensitive Learning* (2001), §1.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.model.costs.sweep import Sweep, sweep


@dataclass(frozen=True)
class MoneyAssumptions:
    """What is assumed of losses and margins; the defaults keep the 10 to 1 of the default cost matrix.

    Attributes
    ----------
    loss_given_default : share of the credit that is lost when a client defaults, in 0 to 1
    margin : share of the credit earned over its whole life on a client who pays
    cost_of_a_default : what recovery costs a defaulting client, whatever the credit, in the unit of the amounts
    cost_of_a_loan : what handling costs a granted loan, whatever the credit; it makes small credits worth less
    """

    loss_given_default: float = 0.60
    margin: float = 0.06
    cost_of_a_default: float = 0.0
    cost_of_a_loan: float = 0.0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (math.isfinite(value) and value >= 0.0):
                raise ValueError(f"{name} must be finite and at least 0; got {name}={value!r}")
        for name, value in (("loss_given_default", self.loss_given_default), ("margin", self.margin)):
            if not 0.0 < value <= 1.0:
                raise ValueError(f"{name} must be above 0 and at most 1; got {name}={value!r}. Give a share of 1")

    def loss(self, credit: Floats) -> Floats:
        """What accepting each client costs if they default, shape (clients,)."""
        return self.loss_given_default * _checked(credit) + self.cost_of_a_default

    def gain(self, credit: Floats) -> Floats:
        """What accepting each client earns if they pay, shape (clients,); below 0 where handling costs more."""
        return self.margin * _checked(credit) - self.cost_of_a_loan

    def thresholds(self, credit: Floats) -> Floats:
        """The probability of default above which declining each client is cheaper, shape (clients,).

        Without costs that are the same for all, the credit cancels and everyone has the same threshold,
        margin / (margin + loss given default). It is 0 where a loan earns nothing.

        >>> MoneyAssumptions(cost_of_a_loan=600).thresholds(np.array([10_000.0, 20_000.0, 1e9])).round(4).tolist()
        [0.0, 0.0476, 0.0909]
        """
        gain, loss = self.gain(credit), self.loss(credit)
        if self.cost_of_a_default == 0.0 == self.cost_of_a_loan:  # to the last bit, whatever the credit
            return np.full(len(credit), self.margin / (self.margin + self.loss_given_default))
        return np.where(gain > 0.0, gain / np.maximum(gain + loss, np.finfo(float).tiny), 0.0)

    def cost_of_each(self, target: NDArray[np.integer], declined: NDArray[np.bool_], credit: Floats) -> Floats:
        """Cost of each decision, shape (clients,), in the unit of the amounts.

        A declined payer whose loan would have earned less than its handling is a saving: the cost is below 0.
        """
        bad = target == 1
        return np.where(declined, np.where(bad, 0.0, self.gain(credit)), np.where(bad, self.loss(credit), 0.0))

    def profit_of_each(self, target: NDArray[np.integer], declined: NDArray[np.bool_], credit: Floats) -> Floats:
        """Profit of each decision, shape (clients,): nothing for the declined."""
        return np.where(declined, 0.0, np.where(target == 1, -self.loss(credit), self.gain(credit)))

    def sweep(self, target: NDArray[np.integer], pd: Floats, credit: Floats) -> Sweep:
        """Accepted losses and gains at every threshold; priced by ``CostMatrix(1, 1)`` it is the cost in money."""
        return sweep(target, pd, np.where(target == 1, self.loss(credit), self.gain(credit)))

    def as_dict(self) -> dict[str, Any]:
        """The assumptions in plain numbers."""
        return asdict(self)


def profit_curve(money: Sweep) -> Floats:
    """Profit per client at each threshold of a sweep in money, shape (points,): gains less losses of the accepted."""
    return (money.accepted_good - money.accepted_bad) / money.clients


def _checked(credit: Floats) -> Floats:
    if not (np.isfinite(credit) & (credit > 0.0)).all():
        wrong = credit[~(np.isfinite(credit) & (credit > 0.0))]
        raise ValueError(f"a credit must be finite and above 0; got credit={wrong[0]!r}, {len(wrong)} such")
    return credit
