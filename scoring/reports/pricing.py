"""Every threshold priced again under other costs, from the counts that the evaluation stored.

The rule: a stored sweep answers at its own points; a threshold between two of them is answered by the one below, as
`scoring.model.costs.Sweep.at` does.
"""

from dataclasses import dataclass

import numpy as np

from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix, MoneyAssumptions, Sweep
from scoring.reports.evaluation import ModelAssessment


@dataclass(frozen=True)
class Outcome:
    """What a threshold does to the clients of the evaluation.

    Attributes
    ----------
    accepted_bad, accepted_good, declined_bad, declined_good : clients, or money where the sweep is in money
    cost_of_defaults, cost_of_refusals : what the two wrong decisions cost, over all clients
    """

    threshold: float
    accepted_bad: float
    accepted_good: float
    declined_bad: float
    declined_good: float
    cost_of_defaults: float
    cost_of_refusals: float
    clients: int

    @property
    def accepted_share(self) -> float:
        """Share accepted (of the money, where the sweep is in money)."""
        return (self.accepted_bad + self.accepted_good) / (
            self.accepted_bad + self.accepted_good + self.declined_bad + self.declined_good
        )

    @property
    def default_rate(self) -> float | None:
        """Share of the accepted who defaulted; None where nobody is accepted."""
        accepted = self.accepted_bad + self.accepted_good
        return self.accepted_bad / accepted if accepted else None

    @property
    def cost(self) -> float:
        """Cost per client."""
        return (self.cost_of_defaults + self.cost_of_refusals) / self.clients


@dataclass(frozen=True)
class Rates:
    """What the usual curves are drawn from, one value a threshold, from "decline everyone" to "accept everyone".

    Attributes
    ----------
    found : share of the defaulters that are declined (recall, sensitivity)
    refused : share of the payers that are declined (1 − specificity)
    precision : share of the declined who defaulted; NaN where nobody is declined
    """

    threshold: Floats
    found: Floats
    refused: Floats
    precision: Floats


def outcome_at(points: Sweep, threshold: float, costs: CostMatrix) -> Outcome:
    """What declining above a threshold does and costs."""
    at = points.at(threshold)
    bad, good = float(points.accepted_bad[at]), float(points.accepted_good[at])
    return Outcome(
        threshold=threshold,
        accepted_bad=bad,
        accepted_good=good,
        declined_bad=points.bad - bad,
        declined_good=points.good - good,
        cost_of_defaults=costs.fn * bad,
        cost_of_refusals=costs.fp * (points.good - good),
        clients=points.clients,
    )


def rates(points: Sweep) -> Rates:
    """The rates at each threshold of a sweep."""
    declined_bad, declined_good = points.bad - points.accepted_bad, points.good - points.accepted_good
    declined = declined_bad + declined_good
    precision = np.divide(declined_bad, declined, out=np.full(len(declined), np.nan), where=declined > 0.0)
    return Rates(points.thresholds, declined_bad / points.bad, declined_good / points.good, precision)


def assumed_money(assumptions: dict[str, float]) -> MoneyAssumptions | None:
    """What the evaluation assumed of losses and margins; None where it said nothing in money."""
    names = ("loss_given_default", "margin", "cost_of_a_default", "cost_of_a_loan")
    if any(name not in assumptions for name in names):
        return None
    return MoneyAssumptions(**{name: assumptions[name] for name in names})


def in_money(assessed: ModelAssessment, assumed: MoneyAssumptions, wanted: MoneyAssumptions) -> Sweep | None:
    """The sweep of losses and gains under other assumptions; None where the evaluation has none in money.

    What is stored is ``rate · Σ credit + fixed · clients`` of the accepted, so that the sums of credit follow.
    """
    money, counts = assessed.every_threshold_in_money, assessed.stored_thresholds
    if money is None or len(money.thresholds) != len(counts.thresholds):
        return None

    def losses(stored: Floats, clients: Floats) -> Floats:
        credit = (stored - assumed.cost_of_a_default * clients) / assumed.loss_given_default
        return wanted.loss_given_default * credit + wanted.cost_of_a_default * clients

    def gains(stored: Floats, clients: Floats) -> Floats:
        credit = (stored + assumed.cost_of_a_loan * clients) / assumed.margin
        return wanted.margin * credit - wanted.cost_of_a_loan * clients

    ends = np.array([money.bad]), np.array([money.good])
    return Sweep(
        thresholds=money.thresholds,
        accepted_bad=losses(money.accepted_bad, counts.accepted_bad),
        accepted_good=gains(money.accepted_good, counts.accepted_good),
        bad=float(losses(ends[0], np.array([counts.bad]))[0]),
        good=float(gains(ends[1], np.array([counts.good]))[0]),
        clients=money.clients,
    )
